// SPDX-License-Identifier: Apache-2.0
// The Merkle tree of K-16: leaf(d) = H(00 | d), node(a, b) = H(01 | a | b), and a level with more
// than one node and an odd count gets one empty node (32 zero bytes) on the right. One leaf: the
// root is that leaf; none: zeros. Used for slivers, receipts, commits and deny lists alike.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/hash.h"

namespace wald::base {

Hash merkle_leaf(ByteView data);
Hash merkle_node(const Hash& left, const Hash& right);

// Path length for `count` leaves: ceil(log2 count), 0 for 0 or 1.
unsigned merkle_height(std::uint64_t count);

// All levels, level 0 = leaf hashes; an odd level above one node ends with its empty node.
class MerkleTree {
 public:
  explicit MerkleTree(std::vector<Hash> leaf_hashes);
  // The same with the nodes of a level hashed by the caller: out[i] = node(pairs[2i], pairs[2i+1]).
  using HashLevel = void (*)(const Hash* pairs, Hash* out, std::size_t count);
  MerkleTree(std::vector<Hash> leaf_hashes, HashLevel hash_level);
  Hash root() const;
  std::size_t size() const { return count_; }
  // Siblings from leaf to root (K-24); index < size() (CHECK).
  std::vector<Hash> path(std::size_t index) const;

 private:
  std::size_t count_;
  std::vector<std::vector<Hash>> levels_;
};

// K-17: the same root from leaves that arrive in order, one pending node per level.
class MerkleFrontier {
 public:
  void push(const Hash& leaf_hash);
  Hash root() const;
  std::uint64_t size() const { return count_; }

 private:
  std::uint64_t count_ = 0;
  std::vector<std::optional<Hash>> pending_;
};

Hash merkle_root(const std::vector<Hash>& leaf_hashes);

// K-24: path length is exactly merkle_height(count), index < count, and the walk ends in root.
bool merkle_verify(const Hash& root, std::uint64_t count, const Hash& leaf_hash,
                   std::uint64_t index, std::span<const Hash> path);

}  // namespace wald::base
