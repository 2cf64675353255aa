// SPDX-License-Identifier: Apache-2.0
#include "proofs/prove/answer.h"

namespace wald::prove {
namespace {

using proofs::LeafStatus;

std::vector<base::Hash> leaf_hashes(const std::vector<base::Bytes>& leaves) {
  std::vector<base::Hash> out;
  out.reserve(leaves.size());
  for (const base::Bytes& leaf : leaves) out.push_back(base::merkle_leaf(leaf));
  return out;
}

}  // namespace

std::map<SliverKey, std::vector<proofs::Point>> group_by_sliver(
    const shape::Params& params, const std::vector<proofs::Point>& points,
    const std::vector<base::BlobId>& blob_ids) {
  std::map<SliverKey, std::vector<proofs::Point>> out;
  for (const proofs::Point& point : points) {
    WALD_CHECK(point.blob < blob_ids.size());
    const base::BlobId& blob = blob_ids[point.blob];
    const base::SliverIndex sliver = shape::sliver_of_shard(params, blob, point.axis, point.shard);
    out[{blob, point.axis, sliver}].push_back(point);
  }
  return out;
}

Answers::Answers(std::vector<base::Bytes> leaves)
    : leaves_(std::move(leaves)), tree_(leaf_hashes(leaves_)) {}

const base::Bytes& Answers::leaf(std::uint16_t t) const {
  WALD_CHECK(t < leaves_.size());
  return leaves_[t];
}

proofs::ResponseCommit Answers::commit() const {
  proofs::ResponseCommit out;
  out.root = root();
  out.points = points();
  for (std::uint16_t t = 0; t < out.points; ++t) {
    const auto status = static_cast<LeafStatus>(leaves_[t][2]);
    if (status == LeafStatus::kUnavailable) out.unavailable.push_back(t);
    if (status == LeafStatus::kDenied) out.denied.push_back(t);
  }
  return out;
}

proofs::Opening Answers::open(std::uint16_t t, base::Bytes membership) const {
  const bool is_denied = static_cast<LeafStatus>(leaf(t)[2]) == LeafStatus::kDenied;
  WALD_CHECK(is_denied || membership.empty());
  return {leaves_[t], tree_.path(t), std::move(membership)};
}

AnswerBuilder::AnswerBuilder(std::uint16_t points) : leaves_(points), missing_(points) {}

void AnswerBuilder::put(proofs::Leaf leaf) {
  WALD_CHECK(leaf.t < leaves_.size() && leaves_[leaf.t].empty());
  leaves_[leaf.t] = proofs::encode_leaf(leaf);
  WALD_CHECK(proofs::leaf_place(leaves_[leaf.t]) == leaf.t && missing_ > 0);
  --missing_;
}

void AnswerBuilder::ok(std::uint16_t t, base::ByteView symbol,
                       const std::vector<base::Hash>& path) {
  put({t, LeafStatus::kOk, base::Bytes(symbol.begin(), symbol.end()), path});
}

void AnswerBuilder::unavailable(std::uint16_t t) { put({t, LeafStatus::kUnavailable, {}, {}}); }
void AnswerBuilder::denied(std::uint16_t t) { put({t, LeafStatus::kDenied, {}, {}}); }
void AnswerBuilder::lost(std::uint16_t t) { put({t, LeafStatus::kLost, {}, {}}); }

Answers AnswerBuilder::finish() && {
  WALD_CHECK(missing_ == 0);
  return Answers(std::move(leaves_));
}

}  // namespace wald::prove
