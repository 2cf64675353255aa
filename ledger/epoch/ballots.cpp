// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/ballots.h"

#include "ledger/accounts.h"
#include "ledger/ballots.h"
#include "ledger/duties.h"
#include "ledger/epoch/dry_run.h"
#include "ledger/epoch/upgrades.h"
#include "ledger/funds.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {
namespace {

constexpr std::uint64_t kExpiry = 2;  // epochs in which somebody may execute it (G-4)

std::uint8_t key_of_stage(BallotStage stage) { return static_cast<std::uint8_t>(stage); }

// When an approved ballot can be done, and until when somebody must.
void set_times(const Reader& state, const Params& params, ProposalRecord& record) {
  const BallotSubject& subject = record.subject;
  const std::uint64_t closed = record.closed.value();
  if (subject.kind == BallotKind::kSlash)
    record.due = base::TimeMs(closed + params.slash_delay);
  else if (subject.kind == BallotKind::kParameter || subject.kind == BallotKind::kTreasury)
    record.due = base::TimeMs(closed + params.gov_delay);
  else if (subject.upgrade && subject.upgrade->urgent)
    record.due = base::TimeMs(closed + kUrgentDelay);
  if (subject.kind == BallotKind::kSlash || subject.kind == BallotKind::kTreasury) {
    const std::uint64_t length = must_load(state, kChain).clock.length;
    record.expires = base::TimeMs(record.due.value() + kExpiry * length);
  }
}

// A deny list counts at once; one that cannot any more is undone.
void list_denied(Context& ctx, std::uint32_t number, ProposalRecord record) {
  const ListPlan plan = record.subject.deny_list.value();
  const auto weight = static_cast<std::uint32_t>(record.tally.yes / economics::kPpm);
  const bool done = ctx.attempt(
      0, [&](Context& inner) { return set_deny_list(inner, plan.node, plan.list, weight); });
  std::string reason;
  for (const auto& [place, refused] : ctx.take_items()) reason = spec::Code_Name(refused.code);
  record.state = done ? BallotState::kExecuted : BallotState::kUndone;
  save(ctx.state(), kProposals, record, number);
  report_end(ctx, number, record, reason);
}

// What an approved ballot waits for from now on.
void go_on(Context& ctx, std::uint32_t number, const ProposalRecord& record) {
  const auto wait = [&](BallotStage stage, base::TimeMs when) {
    save(ctx.state(), kBallotQueue, QueuedBallot{record.account, false}, key_of_stage(stage),
         when.value(), number);
  };
  switch (record.subject.kind) {
    case BallotKind::kText:
      return;
    case BallotKind::kParameter:
      return wait(BallotStage::kChange, record.due);
    case BallotKind::kSlash:
    case BallotKind::kTreasury:
      return wait(BallotStage::kCalled, record.expires);
    case BallotKind::kUpgrade:
      return schedule_upgrade(ctx, number, record);
    case BallotKind::kDenyList:
      return list_denied(ctx, number, record);
  }
}

void settle_deposit(Context& ctx, std::uint32_t number, ProposalRecord& record, bool returns) {
  Coin coin = record.deposit.take_all(ctx.state());
  const Amount amount = coin.amount();
  save(ctx.state(), kProposals, record, number);
  if (!returns) {
    Mint::burn(ctx.state(), std::move(coin), spec::BURN_DEPOSIT);
    return emit_burned(ctx, spec::BURN_DEPOSIT, amount);
  }
  deposit(ctx, record.account, std::move(coin));
  spec::GovDepositReturned event;
  event.set_proposal(number);
  event.set_account(text_of(record.account));
  event.set_amount(amount.value());
  ctx.emit(event);
}

void close(Context& ctx, const Waiting& waiting) {
  // The block may have begun an epoch with other parameters.
  const Params params = load_params(ctx.state());
  ProposalRecord record = must_load(ctx.state(), kProposals, waiting.number);
  const BallotStage stage = record.closes ? BallotStage::kUrgent : BallotStage::kOpen;
  const std::uint64_t when = record.closes ? record.closes->value() : record.deadline.value();
  WALD_CHECK(record.state == BallotState::kOpen && when == waiting.when);
  remove(ctx.state(), kBallotQueue, key_of_stage(stage), when, waiting.number);
  record.state = count(record);
  record.closed = ctx.block().time;
  if (record.state == BallotState::kPassed) set_times(ctx.state(), params, record);
  save(ctx.state(), kProposals, record, waiting.number);
  spec::GovClosed event;
  event.set_proposal(waiting.number);
  event.set_kind(kind_of(record));
  event.set_state(state_of(record));
  event.set_weight_for(record.tally.yes);
  event.set_weight_against(record.tally.no);
  event.set_shards(record.shards);
  event.set_due(record.due.value());
  ctx.emit(event);
  settle_deposit(ctx, waiting.number, record, is_backed(record.tally, params.shards));
  if (record.state == BallotState::kPassed) go_on(ctx, waiting.number, record);
}

void expire(Context& ctx, const Waiting& waiting) {
  ProposalRecord record = must_load(ctx.state(), kProposals, waiting.number);
  WALD_CHECK(record.state == BallotState::kPassed && record.expires.value() == waiting.when);
  remove(ctx.state(), kBallotQueue, key_of_stage(BallotStage::kCalled), waiting.when,
         waiting.number);
  record.state = BallotState::kExpired;
  save(ctx.state(), kProposals, record, waiting.number);
  report_end(ctx, waiting.number, record, "nobody executed it in time");
}

void bring_into_force(Context& ctx, std::uint32_t number, const ProposalRecord& record,
                      base::Epoch opening) {
  for (const ParamValue& value : record.subject.values) {
    ParamRecord param = must_load(ctx.state(), kParams, value.name);
    const std::uint64_t before = param.value;
    param.value = value.value;
    save(ctx.state(), kParams, param, value.name);
    spec::GovParameterChanged event;
    event.set_proposal(number);
    event.set_name(value.name);
    event.set_before(before);
    event.set_after(value.value);
    event.set_epoch(opening.value());
    ctx.emit(event);
  }
}

}  // namespace

void sweep_ballots(Context& ctx) {
  const std::uint64_t now = ctx.block().time.value();
  std::size_t room = kSweepBallots;
  // An urgent one is over with its quorum.
  for (const Waiting& waiting : come(ctx.state(), BallotStage::kUrgent, UINT64_MAX, room)) {
    const ProposalRecord record = must_load(ctx.state(), kProposals, waiting.number);
    if (waiting.when > now && count(record) != BallotState::kPassed) continue;
    close(ctx, waiting);
    --room;
  }
  change_version_soon(ctx);
  for (const Waiting& waiting : come(ctx.state(), BallotStage::kOpen, ctx.epoch().value(), room)) {
    close(ctx, waiting);
    --room;
  }
  for (const Waiting& waiting : come(ctx.state(), BallotStage::kCalled, now, room))
    expire(ctx, waiting);
}

void change_parameters(Context& ctx, base::Epoch opening, base::TimeMs start) {
  const auto due = come(ctx.state(), BallotStage::kChange, start.value(), SIZE_MAX);
  for (const Waiting& waiting : due) {
    ProposalRecord record = must_load(ctx.state(), kProposals, waiting.number);
    WALD_CHECK(record.state == BallotState::kPassed && record.due <= start);
    remove(ctx.state(), kBallotQueue, key_of_stage(BallotStage::kChange), waiting.when,
           waiting.number);
    const Params now = load_params(ctx.state());
    std::string reason = wrong_values(now, record.subject.values);
    if (reason.empty())
      reason = dry_run(ctx.state(), ctx.block().chain, with_values(now, record.subject.values));
    record.state = reason.empty() ? BallotState::kExecuted : BallotState::kUndone;
    save(ctx.state(), kProposals, record, waiting.number);
    if (reason.empty()) bring_into_force(ctx, waiting.number, record, opening);
    report_end(ctx, waiting.number, record, reason);
  }
}

}  // namespace wald::ledger::epoch
