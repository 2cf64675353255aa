// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/gov/execute_proposal.h"

#include "economics/penalties.h"
#include "ledger/accounts.h"
#include "ledger/ballots.h"
#include "ledger/funds.h"
#include "ledger/gov.h"
#include "ledger/laws/mutant.h"
#include "ledger/state/keys.h"
#include "ledger/vesting.h"

namespace wald::ledger::tx {
namespace {

base::Result<void, Rejected> require_due(Context& ctx, const ProposalRecord& record) {
  const base::TimeMs now = ctx.block().time;
  switch (record.state) {
    case BallotState::kExecuted:
    case BallotState::kUndone:
      return ctx.reject(spec::DONE);
    case BallotState::kPassed:
      break;
    default:
      return ctx.reject(spec::NOT_PASSED);
  }
  if (record.subject.kind == BallotKind::kText) return ctx.reject(spec::DONE);
  const std::map<std::string, std::string> when{{"due", std::to_string(record.due.value())}};
  // Parameters and versions change by themselves.
  if (record.subject.kind == BallotKind::kParameter || record.subject.upgrade)
    return ctx.reject(spec::NOT_DUE, when);
  if (now >= record.expires) return ctx.reject(spec::NOT_PASSED, {{"reason", "expired"}});
  if (now < record.due) return ctx.reject(spec::NOT_DUE, when);
  return {};
}

void emit_slash(Context& ctx, std::uint32_t number, const ProposalRecord& record, Amount escrow,
                Amount free) {
  spec::SlashExecuted event;
  event.set_node(text_of(*record.subject.accused));
  event.set_cause(spec::SLASH_BALLOT);
  event.set_proposal(number);
  for_each<VoteRecord>(
      ctx.state(), kVotes,
      [&](base::ByteView, const VoteRecord& vote) {
        if (!vote.stake && vote.yes) event.add_voters(text_of(vote.node));
        return true;
      },
      number);
  event.set_weight(record.tally.yes);
  event.set_reason(text_of(record.text_hash));
  event.set_escrow(escrow.value());
  event.set_free(free.value());
  ctx.emit(event);
}

// all commission of the accused, in escrow and free, is burned; nobody's stake is touched.
base::Result<void, Rejected> slash(Context& ctx, std::uint32_t number,
                                   const ProposalRecord& record) {
  const base::NodeId node = *record.subject.accused;
  if (exists(ctx.state(), kQuarantine, node))
    return ctx.reject(spec::DRY_RUN_FAILED, {{"reason", "the pool is quarantined"}});
  OpenPool open = open_pool(ctx.state(), node);
  const Amount escrow = economics::escrow_total(open.figures);
  const Amount free = open.figures.free;
  const auto burned = economics::burn_commission(open.figures);
  WALD_CHECK(burned.ok() && burned.value() == escrow.plus(free).value());
  Coin coin = open.money.split(burned.value());
  close_pool(ctx.state(), node, std::move(open));
  Mint::burn(ctx.state(), std::move(coin), spec::BURN_SLASH);
  spec::CommissionFined fined;
  fined.set_node(text_of(node));
  fined.set_cause(spec::SLASH_BALLOT);
  fined.set_escrow(escrow.value());
  fined.set_free(free.value());
  if (!burned->is_zero()) ctx.emit(fined);
  emit_slash(ctx, number, record, escrow, free);
  return {};
}

VestingRecord schedule_of(const Payment& payment, const PaymentTerms& terms) {
  VestingRecord record;
  record.beneficiary = payment.payee;
  record.total = payment.amount;
  record.start = terms.start;
  record.cliff = terms.cliff;
  record.end = terms.end;
  record.steps = terms.steps;
  WALD_CHECK(is_schedule(record));  // so it was proposed
  return record;
}

base::Result<void, Rejected> pay(Context& ctx, const Payment& payment) {
  if (!require_running(ctx.state(), bit_of(spec::PAUSE_TREASURY), ctx.block().time).ok())
    return ctx.reject(spec::NOT_DUE, {{"reason", "payments are paused"}});
  const Amount amount = payment.amount.amount();
  if (fund_amount(ctx.state(), payment.fund) < amount)
    return ctx.reject(spec::DRY_RUN_FAILED, {{"reason", "the fund holds too little"}});
  Coin coin = out_of_fund(ctx.state(), payment.fund, amount);
  if (payment.terms)
    lock(ctx, schedule_of(payment, *payment.terms), std::move(coin));
  else
    deposit(ctx, payment.payee, std::move(coin));
  return {};
}

}  // namespace

Parsed<ExecuteProposal> ExecuteProposal::parse(const Message& message) {
  ExecuteProposal tx;
  tx.proposal = message.proposal();
  return tx;
}

base::Result<void, Rejected> ExecuteProposal::apply(Context& ctx) const {
  TRY_ASSIGN(ProposalRecord record, require_proposal(ctx, proposal));
  TRY(require_due(ctx, record));
  if (record.subject.accused) TRY(slash(ctx, proposal, record));
  if (mutate("I29") && record.subject.accused) TRY(slash(ctx, proposal, record));
  if (record.subject.payment) TRY(pay(ctx, *record.subject.payment));
  record.state = BallotState::kExecuted;
  save(ctx.state(), kProposals, record, proposal);
  remove(ctx.state(), kBallotQueue, static_cast<std::uint8_t>(BallotStage::kCalled),
         record.expires.value(), proposal);
  report_end(ctx, proposal, record, {});
  return {};
}

}  // namespace wald::ledger::tx
