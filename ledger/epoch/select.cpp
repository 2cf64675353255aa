// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/select.h"

#include <algorithm>

#include "ledger/epoch/members.h"
#include "ledger/laws/mutant.h"
#include "ledger/nodes.h"

namespace wald::ledger::epoch {
namespace {

// C-1 but for the order: everybody who may stand, with value and lot.
std::vector<economics::Candidate> candidates(const Reader& state, const base::ChainId& chain,
                                             base::Epoch target) {
  const base::Hash prev = must_load(state, kChain).prev_seed;
  std::vector<economics::Candidate> out;
  for (const auto& [id, node] : on_roll(state)) {
    economics::NodeView view;
    view.leaving = node.leaving;
    view.left = node.left.has_value();
    view.barred = node.barred_until >= target;
    if (view.leaving || view.left || view.barred || exists(state, kQuarantine, id)) continue;
    out.push_back({id, economics::weight_at(peek_pool(state, id), target, view),
                   economics::election_key(chain, target, prev, id)});
  }
  return out;
}

CommitteeMember seat(const Reader& state, const base::NodeId& id, base::Epoch target,
                     std::vector<base::ShardIndex> shards) {
  const NodeRecord node = must_load(state, kNodes, id);
  return {id, node.protocol_key, vrf_key_in(node, target), std::move(shards)};
}

Choice carry_over(const Reader& state, base::Epoch target, const CommitteeRecord& present,
                  std::string reason) {
  Choice choice;
  choice.carried_over = true;
  choice.reason = std::move(reason);
  for (const CommitteeMember& member : present.members)
    choice.committee.members.push_back(seat(state, member.node, target, member.shards));
  return choice;
}

void report_caps(Context& ctx, base::Epoch target, const economics::Election& election) {
  const std::uint64_t n = ctx.params().shards;
  const std::uint64_t m = election.order.size();
  const auto base_cap = base::narrow<std::uint32_t>(m >= 20 ? std::max<std::uint64_t>(1, n / 10)
                                                            : (2 * n + m - 1) / m);
  if (election.widened > 0) {
    spec::ShardsCapsWidened event;
    event.set_epoch(target.value());
    event.set_base_cap(base_cap);
    event.set_cap(base_cap << election.widened);
    ctx.emit(event);
  }
  if (election.limits_dropped) {
    spec::ShardsCapsDropped event;
    event.set_epoch(target.value());
    event.set_base_cap(base_cap);
    ctx.emit(event);
  }
}

void report_committee(Context& ctx, base::Epoch target, const Choice& choice) {
  spec::EpochCommitteeChosen event;
  event.set_epoch(target.value());
  for (const CommitteeMember& member : choice.committee.members) {
    event.add_members(text_of(member.node));
    event.add_seats(base::narrow<std::uint32_t>(member.shards.size()));
  }
  event.set_carried_over(choice.carried_over);
  event.set_reason(choice.reason);
  ctx.emit(event);
}

spec::MoveCause cause_of(const Reader& state, const base::NodeId& from, base::ShardIndex shard,
                         const LostShards& lost) {
  const auto at = lost.find(from);
  if (at != lost.end() &&
      std::find(at->second.begin(), at->second.end(), shard) != at->second.end())
    return spec::MOVE_LOST;
  return must_load(state, kNodes, from).leaving ? spec::MOVE_LEFT : spec::MOVE_STAKE;
}

// shards.assigned for every list that is new, shards.moved for each pair of holders and cause.
void report_shards(Context& ctx, base::Epoch target, const CommitteeRecord& present,
                   const CommitteeRecord& next, const LostShards& lost) {
  std::map<base::ShardIndex, base::NodeId> held;
  for (const CommitteeMember& member : present.members)
    for (const base::ShardIndex shard : member.shards) held[shard] = member.node;
  const auto old = assignment_of(present);
  std::map<std::tuple<base::NodeId, base::NodeId, int>, spec::ShardsMoved> moves;
  for (const CommitteeMember& member : next.members) {
    const auto before = old.find(member.node);
    if (before != old.end() && before->second == member.shards) continue;
    spec::ShardsAssigned assigned;
    assigned.set_epoch(target.value());
    assigned.set_node(text_of(member.node));
    for (const base::ShardIndex shard : member.shards) {
      assigned.add_shards(shard.value());
      const auto from = held.find(shard);
      if (from == held.end() || from->second == member.node) continue;
      const auto cause = cause_of(ctx.state(), from->second, shard, lost);
      moves[{from->second, member.node, cause}].add_shards(shard.value());
    }
    ctx.emit(assigned);
  }
  for (auto& [key, moved] : moves) {
    moved.set_epoch(target.value());
    moved.set_from(text_of(std::get<0>(key)));
    moved.set_to(text_of(std::get<1>(key)));
    moved.set_cause(static_cast<spec::MoveCause>(std::get<2>(key)));
    ctx.emit(moved);
  }
}

}  // namespace

base::PublicKey vrf_key_in(const NodeRecord& node, base::Epoch epoch) {
  WALD_CHECK(!node.vrf_keys.empty());
  // Registration names the epoch after it, so every node has one from its first election on.
  base::PublicKey key = node.vrf_keys.front().key;
  for (const KeyFrom& entry : node.vrf_keys)
    if (entry.from <= epoch) key = entry.key;
  return key;
}

Choice choose(const Reader& state, const base::ChainId& chain, const Params& params,
              base::Epoch target, const CommitteeRecord& present, const LostShards& lost) {
  const auto shards = base::narrow<std::uint16_t>(params.shards);
  const auto old = assignment_of(present);
  std::map<base::NodeId, std::uint32_t> given_up;
  for (const auto& [id, list] : lost) given_up[id] = base::narrow<std::uint32_t>(list.size());
  auto election = economics::hold_election(candidates(state, chain, target), old, given_up, shards,
                                           Amount::of(params.economics.threshold),
                                           params.economics.max_members);
  if (!election.ok() || election->order.empty())
    return carry_over(state, target, present, "no candidate");

  const auto counts = economics::seat_counts(*election);
  const auto assigned =
      old.empty() ? economics::first_assignment(counts) : economics::transition(old, counts, lost);
  WALD_CHECK(assigned.ok());  // the seats sum to n (C-3)
  Choice choice;
  choice.election = std::move(election).value();
  for (const auto& [id, list] : assigned.value())
    choice.committee.members.push_back(seat(state, id, target, list));
  auto& members = choice.committee.members;
  if (mutate("I22") && members.size() > 1) members[1].shards.push_back(members[0].shards.front());
  return choice;
}

void select(Context& ctx) {
  ChainRecord chain = must_load(ctx.state(), kChain);
  const base::Epoch running = chain.clock.epoch;
  const base::Epoch target = running.next();
  WALD_CHECK(!chain.clock.selected && !exists(ctx.state(), kCommittees, target));
  CommitteeRecord present;
  if (auto known = load(ctx.state(), kCommittees, running)) present = *std::move(known);

  const LostShards lost = lost_shards(ctx.state(), present, running, ctx.params().restore_epochs);
  const Choice choice = choose(ctx.state(), ctx.block().chain, ctx.params(), target, present, lost);
  free_overdue(ctx);
  chain.clock.selected = true;
  chain.clock.next_length = ctx.params().epoch_length;
  save(ctx.state(), kChain, chain);
  if (!choice.committee.members.empty()) save(ctx.state(), kCommittees, choice.committee, target);
  if (!choice.carried_over) report_caps(ctx, target, choice.election);
  report_committee(ctx, target, choice);
  report_shards(ctx, target, present, choice.committee, lost);
}

}  // namespace wald::ledger::epoch
