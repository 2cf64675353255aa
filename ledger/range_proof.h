// SPDX-License-Identifier: Apache-2.0
// Proof that certain records are all those of a state root with keys in [from, to): the
// leaves of the range in key order, the neighbour on each side, and the siblings that remain, which
// are all that the tree has left of the first leaf and right of the last one. Between two leaves
// the tree's bit is the first one in which their keys differ, so leaves and siblings, read from
// left to right, determine the tree and with it the root; nothing in between can be left out.
//
// Bytes, little-endian: count u16 | count x (bit u16 | sibling 32) for the left side from the root
// down, count u32 | count x (klen u16 | key | H(value) 32), count u16 | count x (bit u16 |
// sibling 32) for the right side from the last leaf up. Bits rise on the left, fall on the right,
// keys ascend; of an empty tree all three counts are 0.
// Errors: bytes that do not parse, or a proof that shows nothing, answer nothing.
// Thread rule: plain values, free functions.
#pragma once

#include <span>

#include "ledger/state_proof.h"

namespace wald::ledger {

struct RangeProof {
  std::vector<TreeStep> left;    // siblings left of the first leaf, from the root down
  std::vector<TreeLeaf> leaves;  // ascending; with neighbours
  std::vector<TreeStep> right;   // siblings right of the last leaf, from that leaf up
  friend bool operator==(const RangeProof&, const RangeProof&) = default;
};

// All records with from <= key < to (no `to`: to the end), as a part of proof.leaves. The caller
// compares the values it was sent with their hashes.
std::optional<std::span<const TreeLeaf>> verify_range(const base::Hash& root, base::ByteView from,
                                                      std::optional<base::ByteView> to,
                                                      const RangeProof& proof);

// The answer points into the proof, so the proof must outlive it.
std::optional<std::span<const TreeLeaf>> verify_range(const base::Hash& root, base::ByteView from,
                                                      std::optional<base::ByteView> to,
                                                      RangeProof&& proof) = delete;

base::Bytes encode(const RangeProof& proof);
std::optional<RangeProof> parse_range_proof(base::ByteView bytes);

}  // namespace wald::ledger
