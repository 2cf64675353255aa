// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/ballots.h"

#include "ledger/accounts.h"
#include "ledger/ballots.h"
#include "ledger/epoch/dry_run.h"
#include "ledger/funds.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {
namespace {

constexpr std::uint64_t kExpiry = 2;  // epochs in which somebody may execute it (G-4)

std::uint8_t key_of_stage(BallotStage stage) { return static_cast<std::uint8_t>(stage); }

struct Waiting {
  std::uint64_t when;
  std::uint32_t number;
};

// Those of a stage whose time has come, earliest first, at most `limit`.
std::vector<Waiting> come(const Reader& state, BallotStage stage, std::uint64_t now,
                          std::size_t limit) {
  std::vector<Waiting> out;
  if (limit == 0) return out;
  for_each<QueuedBallot>(
      state, kBallotQueue,
      [&](base::ByteView key, const QueuedBallot&) {
        base::Reader in(key);
        const auto when = in.be<std::uint64_t>();
        const auto number = in.be<std::uint32_t>();
        WALD_CHECK(when && number && in.done());
        if (*when > now) return false;
        out.push_back({*when, *number});
        return out.size() < limit;
      },
      key_of_stage(stage));
  return out;
}

// What an approved ballot waits for from now on.
void queue(Context& ctx, const Params& params, std::uint32_t number, ProposalRecord& record) {
  const BallotKind kind = record.subject.kind;
  if (kind == BallotKind::kText) return;
  const bool slash = kind == BallotKind::kSlash;
  record.due =
      base::TimeMs(record.closed.value() + (slash ? params.slash_delay : params.gov_delay));
  const bool called = kind != BallotKind::kParameter;
  if (called) {
    const std::uint64_t length = must_load(ctx.state(), kChain).clock.length;
    record.expires = base::TimeMs(record.due.value() + kExpiry * length);
  }
  const BallotStage stage = called ? BallotStage::kCalled : BallotStage::kChange;
  const std::uint64_t when = called ? record.expires.value() : record.due.value();
  save(ctx.state(), kBallotQueue, QueuedBallot{record.account, false}, key_of_stage(stage), when,
       number);
}

void settle_deposit(Context& ctx, std::uint32_t number, ProposalRecord record, bool returns) {
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
  WALD_CHECK(record.state == BallotState::kOpen && record.deadline.value() == waiting.when);
  remove(ctx.state(), kBallotQueue, key_of_stage(BallotStage::kOpen), waiting.when, waiting.number);
  record.state = count(record);
  record.closed = ctx.block().time;
  if (record.state == BallotState::kPassed) queue(ctx, params, waiting.number, record);
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
  const bool returns = is_backed(record.tally, params.shards);
  settle_deposit(ctx, waiting.number, std::move(record), returns);
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
  const auto over = come(ctx.state(), BallotStage::kOpen, ctx.epoch().value(), kSweepBallots);
  for (const Waiting& waiting : over) close(ctx, waiting);
  const auto late = come(ctx.state(), BallotStage::kCalled, ctx.block().time.value(),
                         kSweepBallots - over.size());
  for (const Waiting& waiting : late) expire(ctx, waiting);
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
