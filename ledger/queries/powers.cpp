// SPDX-License-Identifier: Apache-2.0
// Powers, pauses and duties as they stand (G-7, G-8, L-14, N-8).
#include "economics/governance.h"
#include "ledger/duties.h"
#include "ledger/funds.h"
#include "ledger/gov.h"
#include "ledger/queries.h"
#include "ledger/queries/projection.h"
#include "ledger/stakes.h"

namespace wald::ledger::queries {
namespace {

void fill_list(const DenyListed& list, spec::DenyListRow& out) {
  out.set_root(text_of(list.root));
  out.set_size(list.size);
  out.set_sequence(list.sequence);
}

// Of a member of the running committee.
std::optional<bool> attested(const Reader& state, base::Epoch epoch, const base::NodeId& node) {
  const auto committee = load(state, kCommittees, epoch);
  if (!committee) return std::nullopt;
  for (std::size_t i = 0; i < committee->members.size(); ++i) {
    if (committee->members[i].node != node) continue;
    const auto sync = load(state, kSync, epoch);
    if (!sync) return false;
    WALD_CHECK(sync->attested.size() > i / 8);  // a bit for each member
    return ((sync->attested[i / 8] >> (i % 8)) & 1) != 0;
  }
  return std::nullopt;
}

spec::PauseState pause_state(const Context& ctx, spec::PauseGroup group) {
  const PauseRecord record =
      load(ctx.state(), kPauses, static_cast<std::uint8_t>(group)).value_or(PauseRecord());
  const auto shards = base::narrow<std::uint16_t>(ctx.params().shards);
  const economics::Thresholds due = economics::thresholds(shards);
  spec::PauseState out;
  out.set_group(group);
  out.set_paused(!require_running(ctx.state(), bit_of(group), ctx.block().time).ok());
  out.set_until(record.until.value());
  if (record.epoch) out.set_epoch(record.epoch->value());
  for (const PauseVote& vote : record.votes) {
    spec::PauseAsked& row = *out.add_asked();
    row.set_node(text_of(vote.node));
    row.set_weight(weight_of(ctx, {vote.node}));
    row.set_given(vote.given.value());
    row.set_until(vote.until.value());
  }
  out.set_shards(shards);
  out.set_one_honest(due.one_honest);
  for (const base::NodeId& node : record.resume) out.add_resume(text_of(node));
  out.set_resume_weight(weight_of(ctx, record.resume));
  out.set_quorum(due.quorum);
  return out;
}

}  // namespace

std::vector<spec::PauseState> pauses(const Reader& state) {
  Overlay overlay(&state);  // a context writes to one; nothing is written here
  BlockFacts facts;
  facts.time = must_load(state, kChain).time;
  facts.params = load_params(state);
  const Context ctx(overlay, facts, base::AccountId(), base::TxId());
  const PauseGroups all = bit_of(spec::PAUSE_PURCHASES) | bit_of(spec::PAUSE_REGISTRATIONS) |
                          bit_of(spec::PAUSE_DELEGATION) | bit_of(spec::PAUSE_TREASURY);
  std::vector<spec::PauseState> out;
  out.reserve(spec::PauseGroup_ARRAYSIZE);
  for (const spec::PauseGroup group : groups_in(all)) out.push_back(pause_state(ctx, group));
  WALD_CHECK(out.size() == 4);
  return out;
}

std::optional<spec::FoundationState> foundation(const Reader& state) {
  const auto record = load(state, kFoundation);
  if (!record) return std::nullopt;
  const base::Epoch running = must_load(state, kChain).clock.epoch;
  Overlay overlay(&state);
  BlockFacts facts;
  facts.params = load_params(state);
  Context ctx(overlay, facts, record->account, base::TxId());
  spec::FoundationState out;
  out.set_account(text_of(record->account));
  out.set_sunset(record->sunset.value());
  out.set_renounced(record->renounced);
  out.set_powers(require_foundation(ctx).ok());
  out.set_spent(record->spent_in == running ? record->spent.amount().value() : 0);
  out.set_limit(facts.params.foundation_spend);
  out.set_treasury(fund_amount(state, kFundTreasury).value());
  return out;
}

std::optional<spec::NodeDuties> duties(const Reader& state, const base::NodeId& node) {
  if (!exists(state, kNodes, node)) return std::nullopt;
  const base::Epoch running = must_load(state, kChain).clock.epoch;
  const DutyRecord record = duties_of(state, node);
  spec::NodeDuties out;
  out.set_node(text_of(node));
  if (record.deny_list) fill_list(*record.deny_list, *out.mutable_deny_list());
  if (record.announced) fill_list(*record.announced, *out.mutable_announced());
  if (record.signal) {
    out.mutable_signal()->set_version(record.signal->version);
    out.mutable_signal()->set_binary_hash(text_of(record.signal->binary_hash));
    out.mutable_signal()->set_epoch(record.signal->epoch.value());
  }
  out.set_absent(record.absent);
  out.set_window(load_params(state).liveness_window);
  out.set_consensus_off(record.consensus_off);
  out.set_seated(is_member(state, running, node));
  if (const auto ready = attested(state, running, node)) out.set_attested(*ready);
  return out;
}

}  // namespace wald::ledger::queries
