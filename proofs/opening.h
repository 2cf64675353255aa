// SPDX-License-Identifier: Apache-2.0
// One answer of a challenge and how it is laid open: the leaf that stands in a member's answer
// tree, its path to the committed root, and, on the ledger, the pair entry that ties the sliver to
// the blob id. Bytes and the verdict good / false / neither; whether a leaf is due is the caller's
// matter.
//
//   leaf          = t u16 | status u8 | OK only: z u32 | symbol z | h u8 | h x 32
//   Opening       = length u32 | leaf | h u8 | h x 32 | DENIED only: length u32 | membership proof
//   LedgerOpening = Opening | pair entry 64 | h u8 | h x 32
//
// The status that decides whether a membership proof follows is byte 2 of the leaf as it stands,
// also where the leaf does not parse. Sizes are bounded by the statement caps before anything is
// read. Pure; views point into the bytes that were parsed. Rules O-17, O-18.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/merkle.h"
#include "codec/shape/layout.h"

namespace wald::proofs {

enum class LeafStatus : std::uint8_t { kOk = 1, kUnavailable = 2, kDenied = 3, kLost = 4 };

struct Leaf {
  std::uint16_t t = 0;
  LeafStatus status = LeafStatus::kOk;
  base::Bytes symbol;            // OK only
  std::vector<base::Hash> path;  // OK only: symbol to the root of its sliver
};
base::Bytes encode_leaf(const Leaf& leaf);
std::optional<Leaf> parse_leaf(base::ByteView bytes);

// Root over the leaves in order of t.
base::Hash commit_root(const std::vector<base::Bytes>& leaves);

struct Opening {
  base::Bytes leaf;
  std::vector<base::Hash> path;  // leaf to the committed root
  base::Bytes membership;        // DENIED only
};
base::Bytes encode_opening(const Opening& opening);

struct LedgerOpening {
  Opening opening;
  std::array<std::uint8_t, 64> pair_entry{};
  std::vector<base::Hash> pair_path;  // pair entry to the root under the blob id
};
base::Bytes encode_ledger_opening(const LedgerOpening& opening);

// Both read one opening from the front; nothing if the bytes end early.
std::optional<Opening> read_opening(base::Reader& in);
std::optional<LedgerOpening> read_ledger_opening(base::Reader& in);
std::optional<LedgerOpening> parse_ledger_opening(base::ByteView bytes);

// t of the leaf whatever the rest of it is; nothing below two bytes.
std::optional<std::uint16_t> leaf_place(base::ByteView leaf);

// ---- Judgement ----

// The status a leaf must carry: LOST follows from the snapshot, the others from the commit's lists.
LeafStatus due_status(std::uint16_t t, bool on_lost_shard,
                      const std::vector<std::uint16_t>& unavailable,
                      const std::vector<std::uint16_t>& denied);

// What the round knows about point t, besides the answer.
struct PointFacts {
  shape::Params params;
  base::BlobId blob;
  std::uint64_t blob_length = 0;  // unencoded; legal for params (CHECK)
  base::PairIndex pair;           // below n, as the symbol (CHECK)
  shape::Axis axis = shape::Axis::kPrimary;
  base::SymbolIndex symbol;
  LeafStatus status = LeafStatus::kOk;  // due_status
  base::Hash deny_root;                 // of the prover's list in the snapshot
};

enum class Verdict : std::uint8_t {
  kGood,
  kFalse,     // evidence against whoever committed the root
  kUnproven,  // shows nothing: not under the root, or what was laid beside the leaf does not fit
};

// t, if the leaf lies under the committed root at the place it names; c = points of the round.
std::optional<std::uint16_t> opened_place(const base::Hash& root, std::uint32_t points,
                                          const Opening& opening);

// For an opening that opened_place found; facts are those of its t. The sliver's hash comes from
// verified metadata, so an OK leaf is good or false.
Verdict judge_opening(const PointFacts& facts, const Opening& opening,
                      const base::Hash& sliver_hash);
// The same from bytes alone. A pair entry that does not lead to the blob id proves nothing: whoever
// opens could have put it there, so it is never held against the prover.
Verdict judge_ledger_opening(const PointFacts& facts, const LedgerOpening& opening);

}  // namespace wald::proofs
