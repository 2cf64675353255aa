// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/pools.h"

#include "ledger/accounts.h"
#include "ledger/funds.h"
#include "ledger/laws/mutant.h"
#include "ledger/nodes.h"
#include "ledger/stakes.h"

namespace wald::ledger::epoch {
namespace {

// What one node's pool is stepped with, and the coins for it.
struct Turn {
  base::NodeId id;
  economics::StepInput input;
  Coin money;  // reward and bonus
  const CommitteeMember* member;
  economics::MemberReward row;
};

Turn make_turn(Close& close, const base::NodeId& id, const NodeRecord& node, Amount bonus,
               Coin& bonus_purse) {
  Turn turn{id, {}, bonus_purse.split(bonus), nullptr, {}};
  turn.input.into = close.epoch.next();
  turn.input.bonus = bonus;
  turn.input.left = node.left.has_value();
  const auto& members = close.committee.members;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].node != id) continue;
    turn.member = &members[i];
    turn.row = close.money.rows[i];
    turn.input.full = turn.row.full;
    turn.input.reward = turn.row.reward;
    turn.input.fine = turn.row.fine;
    turn.input.holders = close.scores.members.at(id).holders;
    turn.money.add(close.purse.split(turn.row.reward));
    break;
  }
  return turn;
}

// What names the money that waits: the quarantine where it begins, one more missed step later on.
template <class Event>
void report_aside(Context& ctx, Event event, const base::NodeId& id, const std::string& error,
                  Amount amount) {
  event.set_node(text_of(id));
  event.set_error(error);
  event.set_set_aside(amount.value());
  ctx.emit(event);
}

void set_aside(Context& ctx, Turn turn, const std::string& error) {
  auto known = load(ctx.state(), kQuarantine, turn.id);
  const bool begins = !known.has_value();
  QuarantineRecord record = begins ? QuarantineRecord() : *std::move(known);
  if (begins) {
    record.error = error;
    record.since = turn.input.into;
  }
  record.missed.push_back({turn.input.into, Noted(turn.input.full), Noted(turn.input.reward),
                           Noted(turn.input.fine), Noted(turn.input.bonus), turn.input.holders});
  const Amount amount = turn.money.amount();
  record.money.put(std::move(turn.money));
  save(ctx.state(), kQuarantine, record, turn.id);
  if (begins) return report_aside(ctx, spec::PoolQuarantined(), turn.id, record.error, amount);
  spec::PoolStepMissed missed;
  missed.set_epoch(turn.input.into.value());
  report_aside(ctx, std::move(missed), turn.id, record.error, amount);
}

// All money of a step that went well, but for the bounty of a fine, which stays in `done`.
void move_money(Context& ctx, StepDone& done, Coin& money, Ownerless& ownerless) {
  const economics::StepOutcome& outcome = done.outcome;
  if (!outcome.shift.is_zero()) book_shift_fee(ctx.state(), money.split(outcome.shift));
  if (outcome.fine) {
    done.bounty.add(money.split(outcome.fine->bounty));
    Mint::burn(ctx.state(), money.split(outcome.fine->burned), spec::BURN_FINE);
  }
  const Amount swept = outcome.swept.value_or(Amount());
  Coin sunk = money.split(outcome.sunk);
  if (!swept.is_zero()) ownerless.emplace_back(sunk.split(swept), spec::BURN_DUST);
  if (!sunk.amount().is_zero()) ownerless.emplace_back(std::move(sunk), spec::BURN_UNSPENT);
}

void report_reward(Context& ctx, const Close& close, const Turn& turn, Amount commission) {
  if (turn.member == nullptr) return;
  const rounds::MemberResult& result = close.scores.members.at(turn.id);
  spec::RewardPaid paid;
  paid.set_node(text_of(turn.id));
  paid.set_epoch(close.epoch.value());
  paid.set_full(turn.row.full.value());
  paid.set_reward(turn.row.reward.value());
  paid.set_commission(commission.value());
  paid.set_delegators(turn.row.reward.minus(commission).value().value());
  paid.set_score(result.s.value());
  paid.set_bad(result.q.value());
  paid.set_denied(result.denied);
  paid.set_credits(result.credits);
  paid.set_due(result.due);
  paid.set_shards(base::narrow<std::uint32_t>(turn.member->shards.size()));
  ctx.emit(paid);

  ScoreRecord score;
  score.weight = paid.shards();
  score.store = result.store;
  score.duty = result.duty;
  score.s = result.s;
  score.q = result.q;
  score.denied = result.denied;
  score.full = Noted(turn.row.full);
  score.reward = Noted(turn.row.reward);
  score.fine = Noted(turn.row.fine);
  score.commission = Noted(commission);
  score.due = result.due;
  score.unavailable = result.unavailable;
  score.bad_shards = result.bad_shards;
  save(ctx.state(), kScores, score, close.epoch, turn.id);
}

template <class Event>
Event about(const base::NodeId& node, base::Epoch epoch) {
  Event event;
  event.set_node(text_of(node));
  event.set_epoch(epoch.value());
  return event;
}

void report_commission(Context& ctx, const base::NodeId& id, base::Epoch into,
                       const StepDone& done) {
  const base::Epoch closed(into.value() - 1);
  const Amount commission = done.outcome.commission;
  if (!commission.is_zero()) {
    auto accrued = about<spec::CommissionAccrued>(id, closed);
    accrued.set_amount(commission.value());
    accrued.set_rate(done.before.rate.value());
    ctx.emit(accrued);
    auto escrowed = about<spec::CommissionEscrowed>(id, closed);
    escrowed.set_amount(commission.value());
    escrowed.set_until(closed.value() + 3);
    ctx.emit(escrowed);
  }
  for (const auto& [epoch, amount] : done.before.escrow) {
    if (epoch.value() + 3 > into.value()) break;
    auto released = about<spec::CommissionReleased>(id, epoch);
    released.set_amount(amount.value());
    ctx.emit(released);
  }
  if (done.before.rate != done.after.rate) {
    auto changed = about<spec::NodeCommissionChanged>(id, into);
    changed.set_before(done.before.rate.value());
    changed.set_after(done.after.rate.value());
    ctx.emit(changed);
  }
}

// a part too small to be anything is nobody's event.
void pay_bounty(Context& ctx, const base::NodeId& id, base::Epoch closed, StepDone& done) {
  for (const auto& [account, amount] : done.outcome.fine->paid) {
    if (amount.is_zero()) continue;
    deposit(ctx, account, done.bounty.split(amount));
    auto paid = about<spec::RewardBountyPaid>(id, closed);
    paid.set_account(text_of(account));
    paid.set_bad_rounds(done.bad_rounds);
    paid.set_amount(amount.value());
    ctx.emit(paid);
  }
  WALD_CHECK(done.bounty.amount().is_zero());
}

void report_fine(Context& ctx, const base::NodeId& id, base::Epoch closed, StepDone& done) {
  const economics::Fine& fine = *done.outcome.fine;
  spec::CommissionFined fined;
  fined.set_node(text_of(id));
  fined.set_cause(spec::SLASH_FINE);
  fined.set_escrow(fine.charge.escrow.value());
  fined.set_free(fine.charge.free.value());
  if (fined.escrow() != 0 || fined.free() != 0) ctx.emit(fined);
  spec::PoolSlashed slashed;
  slashed.set_node(text_of(id));
  slashed.set_cause(spec::SLASH_FINE);
  slashed.set_amount(fine.charge.pool.value());
  slashed.set_bond(fine.charge.bond.value());
  slashed.set_wal_before(done.before.active.value());
  slashed.set_wal_after(done.after.active.value());
  slashed.set_shares_before(done.before.shares.value());
  slashed.set_shares_after(done.after.shares.value());
  if (slashed.amount() != 0 || slashed.bond() != 0) ctx.emit(slashed);
  pay_bounty(ctx, id, closed, done);
  emit_burned(ctx, spec::BURN_FINE, fine.burned);
}

// Canary I11: what no principal stands behind stays in the pool.
void leave_rest(economics::Pool& pool, economics::StepOutcome& outcome) {
  pool.active = pool.active.plus(*outcome.swept).value();
  pool.vault = pool.vault.plus(*outcome.swept).value();
  outcome.sunk = outcome.sunk.minus(*outcome.swept).value();
  outcome.swept.reset();
  pool.shares = pool.old = economics::Shares(1);
}

// Canary I21: one FROST of a loss falls on those who delegated.
void charge_delegators(economics::Pool& pool, base::Epoch closed, economics::StepOutcome& outcome) {
  const Amount one = Amount::of(1);
  if (pool.active <= one) return;
  pool.active = pool.active.minus(one).value();
  pool.vault = pool.vault.minus(one).value();
  pool.escrow[closed] = pool.escrow[closed].plus(one).value();
  outcome.commission = outcome.commission.plus(one).value();
}

void step_one(Context& ctx, Close& close, Turn turn) {
  if (exists(ctx.state(), kQuarantine, turn.id)) {
    report_reward(ctx, close, turn, Amount());
    return set_aside(ctx, std::move(turn), "");
  }
  auto done = take_step(ctx, turn.id, turn.input, close.params, turn.money, close.ownerless);
  if (!done.ok()) {
    report_reward(ctx, close, turn, Amount());
    return set_aside(ctx, std::move(turn), std::string(economics::refusal_name(done.error())));
  }
  report_reward(ctx, close, turn, done->outcome.commission);
  report_step(ctx, turn.id, turn.input.into, *std::move(done));
}

}  // namespace

economics::Outcome<StepDone> take_step(Context& ctx, const base::NodeId& id,
                                       const economics::StepInput& input, const Params& params,
                                       Coin& money, Ownerless& ownerless) {
  OpenPool open = open_pool(ctx.state(), id);
  StepDone done{{},
                open.figures,
                {},
                Coin::none(ctx.state()),
                base::narrow<std::uint32_t>(input.holders.size())};
  WALD_CHECK(input.left || open.stepped.next() == input.into);  // I27: none lags behind
  auto outcome = economics::pool_step(open.figures, input, params.economics);
  if (!outcome.ok()) {
    close_pool(ctx.state(), id, std::move(open));
    return base::Err{outcome.error()};
  }
  done.outcome = *std::move(outcome);
  open.money.add(money.split_all());
  if (mutate("I11") && done.outcome.swept) leave_rest(open.figures, done.outcome);
  if (mutate("I21") && !input.reward.is_zero())
    charge_delegators(open.figures, base::Epoch(input.into.value() - 1), done.outcome);
  move_money(ctx, done, open.money, ownerless);
  keep_rates(ctx.state(), id, input.into, done.outcome);
  keep_bond(ctx.state(), done.outcome);
  open.stepped = input.into;
  done.after = open.figures;
  close_pool(ctx.state(), id, std::move(open));
  return done;
}

void report_step(Context& ctx, const base::NodeId& id, base::Epoch into, StepDone done) {
  const base::Epoch closed(into.value() - 1);
  report_commission(ctx, id, into, done);
  if (!done.outcome.bonus.is_zero()) {
    auto bonus = about<spec::PoolBonusPaid>(id, into);
    bonus.set_epoch(closed.value());
    bonus.set_amount(done.outcome.bonus.value());
    ctx.emit(bonus);
  }
  if (done.outcome.fine) report_fine(ctx, id, closed, done);
  if (const auto& fixed = done.outcome.claim) {
    auto claim = about<spec::StakeClaimFixed>(id, into);
    claim.set_rate_wal(fixed->rate.w.value());
    claim.set_rate_shares(fixed->rate.s.value());
    claim.set_money(fixed->money.value());
    claim.set_fee(done.outcome.shift.value());
    ctx.emit(claim);
  }
  emit_burned(ctx, spec::BURN_SHIFT, done.outcome.shift_parts.burn);
  if (done.outcome.swept) emit_swept(ctx, id, *done.outcome.swept);
  emit_generation(ctx, id, done.before.generation, done.after.generation);
  auto rate = about<spec::PoolRateFixed>(id, into);
  rate.set_wal(done.after.active.value());
  rate.set_shares(done.after.shares.value());
  rate.set_scale(done.after.scale.value());
  ctx.emit(rate);
}

void keep_rates(Overlay& state, const base::NodeId& node, base::Epoch into,
                const economics::StepOutcome& outcome) {
  if (!outcome.mint && !outcome.claim) return;
  WALD_CHECK(!exists(state, kRates, node, into));
  RateRecord record;
  if (outcome.mint) {
    record.minted = true;
    record.mint = outcome.mint->rate;
    record.returned = outcome.mint->returned;
  }
  if (outcome.claim) {
    record.claim = outcome.claim->rate;
    record.claim_money = outcome.claim->money;
    record.claim_principal = outcome.claim->principal;
  }
  save(state, kRates, record, node, into);
}

void keep_bond(Overlay& state, const economics::StepOutcome& outcome) {
  if (outcome.bond_left) {
    economics::Stake stake = must_load(state, kStakes, outcome.bond_left->stake);
    economics::apply_bond_left(stake, *outcome.bond_left);
    save(state, kStakes, stake, stake.id);
  }
  const auto end_stake = [&](const base::ObjectId& id) {
    const economics::Stake stake = must_load(state, kStakes, id);
    remove(state, kStakes, id);
    remove(state, kOwned, stake.owner, id);
  };
  if (outcome.topup_merged) end_stake(*outcome.topup_merged);
  if (outcome.fine && outcome.fine->charge.closed) end_stake(*outcome.fine->charge.closed);
}

void step_pools(Context& ctx, Close& close) {
  const auto nodes = on_roll(ctx.state());
  std::vector<Amount> bases;
  bases.reserve(nodes.size());
  for (const auto& [id, node] : nodes)
    bases.push_back(economics::bonus_base(peek_pool(ctx.state(), id), node.left.has_value()));
  const Amount account = fund_amount(ctx.state(), kFundBonus);
  const economics::BonusShares shares = economics::share_bonus(account, bases);
  WALD_CHECK(shares.bonus.size() == nodes.size());
  Coin bonus = out_of_fund(ctx.state(), kFundBonus, account.minus(shares.left).value());
  std::size_t place = 0;
  for (const auto& [id, node] : nodes) {
    const Amount share = shares.bonus[place++];
    if (node.left && economics::stands_still(peek_pool(ctx.state(), id), true)) {
      WALD_CHECK(share.is_zero());
      continue;
    }
    step_one(ctx, close, make_turn(close, id, node, share, bonus));
  }
  WALD_CHECK(bonus.amount().is_zero());
}

}  // namespace wald::ledger::epoch
