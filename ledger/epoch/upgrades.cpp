// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/upgrades.h"

#include <algorithm>

#include "economics/governance.h"
#include "ledger/duties.h"
#include "ledger/epoch/repair.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {
namespace {

std::uint8_t key_of_stage(BallotStage stage) { return static_cast<std::uint8_t>(stage); }

void wait(Context& ctx, std::uint32_t number, const ProposalRecord& record, BallotStage stage,
          std::uint64_t when) {
  save(ctx.state(), kBallotQueue, QueuedBallot{record.account, false}, key_of_stage(stage), when,
       number);
  const UpgradePlan& plan = record.subject.upgrade.value();
  spec::GovUpgradeScheduled event;
  event.set_proposal(number);
  event.set_version(plan.version);
  if (plan.urgent)
    event.set_time(when);
  else
    event.set_epoch(static_cast<std::uint32_t>(when));
  ctx.emit(event);
}

// Shards of the members of this committee that say they run it, with one of its programs.
std::uint32_t signalled(const Reader& state, const UpgradePlan& plan, base::Epoch epoch) {
  std::uint32_t weight = 0;
  for (const CommitteeMember& member : must_load(state, kCommittees, epoch).members) {
    const auto signal = duties_of(state, member.node).signal;
    if (!signal || signal->version != plan.version ||
        std::find(plan.binaries.begin(), plan.binaries.end(), signal->binary_hash) ==
            plan.binaries.end())
      continue;
    weight += base::narrow<std::uint32_t>(member.shards.size());
  }
  return weight;
}

void end(Context& ctx, std::uint32_t number, ProposalRecord& record, BallotState state,
         const std::string& reason) {
  record.state = state;
  save(ctx.state(), kProposals, record, number);
  report_end(ctx, number, record, reason);
}

// Of another ballot the same version may have come first.
bool is_next(const Reader& state, const UpgradePlan& plan) {
  const auto count = must_load(state, kBallotCount);
  return !count.next_version && plan.version == must_load(state, kChain).version + 1;
}

void activate(Context& ctx, std::uint32_t number, ProposalRecord& record, base::Epoch epoch,
              std::uint32_t weight) {
  BallotCount count = must_load(ctx.state(), kBallotCount);
  count.next_version = record.subject.upgrade->version;
  save(ctx.state(), kBallotCount, count);
  spec::GovUpgradeActivated event;
  event.set_proposal(number);
  event.set_version(record.subject.upgrade->version);
  event.set_epoch(epoch.value());
  event.set_weight(weight);
  ctx.emit(event);
  end(ctx, number, record, BallotState::kExecuted, {});
}

void try_activate(Context& ctx, std::uint32_t number, base::Epoch opening) {
  ProposalRecord record = must_load(ctx.state(), kProposals, number);
  WALD_CHECK(record.state == BallotState::kPassed && record.subject.upgrade);
  const UpgradePlan& plan = *record.subject.upgrade;
  if (!is_next(ctx.state(), plan))
    return end(ctx, number, record, BallotState::kUndone, "it is not the next version any more");
  const std::uint32_t weight = signalled(ctx.state(), plan, opening);
  if (economics::is_quorum(weight, ctx.params().shards))
    return activate(ctx, number, record, opening, weight);
  if (record.put_off == kPutOffs)
    return end(ctx, number, record, BallotState::kUndone, "no quorum has signalled it");
  ++record.put_off;
  save(ctx.state(), kProposals, record, number);
  wait(ctx, number, record, BallotStage::kVersion, opening.next().value());
}

}  // namespace

void schedule_upgrade(Context& ctx, std::uint32_t number, const ProposalRecord& record) {
  const UpgradePlan& plan = record.subject.upgrade.value();
  if (plan.urgent) return wait(ctx, number, record, BallotStage::kSoon, record.due.value());
  wait(ctx, number, record, BallotStage::kVersion, plan.activation.value());
}

void change_version(Context& ctx, base::Epoch opening) {
  for (const Waiting& waiting :
       come(ctx.state(), BallotStage::kVersion, opening.value(), SIZE_MAX)) {
    remove(ctx.state(), kBallotQueue, key_of_stage(BallotStage::kVersion), waiting.when,
           waiting.number);
    try_activate(ctx, waiting.number, opening);
  }
}

void change_version_soon(Context& ctx) {
  for (const Waiting& waiting :
       come(ctx.state(), BallotStage::kSoon, ctx.block().time.value(), SIZE_MAX)) {
    remove(ctx.state(), kBallotQueue, key_of_stage(BallotStage::kSoon), waiting.when,
           waiting.number);
    ProposalRecord record = must_load(ctx.state(), kProposals, waiting.number);
    WALD_CHECK(record.state == BallotState::kPassed && record.subject.upgrade->urgent);
    const UpgradePlan& plan = *record.subject.upgrade;
    if (!is_next(ctx.state(), plan))
      end(ctx, waiting.number, record, BallotState::kUndone, "it is not the next version any more");
    else
      activate(ctx, waiting.number, record, ctx.epoch(), signalled(ctx.state(), plan, ctx.epoch()));
  }
}

void turn_version(Overlay& state) {
  auto count = load(state, kBallotCount);
  if (!count || !count->next_version) return;
  ChainRecord chain = must_load(state, kChain);
  WALD_CHECK(*count->next_version == chain.version + 1);
  chain.version = *count->next_version;
  save(state, kChain, chain);
  begin_repairs(state);
  count->next_version.reset();
  save(state, kBallotCount, *count);
}

}  // namespace wald::ledger::epoch
