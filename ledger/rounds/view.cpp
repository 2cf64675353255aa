// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/view.h"

#include <algorithm>

#include "codec/base/bitmap.h"
#include "proofs/attest.h"

namespace wald::ledger::rounds {
namespace {

shape::Params shape_of(const RoundView& view) {
  const auto made = shape::Params::make(view.shards);
  WALD_CHECK(made.ok());  // the genesis was refused otherwise
  return *made;
}

}  // namespace

std::optional<RoundView> find_round(const Reader& state, const base::ChainId& chain,
                                    base::Epoch epoch, base::Round round) {
  auto record = load(state, kRounds, epoch, round);
  if (!record) return std::nullopt;
  RoundView view{
      {chain, epoch, round}, *std::move(record), must_load(state, kCommittees, epoch), 0};
  for (const CommitteeMember& member : view.committee.members) view.shards += weight_of(member);
  return view;
}

std::optional<RoundView> open_round(const Reader& state, const base::ChainId& chain) {
  const ChainRecord record = must_load(state, kChain);
  if (!record.rounds.open) return std::nullopt;
  WALD_CHECK(record.rounds.next.value() > 0);
  return find_round(state, chain, record.clock.epoch,
                    base::Round(base::narrow<std::uint16_t>(record.rounds.next.value() - 1)));
}

std::optional<std::uint16_t> place_of(const CommitteeRecord& committee, const base::NodeId& node) {
  const auto& members = committee.members;
  const auto at =
      std::lower_bound(members.begin(), members.end(), node,
                       [](const CommitteeMember& m, const base::NodeId& n) { return m.node < n; });
  if (at == members.end() || at->node != node) return std::nullopt;
  return base::narrow<std::uint16_t>(at - members.begin());
}

std::uint16_t weight_of(const CommitteeMember& member) {
  return base::narrow<std::uint16_t>(member.shards.size());
}

std::vector<base::ShardIndex> shards_of(const CommitteeMember& member) {
  std::vector<base::ShardIndex> shards = member.shards;
  std::sort(shards.begin(), shards.end());
  return shards;
}

TallyRecord tally_of(const Reader& state, const RoundView& view, const base::NodeId& node) {
  return load(state, kTallies, view.id.epoch, view.id.round, node).value_or(TallyRecord());
}

proofs::Exam exam_of(const RoundView& view, std::uint16_t place) {
  WALD_CHECK(view.record.commit.has_value());
  const CommitteeMember& member = view.committee.members.at(place);
  return proofs::Exam(view.id, view.record.seed, member.node, shape_of(view), shards_of(member),
                      view.record.blobs);
}

DrawRecord draw_of(const Reader& state, const RoundView& view) {
  WALD_CHECK(view.record.commit.has_value());
  return must_load(state, kDraws, view.id.epoch, view.id.round);
}

bool is_lost(const RoundView& view, base::ShardIndex shard) {
  return std::any_of(view.record.lost.begin(), view.record.lost.end(),
                     [&](const LostShard& lost) { return lost.shard == shard; });
}

std::optional<ListedMember> deny_list_of(const RoundView& view, std::uint16_t place) {
  const base::NodeId& node = view.committee.members.at(place).node;
  for (const ListedMember& listed : view.record.denied)
    if (listed.node == node) return listed;
  return std::nullopt;
}

proofs::PointFacts facts_of(const RoundView& view, const DrawRecord& draw, std::uint16_t place,
                            const proofs::Point& point, const TallyRecord& tally) {
  const shape::Params params = shape_of(view);
  const auto listed = deny_list_of(view, place);
  const DrawnBlob& blob = draw.blobs.at(point.blob);
  return {params,
          blob.blob_id,
          blob.length,
          shape::pair_of_shard(params, blob.blob_id, point.shard),
          point.axis,
          point.symbol,
          proofs::due_status(point.t, is_lost(view, point.shard), tally.unavailable, tally.denied),
          listed ? listed->root : base::Hash()};
}

proofs::Assignment assignment_of(const RoundView& view) {
  WALD_CHECK(view.record.verify.has_value());
  std::vector<std::uint16_t> owners(view.shards);
  std::uint16_t place = 0;
  for (const CommitteeMember& member : view.committee.members) {
    for (const base::ShardIndex shard : member.shards) owners.at(shard.value()) = place;
    ++place;
  }
  return proofs::Assignment(view.id, view.record.assign_key, std::move(owners),
                            view.committee.members.size(), view.record.verifiers);
}

Confirmation confirmation_of(const RoundView& view, const std::vector<TallyRecord>& tallies,
                             std::size_t place) {
  const auto& members = view.committee.members;
  WALD_CHECK(tallies.size() == members.size() && place < members.size());
  Confirmation out;
  if (!tallies[place].committed) return out;
  std::vector<std::uint16_t> weights;
  std::vector<bool> vouching;
  for (std::size_t v = 0; v < members.size(); ++v) {
    weights.push_back(weight_of(members[v]));
    vouching.push_back(v == place || base::bit_at(tallies[v].verified, place));
    if (vouching.back()) out.weight += weights.back();
  }
  out.confirmed = proofs::confirmed(weights, place, vouching, view.shards);
  return out;
}

std::vector<TallyRecord> all_tallies(const Reader& state, const RoundView& view) {
  std::vector<TallyRecord> out;
  for (const CommitteeMember& member : view.committee.members)
    out.push_back(tally_of(state, view, member.node));
  return out;
}

bool has_ended(const Reader& state, const DrawnBlob& blob) {
  const auto record = load(state, kBlobIds, blob.blob_id);
  return !record || record->leaf != blob.leaf || record->invalid;
}

}  // namespace wald::ledger::rounds
