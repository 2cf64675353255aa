// SPDX-License-Identifier: Apache-2.0
// Points, checkers and spot leaves. The index is in blob_index.cpp.
#include "proofs/challenge.h"

#include <algorithm>

namespace wald::proofs {
namespace {

base::Bytes node_and_place(const base::NodeId& node, std::uint16_t t) {
  return base::Writer().raw(node.view()).le(t).bytes();
}

// Fisher-Yates from the end, by the words of the member.
std::vector<std::uint16_t> draw_permutation(const RoundId& id, const base::Hash& seed,
                                            const base::NodeId& node, std::size_t count) {
  std::vector<std::uint16_t> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = base::narrow<std::uint16_t>(i);
  Words words("wald.pt.perm", seed.view(), id, node.view());
  for (std::size_t j = count; j-- > 1;) std::swap(out[j], out[words.uniform(j + 1)]);
  return out;
}

}  // namespace

Exam::Exam(const RoundId& id, const base::Hash& seed, const base::NodeId& node,
           const shape::Params& params, std::vector<base::ShardIndex> shards, std::size_t blobs)
    : id_(id),
      seed_(seed),
      node_(node),
      params_(params),
      shards_(std::move(shards)),
      permutation_(draw_permutation(id, seed, node, blobs)) {
  WALD_CHECK(!shards_.empty() && !permutation_.empty());
  WALD_CHECK(std::adjacent_find(shards_.begin(), shards_.end(), std::greater_equal<>()) ==
             shards_.end());
  WALD_CHECK(shards_.back().value() < params_.n());
}

Point Exam::point(std::uint16_t t) const {
  Words words("wald.pt.node", seed_.view(), id_, node_and_place(node_, t));
  Point out;
  out.t = t;
  out.shard = shards_[words.uniform(shards_.size())];
  // p + s and s weigh the axes by the bytes a shard keeps on each.
  out.axis = words.uniform(params_.p() + params_.s()) < params_.s() ? shape::Axis::kPrimary
                                                                    : shape::Axis::kSecondary;
  out.symbol = base::SymbolIndex(base::narrow<std::uint16_t>(words.uniform(params_.n())));
  out.blob = permutation_[t % permutation_.size()];
  WALD_CHECK(out.blob < permutation_.size());
  return out;
}

std::vector<Point> Exam::points(std::size_t count) const {
  std::vector<Point> out;
  for (std::size_t t = 0; t < count; ++t) out.push_back(point(base::narrow<std::uint16_t>(t)));
  return out;
}

Assignment::Assignment(const RoundId& id, const base::Hash& key, std::vector<std::uint16_t> owners,
                       std::size_t members, std::size_t verifiers)
    : id_(id), key_(key), owners_(std::move(owners)), owns_(members, false) {
  WALD_CHECK(members >= 1 && !owners_.empty());
  for (const std::uint16_t owner : owners_) {
    WALD_CHECK(owner < members);
    if (!owns_[owner]) ++distinct_;
    owns_[owner] = true;
  }
  wanted_ = std::min(verifiers, members - 1);
}

std::vector<std::uint16_t> Assignment::verifiers(const base::NodeId& prover,
                                                 std::uint16_t prover_index,
                                                 std::uint16_t t) const {
  WALD_CHECK(prover_index < owns_.size());
  // Otherwise the draw would never end.
  WALD_CHECK(distinct_ - (owns_[prover_index] ? 1 : 0) >= wanted_);
  Words words("wald.assign", key_.view(), id_, node_and_place(prover, t));
  std::vector<std::uint16_t> out;
  while (out.size() < wanted_) {
    const std::uint16_t owner = owners_[words.uniform(owners_.size())];
    if (owner != prover_index && std::find(out.begin(), out.end(), owner) == out.end())
      out.push_back(owner);
  }
  return out;
}

std::vector<std::uint16_t> spot_leaves(const RoundId& id, const base::Hash& second_seed,
                                       const base::NodeId& node,
                                       std::vector<SpotCandidate> candidates, std::size_t k_spot) {
  constexpr std::uint64_t kRoom = 64 * 1024, kOverhead = 1040;
  WALD_CHECK(std::adjacent_find(candidates.begin(), candidates.end(),
                                [](const SpotCandidate& a, const SpotCandidate& b) {
                                  return a.t >= b.t;
                                }) == candidates.end());
  Words words("wald.spot", second_seed.view(), id, node.view());
  std::vector<std::uint16_t> out;
  std::uint64_t bytes = 0;
  while (out.size() < k_spot && !candidates.empty()) {
    std::swap(candidates[words.uniform(candidates.size())], candidates.back());
    bytes += kOverhead + candidates.back().symbol_size;
    if (bytes > kRoom && !out.empty()) break;
    out.push_back(candidates.back().t);
    candidates.pop_back();
  }
  return out;
}

}  // namespace wald::proofs
