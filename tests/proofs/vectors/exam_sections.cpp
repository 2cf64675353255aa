// SPDX-License-Identifier: Apache-2.0
// The blob index and its draws, points, checkers, spot leaves, deny lists.
#include <algorithm>

#include "proofs/challenge.h"
#include "proofs/deny.h"
#include "tests/proofs/vectors/form.h"

namespace wald::vectors {
namespace {

using namespace proofs;

IndexTree index_of(const Input& in) {
  std::vector<IndexNode> leaves;
  for (const json::value& item : in.list("leaves")) {
    if (item.is_null()) {
      leaves.push_back(index_no_leaf());
      continue;
    }
    const Input leaf(item.as_object());
    leaves.push_back(index_leaf(leaf.id<base::BlobId>("blob_id"), leaf.num("units")));
  }
  return IndexTree(std::move(leaves));
}

json::object root(const Input& in) {
  const IndexTree tree = index_of(in);
  return {{"root", hex_id(tree.root())},
          {"depth", index_depth(tree.leaves())},
          {"units", tree.top().units},
          {"count", tree.top().count}};
}

json::object draws(const Input& in) {
  return {{"blobs", num_list(common_blobs(in.round_id(), in.id<base::Hash>("S"), index_of(in),
                                          in.num("B")))}};
}

json::object points(const Input& in) {
  const auto params = shape::Params::make(in.num("n"));
  if (!params) throw std::invalid_argument("shard count");
  std::vector<base::ShardIndex> shards;
  for (const std::uint16_t shard : in.u16s("shards")) shards.emplace_back(shard);
  const Exam exam(in.round_id(), in.id<base::Hash>("S"), in.id<base::NodeId>("node"), *params,
                  shards, in.num("B"));
  const std::vector<std::uint64_t> blobs = in.nums("blobs");
  const Input ids(in.at("leaves").as_object());
  json::array out;
  for (const std::uint16_t t : in.u16s("t")) {
    const Point point = exam.point(t);
    const auto blob = ids.id<base::BlobId>(std::to_string(blobs.at(point.blob)));
    const base::PairIndex pair = shape::pair_of_shard(*params, blob, point.shard);
    const auto sliver = shape::sliver_of_pair(*params, point.axis, pair);
    out.push_back(json::array{t, point.shard.value(), static_cast<unsigned>(point.axis),
                              point.symbol.value(), point.blob, pair.value(), sliver.value()});
  }
  return {{"perm", num_list(exam.permutation())}, {"points", out}};
}

json::object verifiers(const Input& in) {
  const base::Hash key = assignment_key(in.id<base::Hash>("S"), in.id<base::Hash>("state_root"));
  const Assignment assignment(in.round_id(), key, in.u16s("owners"), in.num("members"),
                              in.num("verifiers"));
  json::array lists;
  for (const std::uint16_t t : in.u16s("t"))
    lists.push_back(num_list(
        assignment.verifiers(in.id<base::NodeId>("node"), in.num_as<std::uint16_t>("prover"), t)));
  return {{"S_A", hex_id(key)}, {"lists", lists}};
}

json::object spot(const Input& in) {
  const std::vector<std::uint16_t> excused = in.u16s("excused");
  std::vector<SpotCandidate> candidates;
  for (const json::value& item : in.list("ok")) {
    const auto& pair = item.as_array();
    const auto t = base::narrow<std::uint16_t>(number(pair.at(0)));
    if (std::find(excused.begin(), excused.end(), t) == excused.end())
      candidates.push_back({t, base::narrow<std::uint32_t>(number(pair.at(1)))});
  }
  return {{"leaves",
           num_list(spot_leaves(in.round_id(), in.id<base::Hash>("S2"), in.id<base::NodeId>("node"),
                                std::move(candidates), in.num("k_spot")))}};
}

json::object deny_list(const Input& in) {
  std::vector<DenyEntry> entries;
  for (const json::value& item : in.list("entries")) {
    const Input entry(item.as_object());
    entries.push_back({entry.id<base::BlobId>("blob_id"), entry.num("length")});
  }
  const auto list = DenyList::make(std::move(entries));
  if (!list) throw std::logic_error("list refused");
  json::array proofs;
  for (const json::value& item : in.list("prove")) {
    const auto proof = list->prove(base::BlobId::from(from_hex(item)));
    if (!proof) throw std::logic_error("entry not found");
    proofs.emplace_back(hex(*proof));
  }
  return {{"root", hex_id(list->root())}, {"size", list->size()}, {"proofs", proofs}};
}

json::object deny_verify(const Input& in) {
  return {{"valid", verify_denied(in.id<base::Hash>("root"), in.id<base::BlobId>("blob_id"),
                                  in.num("blob_length"), in.bytes("proof"))}};
}

}  // namespace

const Sections& exam_sections() {
  static const Sections table = {
      {"index_root", root},        {"index_draws", draws}, {"points", points},
      {"verifiers", verifiers},    {"spot", spot},         {"deny_list", deny_list},
      {"deny_verify", deny_verify}};
  return table;
}

}  // namespace wald::vectors
