// SPDX-License-Identifier: Apache-2.0
#include "codec/base/merkle.h"

namespace wald::base {

Hash merkle_leaf(ByteView data) {
  const std::uint8_t prefix = 0;
  return Hasher().update({&prefix, 1}).update(data).finish();
}

Hash merkle_node(const Hash& left, const Hash& right) {
  std::array<std::uint8_t, 65> in;
  in[0] = 1;
  std::copy(left.bytes().begin(), left.bytes().end(), in.begin() + 1);
  std::copy(right.bytes().begin(), right.bytes().end(), in.begin() + 33);
  return blake2b(in);
}

unsigned merkle_height(std::uint64_t count) {
  unsigned height = 0;
  for (std::uint64_t width = 1; width < count && height < 63; width <<= 1) ++height;
  return height;
}

MerkleTree::MerkleTree(std::vector<Hash> leaf_hashes)
    : MerkleTree(std::move(leaf_hashes), [](const Hash* pairs, Hash* out, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
          out[i] = merkle_node(pairs[2 * i], pairs[2 * i + 1]);
      }) {}

MerkleTree::MerkleTree(std::vector<Hash> leaf_hashes, HashLevel hash_level)
    : count_(leaf_hashes.size()) {
  levels_.push_back(std::move(leaf_hashes));
  while (levels_.back().size() > 1) {
    auto& below = levels_.back();
    if (below.size() % 2 != 0) below.emplace_back();
    std::vector<Hash> above(below.size() / 2);
    hash_level(below.data(), above.data(), above.size());
    levels_.push_back(std::move(above));
  }
}

Hash MerkleTree::root() const { return count_ == 0 ? Hash() : levels_.back().front(); }

std::vector<Hash> MerkleTree::path(std::size_t index) const {
  WALD_CHECK(index < count_);
  std::vector<Hash> out;
  out.reserve(levels_.size() - 1);
  for (std::size_t level = 0; level + 1 < levels_.size(); ++level, index /= 2)
    out.push_back(levels_[level][index ^ 1]);
  return out;
}

void MerkleFrontier::push(const Hash& leaf_hash) {
  Hash carry = leaf_hash;
  for (std::size_t level = 0;; ++level) {
    if (level == pending_.size()) pending_.emplace_back();
    if (!pending_[level]) {
      pending_[level] = carry;
      break;
    }
    carry = merkle_node(*pending_[level], carry);
    pending_[level].reset();
  }
  ++count_;
}

Hash MerkleFrontier::root() const {
  const unsigned height = merkle_height(count_);
  std::optional<Hash> carry;
  for (unsigned level = 0; level < height; ++level) {
    const auto& here = pending_[level];
    if (here && carry)
      carry = merkle_node(*here, *carry);
    else if (here)
      carry = merkle_node(*here, Hash());
    else if (carry)
      carry = merkle_node(*carry, Hash());
  }
  if (carry) return *carry;
  return count_ == 0 ? Hash() : *pending_[height];
}

Hash merkle_root(const std::vector<Hash>& leaf_hashes) {
  MerkleFrontier frontier;
  for (const Hash& leaf : leaf_hashes) frontier.push(leaf);
  return frontier.root();
}

bool merkle_verify(const Hash& root, std::uint64_t count, const Hash& leaf_hash,
                   std::uint64_t index, std::span<const Hash> path) {
  if (index >= count || path.size() != merkle_height(count)) return false;
  Hash at = leaf_hash;
  for (const Hash& sibling : path) {
    at = index % 2 == 0 ? merkle_node(at, sibling) : merkle_node(sibling, at);
    index /= 2;
  }
  return index == 0 && at == root;
}

}  // namespace wald::base
