// SPDX-License-Identifier: Apache-2.0
#include "ledger/range_proof.h"

#include "ledger/tree/bits.h"

namespace wald::ledger {
namespace {

using base::Bytes;
using base::ByteView;
using base::Hash;
using tree::first_difference;
using tree::kMaxKeyBytes;
using tree::kNoBit;

bool less(ByteView a, ByteView b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

bool well_formed(const RangeProof& proof) {
  const auto rising = [](auto from, auto to) {
    std::size_t least = 0;
    for (; from != to; ++from) {
      if (from->bit < least || from->bit >= 8 * kMaxKeyBytes) return false;
      least = from->bit + std::size_t{1};
    }
    return true;
  };
  if (!rising(proof.left.begin(), proof.left.end())) return false;
  if (!rising(proof.right.rbegin(), proof.right.rend())) return false;
  if (proof.leaves.empty()) return proof.left.empty() && proof.right.empty();
  for (std::size_t i = 0; i < proof.leaves.size(); ++i) {
    const Bytes& key = proof.leaves[i].key;
    if (key.size() > kMaxKeyBytes) return false;
    if (i == 0) continue;
    const Bytes& before = proof.leaves[i - 1].key;
    if (!less(before, key) || first_difference(before, key) == kNoBit) return false;
  }
  return true;
}

// The tree over parts in key order, of which only the hashes are known.
class HashJoiner {
 public:
  // False: no tree has these bits. `bit` is the first one in which the part differs from the last.
  bool push(std::uint16_t bit, const Hash& part) {
    while (!bits_.empty() && bits_.back() > bit) join_last();
    if (!bits_.empty() && bits_.back() == bit) return false;
    bits_.push_back(bit);
    parts_.push_back(part);
    return true;
  }
  void start(const Hash& part) { parts_.push_back(part); }
  Hash finish() {
    while (!bits_.empty()) join_last();
    WALD_CHECK(parts_.size() == 1);
    return parts_.front();
  }

 private:
  void join_last() {
    WALD_CHECK(parts_.size() == bits_.size() + 1);
    const Hash right = parts_.back();
    parts_.pop_back();
    parts_.back() = tree_inner_hash(bits_.back(), parts_.back(), right);
    bits_.pop_back();
  }
  std::vector<Hash> parts_;
  std::vector<std::uint16_t> bits_;  // bits_[i] joins parts_[i] and parts_[i + 1]; rising
};

std::optional<Hash> root_of(const RangeProof& proof) {
  HashJoiner joiner;
  std::optional<std::uint16_t>
      bit;  // between the last part and the next one; none before the first
  const auto push = [&](const Hash& part) {
    if (bit) return joiner.push(*bit, part);
    joiner.start(part);
    return true;
  };
  for (const TreeStep& step : proof.left) {
    if (!push(step.sibling)) return std::nullopt;
    bit = step.bit;
  }
  for (std::size_t i = 0; i < proof.leaves.size(); ++i) {
    const TreeLeaf& leaf = proof.leaves[i];
    if (i > 0) bit = first_difference(proof.leaves[i - 1].key, leaf.key);
    if (!push(tree_leaf_hash(leaf.key, leaf.value_hash))) return std::nullopt;
  }
  for (const TreeStep& step : proof.right)
    if (!joiner.push(step.bit, step.sibling)) return std::nullopt;
  return joiner.finish();
}

void put_steps(base::Writer& out, const std::vector<TreeStep>& steps) {
  out.le(base::narrow<std::uint16_t>(steps.size()));
  for (const TreeStep& step : steps) out.le(step.bit).raw(step.sibling.view());
}

bool take_steps(base::Reader& in, std::vector<TreeStep>& steps) {
  const auto count = in.le<std::uint16_t>();
  for (std::size_t i = 0; count && i < *count; ++i) {
    const auto bit = in.le<std::uint16_t>();
    const auto sibling = in.id<Hash>();
    if (!bit || !sibling) return false;
    steps.push_back({*bit, *sibling});
  }
  return count.has_value();
}

bool take_leaves(base::Reader& in, std::vector<TreeLeaf>& leaves) {
  const auto count = in.le<std::uint32_t>();
  for (std::size_t i = 0; count && i < *count; ++i) {
    const auto klen = in.le<std::uint16_t>();
    if (!klen || *klen > kMaxKeyBytes) return false;
    const auto key = in.raw(*klen);
    const auto value_hash = in.id<Hash>();
    if (!key || !value_hash) return false;
    leaves.push_back({Bytes(key->begin(), key->end()), *value_hash});
  }
  return count.has_value();
}

}  // namespace

std::optional<std::span<const TreeLeaf>> verify_range(const Hash& root, ByteView from,
                                                      std::optional<ByteView> to,
                                                      const RangeProof& proof) {
  if (to && !less(from, *to)) return std::nullopt;
  if (!well_formed(proof)) return std::nullopt;
  std::span<const TreeLeaf> inside(proof.leaves);
  if (inside.empty()) {
    if (!root.is_zero()) return std::nullopt;
    return inside;
  }
  if (root_of(proof) != root) return std::nullopt;
  // A side without a neighbour outside the range must be the end of the tree.
  const bool neighbour_left = less(inside.front().key, from);
  const bool neighbour_right = to && !less(inside.back().key, *to);
  if (!neighbour_left && !proof.left.empty()) return std::nullopt;
  if (!neighbour_right && !proof.right.empty()) return std::nullopt;
  if (neighbour_right) inside = inside.first(inside.size() - 1);
  if (neighbour_left) inside = inside.subspan(1);
  if (inside.empty()) return inside;
  if (less(inside.front().key, from) || (to && !less(inside.back().key, *to))) return std::nullopt;
  return inside;
}

Bytes encode(const RangeProof& proof) {
  WALD_CHECK(well_formed(proof));
  base::Writer out;
  put_steps(out, proof.left);
  out.le(base::narrow<std::uint32_t>(proof.leaves.size()));
  for (const TreeLeaf& leaf : proof.leaves) {
    out.le(base::narrow<std::uint16_t>(leaf.key.size())).raw(leaf.key);
    out.raw(leaf.value_hash.view());
  }
  put_steps(out, proof.right);
  return std::move(out).bytes();
}

std::optional<RangeProof> parse_range_proof(ByteView bytes) {
  base::Reader in(bytes);
  RangeProof proof;
  if (!take_steps(in, proof.left) || !take_leaves(in, proof.leaves) ||
      !take_steps(in, proof.right) || !in.done() || !well_formed(proof))
    return std::nullopt;
  return proof;
}

}  // namespace wald::ledger
