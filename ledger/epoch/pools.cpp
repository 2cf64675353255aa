// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/pools.h"

#include "ledger/accounts.h"
#include "ledger/epoch/members.h"
#include "ledger/funds.h"
#include "ledger/laws/mutant.h"
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

void set_aside(Context& ctx, Turn turn, const std::string& error) {
  QuarantineRecord record;
  if (auto known = load(ctx.state(), kQuarantine, turn.id)) {
    record = *std::move(known);
  } else {
    record.error = error;
    record.since = turn.input.into;
  }
  record.missed.push_back({turn.input.into, Noted(turn.input.full), Noted(turn.input.reward),
                           Noted(turn.input.fine), Noted(turn.input.bonus), turn.input.holders});
  const Amount amount = turn.money.amount();
  record.money.put(std::move(turn.money));
  save(ctx.state(), kQuarantine, record, turn.id);
  spec::PoolQuarantined event;
  event.set_node(text_of(turn.id));
  event.set_error(record.error);
  event.set_set_aside(amount.value());
  ctx.emit(event);
}

// what the fine took leaves the pool, to the holders of bad rounds and into nothing.
void move_fine(Context& ctx, const economics::Fine& fine, Coin& money) {
  Coin taken = money.split(fine.charge.taken);
  for (const auto& [account, amount] : fine.paid) deposit(ctx, account, taken.split(amount));
  WALD_CHECK(taken.amount() == fine.burned);
  Mint::burn(ctx.state(), std::move(taken), spec::BURN_FINE);
}

// All money of a step that went well.
void move_money(Context& ctx, Close& close, const economics::StepOutcome& outcome, Coin& money) {
  if (!outcome.shift.is_zero()) book_shift_fee(ctx.state(), money.split(outcome.shift));
  if (outcome.fine) move_fine(ctx, *outcome.fine, money);
  const Amount swept = outcome.swept.value_or(Amount());
  Coin sunk = money.split(outcome.sunk);
  if (!swept.is_zero()) close.ownerless.emplace_back(sunk.split(swept), spec::BURN_DUST);
  if (!sunk.amount().is_zero()) close.ownerless.emplace_back(std::move(sunk), spec::BURN_UNSPENT);
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

void report_commission(Context& ctx, const Close& close, const Turn& turn,
                       const economics::Pool& before, const economics::Pool& after,
                       Amount commission) {
  if (!commission.is_zero()) {
    auto accrued = about<spec::CommissionAccrued>(turn.id, close.epoch);
    accrued.set_amount(commission.value());
    accrued.set_rate(before.rate.value());
    ctx.emit(accrued);
    auto escrowed = about<spec::CommissionEscrowed>(turn.id, close.epoch);
    escrowed.set_amount(commission.value());
    escrowed.set_until(close.epoch.value() + 3);
    ctx.emit(escrowed);
  }
  for (const auto& [epoch, amount] : before.escrow) {
    if (epoch.value() + 3 > turn.input.into.value()) break;
    auto released = about<spec::CommissionReleased>(turn.id, epoch);
    released.set_amount(amount.value());
    ctx.emit(released);
  }
  if (before.rate != after.rate) {
    auto changed = about<spec::NodeCommissionChanged>(turn.id, turn.input.into);
    changed.set_before(before.rate.value());
    changed.set_after(after.rate.value());
    ctx.emit(changed);
  }
}

void report_fine(Context& ctx, const Turn& turn, const economics::Fine& fine,
                 const economics::Pool& before, const economics::Pool& after) {
  spec::CommissionFined fined;
  fined.set_node(text_of(turn.id));
  fined.set_cause(spec::SLASH_FINE);
  fined.set_escrow(fine.charge.escrow.value());
  fined.set_free(fine.charge.free.value());
  if (fined.escrow() != 0 || fined.free() != 0) ctx.emit(fined);
  spec::PoolSlashed slashed;
  slashed.set_node(text_of(turn.id));
  slashed.set_cause(spec::SLASH_FINE);
  slashed.set_amount(fine.charge.pool.value());
  slashed.set_bond(fine.charge.bond.value());
  slashed.set_wal_before(before.active.value());
  slashed.set_wal_after(after.active.value());
  slashed.set_shares_before(before.shares.value());
  slashed.set_shares_after(after.shares.value());
  if (slashed.amount() != 0 || slashed.bond() != 0) ctx.emit(slashed);
  emit_burned(ctx, spec::BURN_FINE, fine.burned);
}

void report_step(Context& ctx, const Turn& turn, const economics::StepOutcome& outcome,
                 const economics::Pool& before, const economics::Pool& after) {
  if (!outcome.bonus.is_zero()) {
    auto bonus = about<spec::PoolBonusPaid>(turn.id, turn.input.into);
    bonus.set_epoch(turn.input.into.value() - 1);
    bonus.set_amount(outcome.bonus.value());
    ctx.emit(bonus);
  }
  if (outcome.fine) report_fine(ctx, turn, *outcome.fine, before, after);
  if (outcome.claim) {
    auto claim = about<spec::StakeClaimFixed>(turn.id, turn.input.into);
    claim.set_rate_wal(outcome.claim->rate.w.value());
    claim.set_rate_shares(outcome.claim->rate.s.value());
    claim.set_money(outcome.claim->money.value());
    claim.set_fee(outcome.shift.value());
    ctx.emit(claim);
  }
  emit_burned(ctx, spec::BURN_SHIFT, outcome.shift_parts.burn);
  if (outcome.swept) emit_swept(ctx, turn.id, *outcome.swept);
  emit_generation(ctx, turn.id, before.generation, after.generation);
  auto rate = about<spec::PoolRateFixed>(turn.id, turn.input.into);
  rate.set_wal(after.active.value());
  rate.set_shares(after.shares.value());
  rate.set_scale(after.scale.value());
  ctx.emit(rate);
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
  OpenPool open = open_pool(ctx.state(), turn.id);
  const economics::Pool before = open.figures;
  WALD_CHECK(turn.input.left || open.stepped == close.epoch);  // I27: none lags behind
  auto outcome = economics::pool_step(open.figures, turn.input, close.params.economics);
  if (!outcome.ok()) {
    close_pool(ctx.state(), turn.id, std::move(open));
    report_reward(ctx, close, turn, Amount());
    return set_aside(ctx, std::move(turn), std::string(economics::refusal_name(outcome.error())));
  }
  open.money.add(turn.money.split_all());
  if (mutate("I11") && outcome->swept) leave_rest(open.figures, *outcome);
  if (mutate("I21") && !turn.row.reward.is_zero())
    charge_delegators(open.figures, close.epoch, *outcome);
  move_money(ctx, close, *outcome, open.money);
  keep_rates(ctx.state(), turn.id, turn.input.into, *outcome);
  keep_bond(ctx.state(), *outcome);
  open.stepped = turn.input.into;
  const economics::Pool after = open.figures;
  close_pool(ctx.state(), turn.id, std::move(open));
  report_reward(ctx, close, turn, outcome->commission);
  report_commission(ctx, close, turn, before, after, outcome->commission);
  report_step(ctx, turn, *outcome, before, after);
}

}  // namespace

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
  const auto nodes = all_nodes(ctx.state());
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
