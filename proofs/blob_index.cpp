// SPDX-License-Identifier: Apache-2.0
// The Merkle-sum tree over all blobs and the draws by its sums.
#include <limits>

#include "proofs/challenge.h"

namespace wald::proofs {
namespace {

void write_node(base::Writer& out, const IndexNode& node) {
  out.raw(node.hash.view()).le(node.units).le(node.count);
}

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
  WALD_CHECK(a <= std::numeric_limits<std::uint64_t>::max() - b);
  return a + b;
}

// Down from the top: left while the target lies in the left sum.
std::uint64_t descend(const IndexView& index, std::uint64_t target,
                      std::uint64_t IndexNode::*sum_of) {
  const unsigned depth = index_depth(index.leaves());
  WALD_CHECK(target < index.node(depth, 0).*sum_of);
  std::uint64_t position = 0;
  for (unsigned level = depth; level-- > 0;) {
    position *= 2;
    const std::uint64_t left = index.node(level, position).*sum_of;
    if (target < left) continue;
    target -= left;
    ++position;
  }
  WALD_CHECK(position < index.leaves());
  return position;
}

}  // namespace

std::uint64_t index_units(std::uint64_t encoded_length) {
  constexpr std::uint64_t kUnit = 1024 * 1024;
  return encoded_length / kUnit + (encoded_length % kUnit != 0 ? 1 : 0);
}

IndexNode index_leaf(const base::BlobId& blob, std::uint64_t units) {
  constexpr std::uint64_t kOne = 1;
  const auto in = base::Writer().raw(blob.view()).le(units).le(kOne).bytes();
  return {base::tagged_hash("wald.idx.leaf", {}, in), units, kOne};
}

IndexNode index_parent(const IndexNode& left, const IndexNode& right) {
  base::Writer in;
  write_node(in, left);
  write_node(in, right);
  return {base::tagged_hash("wald.idx.node", {}, in.bytes()), sum(left.units, right.units),
          sum(left.count, right.count)};
}

IndexNode index_padding(unsigned level) {
  IndexNode node = index_no_leaf();
  for (unsigned i = 0; i < level; ++i) node = index_parent(node, node);
  return node;
}

unsigned index_depth(std::uint64_t leaves) { return base::merkle_height(leaves); }

base::Hash index_root(unsigned depth, const IndexNode& top) {
  base::Writer in;
  in.u8(base::narrow<std::uint8_t>(depth));
  write_node(in, top);
  return base::tagged_hash("wald.idx.root", {}, in.bytes());
}

IndexTree::IndexTree(std::vector<IndexNode> leaves) : leaves_(leaves.size()) {
  levels_.push_back(std::move(leaves));
  const unsigned depth = index_depth(leaves_);
  for (unsigned level = 0; level < depth; ++level) {
    const std::size_t count = (levels_[level].size() + 1) / 2;
    std::vector<IndexNode> above;
    for (std::size_t i = 0; i < count; ++i)
      above.push_back(index_parent(node(level, 2 * i), node(level, 2 * i + 1)));
    levels_.push_back(std::move(above));
  }
  WALD_CHECK(levels_.size() == depth + 1u);
}

IndexNode IndexTree::node(unsigned level, std::uint64_t position) const {
  WALD_CHECK(level < levels_.size());
  return position < levels_[level].size() ? levels_[level][position] : index_padding(level);
}

std::uint64_t leaf_of_count(const IndexView& index, std::uint64_t k) {
  return descend(index, k, &IndexNode::count);
}

std::uint64_t leaf_of_unit(const IndexView& index, std::uint64_t u) {
  return descend(index, u, &IndexNode::units);
}

std::vector<std::uint64_t> common_blobs(const RoundId& id, const base::Hash& seed,
                                        const IndexView& index, std::size_t blobs) {
  const IndexNode top = index.node(index_depth(index.leaves()), 0);
  WALD_CHECK(top.count >= 1 && top.units >= 1);
  Words words("wald.pt.blobs", seed.view(), id, {});
  std::vector<std::uint64_t> out;
  for (std::size_t b = 0; b < blobs; ++b)
    out.push_back(b % 2 == 0 ? leaf_of_count(index, words.uniform(top.count))
                             : leaf_of_unit(index, words.uniform(top.units)));
  return out;
}

}  // namespace wald::proofs
