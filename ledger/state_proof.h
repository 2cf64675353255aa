// SPDX-License-Identifier: Apache-2.0
// Proof that a record is, or is not, among those of a state root. The proof is one leaf and
// the siblings from it to the root; it shows presence of its own key, and absence of any other key
// whose bits lead to that leaf. Verifying needs nothing but the root, so clients use it as it is.
//
// Bytes: klen u16 | key | H(value) 32 | count u16 | count x (bit u16 | sibling 32), little-endian,
// bits strictly falling and inside the leaf's key; of an empty tree: no bytes at all. Keys are at
// most 511 bytes, so a proof has at most 4,088 steps, and foreign ones cost no more than that.
// Errors: bytes that do not parse answer nothing, a proof that shows nothing is kInvalid.
// Thread rule: plain values, free functions.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/hash.h"

namespace wald::ledger {

struct TreeStep {
  std::uint16_t bit = 0;  // the first one in which the keys below this inner node differ
  base::Hash sibling;
  friend bool operator==(const TreeStep&, const TreeStep&) = default;
};

struct TreeLeaf {
  base::Bytes key;
  base::Hash value_hash;  // plain BLAKE2b-256 of the value
  friend bool operator==(const TreeLeaf&, const TreeLeaf&) = default;
};

struct TreeProof {
  std::optional<TreeLeaf> leaf;  // nothing: the tree is empty
  std::vector<TreeStep> steps;   // from the leaf upwards
  friend bool operator==(const TreeProof&, const TreeProof&) = default;
};

enum class Verdict : std::uint8_t { kPresent, kAbsent, kInvalid };

// What the proof shows of `key`; of a present key it shows the hash of the value, proof.leaf's.
Verdict verify(const base::Hash& root, base::ByteView key, const TreeProof& proof);

// The same together with the answer it was sent for: kPresent only with that very value, kAbsent
// only without one; everything else is kInvalid.
Verdict verify(const base::Hash& root, base::ByteView key, std::optional<base::ByteView> value,
               const TreeProof& proof);

base::Bytes encode(const TreeProof& proof);  // of a proof from StateTree::prove or parse_proof
std::optional<TreeProof> parse_proof(base::ByteView bytes);

// The two hashes of A-38. The key is at most 511 bytes (CHECK).
base::Hash tree_leaf_hash(base::ByteView key, const base::Hash& value_hash);
base::Hash tree_inner_hash(std::uint16_t bit, const base::Hash& left, const base::Hash& right);

}  // namespace wald::ledger
