// SPDX-License-Identifier: Apache-2.0
// Small helpers between the code and its users: pointer lists and hashes of whole slivers.
#pragma once

#include "codec/codec.h"
#include "codec/field/line_code.h"

namespace wald::codec {

// count pointers, step bytes apart.
std::vector<const std::uint8_t*> pointers(const std::uint8_t* first, std::size_t count,
                                          std::size_t step);
std::vector<std::uint8_t*> pointers(std::uint8_t* first, std::size_t count, std::size_t step);

// Leaf hashes (K-16) of symbols of z bytes each.
std::vector<Hash> leaf_hashes(const std::vector<const std::uint8_t*>& symbols, std::size_t z);
// out[i] = node(left[i * step], right[i * step]) for i < count. Nodes are taken in groups of four,
// each read before it is written, so out may be either input, or left with step 2.
void node_hashes(const Hash* left, const Hash* right, std::size_t step, Hash* out,
                 std::size_t count);
// Root over these leaves.
Hash tree_root(std::vector<Hash> leaves);

// K-17 for many trees of which all get their next leaf at the same time.
class Frontiers {
 public:
  explicit Frontiers(std::size_t trees) : trees_(trees) {}
  void push(std::vector<Hash> leaves);  // one per tree
  std::vector<Hash> roots() const;

 private:
  std::size_t trees_;
  std::uint64_t count_ = 0;
  std::vector<std::vector<Hash>> pending_;  // by level; meaningful where the bit of count_ is set
};

// Hashes (K-18) of `count` slivers of one axis whose bodies start at body, body + stride, ...
std::vector<Hash> sliver_roots(const Codec& codec, Axis axis, const std::uint8_t* body,
                               std::size_t count, std::size_t stride, std::size_t z);

}  // namespace wald::codec
