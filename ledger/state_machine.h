// SPDX-License-Identifier: Apache-2.0
// The heart (architecture.md 3): three pure functions from bytes and state to verdicts and blocks.
// check() looks at bytes alone, on any thread, and its verdict may be cached by the hash of the
// whole envelope; admit() adds a cheap look at state; apply_block() executes a decided
// block, whatever is in it (EN-2), in the order of H-2. Same blocks, same roots, on any build.
// Rules, G-6, U-3 to U-6, H-2. Thread rule: const, no members that change.
#pragma once

#include <span>

#include "ledger/block.h"
#include "ledger/operation.h"

namespace wald::ledger {

struct Inside;
struct CheckedTx {
  base::TxId id;              // hash of the body
  base::Hash envelope;        // hash of all bytes: the key of a verdict cache
  std::uint64_t bytes = 0;    // of the envelope
  std::uint32_t version = 0;  // protocol version of the body
  base::AccountId sender;     // zeros for a statement
  std::uint64_t nonce = 0;
  base::Height valid_until;
  Amount max_fee;
  base::Bytes policy;            // canonical bytes (U-1)
  std::uint32_t signatures = 0;  // verified on the envelope
  OperationPtr operation;
  // Of a Bundle that is not over its limit: what is said of each envelope in it.
  std::shared_ptr<const Inside> inside;
  bool is_statement() const { return operation->is_statement(); }
};
using TxVerdict = base::Result<CheckedTx, Dropped>;
struct Inside {
  std::vector<TxVerdict> verdicts;  // in their order
};

// U-5 and U-6, from a fixed table. A Bundle has no fee of its own: what it costs at most, if all in
// it were dropped.
base::Result<Amount, Dropped> fee_of(const CheckedTx& tx, const Params& params);
std::uint64_t cost_of(const CheckedTx& tx);
// What a gateway pays for an envelope of this size that is dropped (U-8).
std::uint64_t carriage(const Params& params, std::size_t bytes);

// What a simulation answers.
struct Simulated {
  Code code = spec::OK;
  std::map<std::string, std::string> facts;
  Amount fee;
  Events events;
  std::map<std::uint32_t, Refused> items;
};

// Whether the signatures of an envelope are still to be checked, or were before (our own log).
enum class Signatures : std::uint8_t { kUnknown, kKnown };

// The newest protocol version that the programs know (G-6).
inline constexpr std::uint32_t kNewestVersion = 1;

class StateMachine {
 public:
  static constexpr std::size_t kMaxTx = 64 * 1024;
  static constexpr std::size_t kMaxOpenings = 72 * 1024;  // statements of kinds 6 to 9 (O-16)

  // newest: the last protocol version it knows. Tests ask for one more than there is, which differs
  // from the one before by its number alone.
  explicit StateMachine(base::ChainId chain, std::uint32_t newest = kNewestVersion)
      : chain_(chain), newest_(newest) {}

  const base::ChainId& chain() const { return chain_; }
  // A sentence that says why the block after this state cannot be made here, since it is of a
  // version that is not known; else nothing. Who makes blocks asks before (apply_block CHECKs).
  std::string unknown_version(const Reader& state) const;
  // Stages 1 to 3: size, canonical bytes, parse, signatures against the keys in the envelope. Known
  // signatures are counted and weighed, but not verified again: for bytes this node has verified.
  TxVerdict check(base::ByteView envelope, Signatures signatures = Signatures::kUnknown) const;
  // Stage 4 as the next block would judge it.
  base::Result<void, Dropped> admit(const StateView& state, const CheckedTx& tx) const;
  // The same with next_facts(state), for who asks often about one version.
  base::Result<void, Dropped> admit(const StateView& state, const BlockFacts& next,
                                    const CheckedTx& tx) const;
  // Of the block after the one that `state` shows.
  BlockFacts next_facts(const StateView& state) const;
  // verdicts: those of check() for each transaction in order, or empty to have them made here.
  BlockOutput apply_block(const StateView& state, const BlockInput& input,
                          std::span<const TxVerdict* const> verdicts = {}) const;
  // Runs an operation of `sender` on an overlay that is thrown away; no signature, no nonce.
  Simulated simulate(const StateView& state, const base::AccountId& sender,
                     const spec::Operation& operation, std::uint64_t bytes) const;

 private:
  TxVerdict check_one(base::ByteView envelope, Signatures signatures) const;
  TxVerdict check_inside(base::ByteView envelope, const base::AccountId& gateway) const;
  base::ChainId chain_;
  std::uint32_t newest_;
};

}  // namespace wald::ledger
