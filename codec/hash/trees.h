// SPDX-License-Identifier: Apache-2.0
// Merkle trees (K-16, K-17) in batches, on the lanes of the tier in use: leaves of one length, the
// nodes of a level, and many trees that grow in lockstep. What is the same again is not hashed
// again: symbols of two bytes come out of a table, and lanes that all hold one value (the zeros of
// a blob that does not fill its matrix) are hashed once. Equal inputs give equal results at every
// tier. Any thread.
#pragma once

#include <vector>

#include "codec/base/bytes.h"
#include "codec/base/hash.h"
#include "codec/base/merkle.h"
#include "codec/shape/bcs.h"

namespace wald::codec {

using base::Hash;

// Leaf hashes of `count` symbols of z bytes each, z even and not 0.
void leaf_hashes(const std::uint8_t* const* symbols, std::size_t count, std::size_t z, Hash* out);
std::vector<Hash> leaf_hashes(const std::vector<const std::uint8_t*>& symbols, std::size_t z);

// out[i] = node(left[i * step], right[i * step]) for i < count. Nodes are taken in groups, each
// read before it is written, so out may be either input, or left with step 2.
void node_hashes(const Hash* left, const Hash* right, std::size_t step, Hash* out,
                 std::size_t count);
// Root over these leaves; and the whole tree, for paths.
Hash tree_root(std::vector<Hash> leaves);
base::MerkleTree whole_tree(std::vector<Hash> leaves);

// K-24 for many leaves of as many trees, all paths of one length: where leaf i leads along its
// path.
struct Way {
  std::uint32_t index;  // of the leaf; below 2^(nodes of the path) (WALD_CHECK)
  const shape::MerkleProof* path;
};
std::vector<Hash> path_roots(std::vector<Hash> leaves, std::span<const Way> ways);

// K-17 for many trees of which all get their next leaf at the same time.
class Frontiers {
 public:
  explicit Frontiers(std::size_t trees) : trees_(trees), carry_(trees) {}
  void push(std::span<const Hash> leaves);  // one per tree
  std::vector<Hash> roots() const;

 private:
  std::size_t trees_;
  std::uint64_t count_ = 0;
  std::vector<std::vector<Hash>> pending_;  // by level; meaningful where the bit of count_ is set
  std::vector<Hash> carry_;                 // of a push on its way up
};

}  // namespace wald::codec
