// SPDX-License-Identifier: Apache-2.0
#include "ledger/gov.h"

#include <algorithm>

#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

constexpr std::uint64_t kPauseVoteMs = 86'400'000;  // votes for a pause count so long (G-8)

std::uint8_t key_of_group(spec::PauseGroup group) { return static_cast<std::uint8_t>(group); }

PauseRecord pause_record(const Reader& state, spec::PauseGroup group) {
  return load(state, kPauses, key_of_group(group)).value_or(PauseRecord());
}

void begin(Context& ctx, spec::PauseGroup group, PauseRecord record, base::TimeMs until) {
  WALD_CHECK(record.epoch != ctx.epoch() && until > ctx.block().time);
  record.until = until;
  record.epoch = ctx.epoch();
  record.votes.clear();
  record.resume.clear();
  save(ctx.state(), kPauses, record, key_of_group(group));
  spec::GovPaused event;
  event.set_group(group);
  event.set_until(until.value());
  event.set_account(text_of(ctx.sender()));
  ctx.emit(event);
}

void emit_asked(Context& ctx, spec::PauseGroup group, const base::NodeId& node,
                std::uint32_t weight, const std::optional<base::TimeMs>& until) {
  spec::GovPauseAsked event;
  event.set_group(group);
  event.set_node(text_of(node));
  event.set_resume(!until);
  if (until) event.set_until(until->value());
  event.set_weight(weight);
  ctx.emit(event);
}

}  // namespace

std::vector<spec::PauseGroup> groups_in(PauseGroups set) {
  std::vector<spec::PauseGroup> out;
  for (const auto group : {spec::PAUSE_PURCHASES, spec::PAUSE_REGISTRATIONS, spec::PAUSE_DELEGATION,
                           spec::PAUSE_TREASURY})
    if ((set & bit_of(group)) != 0) out.push_back(group);
  return out;
}

base::Result<void, Dropped> require_running(const Reader& state, PauseGroups groups,
                                            base::TimeMs now) {
  if (groups == 0) return {};
  for (const spec::PauseGroup group : groups_in(groups)) {
    const PauseRecord record = pause_record(state, group);
    if (record.until > now)
      return base::Err<Dropped>{Dropped{{spec::PAUSED,
                                         {{"group", spec::PauseGroup_Name(group)},
                                          {"until", std::to_string(record.until.value())}}}}};
  }
  return {};
}

base::Result<FoundationRecord, Rejected> require_foundation(Context& ctx) {
  auto record = load(ctx.state(), kFoundation);
  const bool holds = record && record->account == ctx.sender() && !record->renounced &&
                     ctx.epoch() < record->sunset;
  if (!holds) return ctx.reject(spec::POWER_ENDED);
  return *record;
}

std::uint64_t longest_pause(const Context& ctx) {
  const EpochClock clock = must_load(ctx.state(), kChain).clock;
  return std::min(ctx.params().pause_max, clock.length / 4);
}

base::Result<void, Rejected> require_length(Context& ctx, base::TimeMs until) {
  const std::uint64_t now = ctx.block().time.value();
  const std::uint64_t longest = longest_pause(ctx);
  if (until.value() <= now || until.value() - now > longest)
    return ctx.reject(spec::OUT_OF_BOUNDS, {{"longest", std::to_string(longest)}});
  return {};
}

base::Result<void, Rejected> require_member(Context& ctx, const base::NodeId& node) {
  const auto record = load(ctx.state(), kNodes, node);
  if (!record) return ctx.reject(spec::UNKNOWN_NODE);
  if (record->governance_account != ctx.sender()) return ctx.reject(spec::NOT_AUTHORITY);
  if (weight_of(ctx, {node}) == 0) return ctx.reject(spec::NOT_AUTHORITY, {{"shards", "0"}});
  return {};
}

std::uint32_t weight_of(const Context& ctx, const std::vector<base::NodeId>& nodes) {
  const auto committee = load(ctx.state(), kCommittees, ctx.epoch());
  std::uint32_t weight = 0;
  if (!committee) return weight;
  for (const CommitteeMember& member : committee->members)
    if (std::find(nodes.begin(), nodes.end(), member.node) != nodes.end())
      weight += base::narrow<std::uint32_t>(member.shards.size());
  WALD_CHECK(weight <= ctx.params().shards);
  return weight;
}

base::Result<void, Rejected> pause(Context& ctx, spec::PauseGroup group, base::TimeMs until) {
  PauseRecord record = pause_record(ctx.state(), group);
  if (record.epoch == ctx.epoch()) return ctx.reject(spec::DONE);
  begin(ctx, group, std::move(record), until);
  return {};
}

base::Result<void, Rejected> ask_pause(Context& ctx, spec::PauseGroup group,
                                       const base::NodeId& node, base::TimeMs until) {
  PauseRecord record = pause_record(ctx.state(), group);
  if (record.epoch == ctx.epoch()) return ctx.reject(spec::DONE);
  const base::TimeMs now = ctx.block().time;
  // One vote a node, none older than a day, none for a time that has passed.
  std::erase_if(record.votes, [&](const PauseVote& vote) {
    return vote.node == node || now.value() - vote.given.value() >= kPauseVoteMs ||
           vote.until <= now;
  });
  record.votes.push_back({node, now, until});
  std::vector<base::NodeId> nodes;
  base::TimeMs shortest = until;
  for (const PauseVote& vote : record.votes) {
    nodes.push_back(vote.node);
    if (weight_of(ctx, {vote.node}) > 0) shortest = std::min(shortest, vote.until);
  }
  const std::uint32_t weight = weight_of(ctx, nodes);
  save(ctx.state(), kPauses, record, key_of_group(group));
  emit_asked(ctx, group, node, weight, until);
  if (std::uint64_t{3} * weight >= ctx.params().shards + 1)
    begin(ctx, group, std::move(record), shortest);
  return {};
}

base::Result<void, Rejected> ask_resume(Context& ctx, spec::PauseGroup group,
                                        const base::NodeId& node) {
  PauseRecord record = pause_record(ctx.state(), group);
  const bool asked =
      std::find(record.resume.begin(), record.resume.end(), node) != record.resume.end();
  if (record.until <= ctx.block().time || asked) return ctx.reject(spec::DONE);
  record.resume.push_back(node);
  const std::uint32_t weight = weight_of(ctx, record.resume);
  const bool ends = std::uint64_t{3} * weight >= 2 * ctx.params().shards + 1;
  if (ends) {
    record.until = base::TimeMs();
    record.resume.clear();
  }
  save(ctx.state(), kPauses, record, key_of_group(group));
  emit_asked(ctx, group, node, weight, std::nullopt);
  if (!ends) return {};
  spec::GovResumed event;
  event.set_group(group);
  event.set_weight(weight);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger
