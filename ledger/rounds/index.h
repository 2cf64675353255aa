// SPDX-License-Identifier: Apache-2.0
// The proof index in state (O-11, L-15): a Merkle-sum tree over all certified blobs in order of
// certification, of which a round draws what it asks about. A leaf is eligible from new_blob_grace
// after certification until its blob ends. While a round awaits its draw (from hS to hC or VOID,
// O-7) nothing in the tree moves; changes wait in a list and so do those whose grace time runs.
// Lengths are bytes. Nothing here refuses. Thread rule: one block at a time; StoredIndex: any
// thread over a fixed version.
#pragma once

#include "ledger/context.h"
#include "proofs/challenge.h"

namespace wald::ledger::rounds {

// A blob id had no certified object and has one now: gets the next leaf. Its record (kBlobIds)
// stands in state with its length and is changed here (`leaf`): load it again afterwards.
// encoded: K-20, at least 1 (CHECK).
void index_certified(Context& ctx, const base::BlobId& id, std::uint64_t encoded);

// The last certified object of a blob id ended, was deleted, or the id was marked invalid. Its
// record stands in state and is changed here (`leaf`): load it again afterwards. Without a leaf
// nothing happens.
void index_ended(Context& ctx, const base::BlobId& id);

// Changes whose time has come, at most kIndexSweep of them a block (H-3).
inline constexpr std::size_t kIndexSweep = 1000;
void sweep_index(Context& ctx);

// When the next waiting change is due; nothing if none waits.
std::optional<base::TimeMs> next_index_change(const Reader& state);

// The tree as draws see it.
class StoredIndex final : public proofs::IndexView {
 public:
  explicit StoredIndex(const Reader& state);
  std::uint64_t leaves() const override { return leaves_; }
  proofs::IndexNode node(unsigned level, std::uint64_t position) const override;

 private:
  const Reader& state_;
  std::uint64_t leaves_;
};

}  // namespace wald::ledger::rounds
