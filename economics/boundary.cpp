// SPDX-License-Identifier: Apache-2.0
#include "economics/boundary.h"

#include <algorithm>

#include "economics/subsidy.h"

namespace wald::economics {

Outcome<void> burn(Funds& funds, Amount Burned::*cause, Amount x) {
  TRY_ASSIGN(const Amount supply, funds.supply.minus(x));
  TRY_ASSIGN(funds.burned.*cause, (funds.burned.*cause).plus(x));
  funds.supply = supply;
  return {};
}

Outcome<Sunk> to_sink(Funds& funds, Amount x, Amount cap) {
  const Sunk sunk = sink(x, funds.repair, cap);
  WALD_CHECK(sunk.into_fund.value() + sunk.burned.value() == x.value());
  TRY(burn(funds, &Burned::sink, sunk.burned));
  TRY_ASSIGN(funds.repair, funds.repair.plus(sunk.into_fund));
  return sunk;
}

Outcome<void> book_shift(Funds& funds, const Halves& parts) {
  TRY(burn(funds, &Burned::shift, parts.burn));
  TRY_ASSIGN(funds.bonus, funds.bonus.plus(parts.rest));
  return {};
}

Outcome<Settlement> settle(Funds& funds, const Slot& slot0, const std::vector<MemberScore>& members,
                           std::uint64_t void_rounds, std::uint16_t shards, const Params& params) {
  Funds next = funds;
  Settlement done;
  done.match = match_subsidy(slot0.sold, params.rho, next.subsidy);
  TRY_ASSIGN(next.subsidy, next.subsidy.minus(done.match));
  done.fixed = fixed_subsidy(shards, Amount::of(params.per_shard), next.subsidy);
  TRY_ASSIGN(next.subsidy, next.subsidy.minus(done.fixed));
  TRY_ASSIGN(Amount money, slot0.money.plus(done.match));
  TRY_ASSIGN(money, money.plus(done.fixed));
  const Pot pot = make_pot(money, params.burn_bps);
  done.burn = pot.burn;
  done.pot = pot.pot;
  TRY(burn(next, &Burned::epoch, done.burn));
  done.held = held_part(done.pot, void_rounds, params.rounds);
  TRY_ASSIGN(const Amount shared, done.pot.minus(done.held));
  PotSplit split = split_pot(shared, slot0.used, members, params.kappa);
  done.rows = std::move(split.rows);
  done.unspent = split.unspent;
  TRY_ASSIGN(done.carry, done.held.plus(split.carry));
  WALD_CHECK(conserves(slot0, done));
  funds = next;
  return done;
}

bool conserves(const Slot& slot0, const Settlement& settlement) {
  U128 out = U128{settlement.burn.value()} + settlement.unspent.value() + settlement.carry.value();
  for (const MemberReward& row : settlement.rows) out += row.reward.value();
  const U128 in = U128{slot0.money.value()} + settlement.match.value() + settlement.fixed.value();
  return in == out && settlement.held <= settlement.carry;
}

namespace {

// One pool into the epoch; what it burns and gives to the bonus account is booked with it.
Outcome<Stepped> turn_pool(Funds& funds, PoolTurn& turn, Amount bonus, Epoch into,
                           const Params& params) {
  const StepInput input{into, turn.full, turn.reward, turn.fine, bonus, turn.holders, turn.left};
  Stepped stepped;
  const auto outcome = pool_step(turn.pool, input, params);
  if (!outcome.ok()) {
    stepped.quarantined = outcome.error();
    TRY_ASSIGN(stepped.set_aside, turn.reward.plus(bonus));
    return stepped;
  }
  TRY(book_shift(funds, outcome->shift_parts));
  WALD_CHECK(outcome->commission <= turn.reward && outcome->bonus == bonus);
  if (outcome->fine) TRY(burn(funds, &Burned::fine, outcome->fine->burned));
  stepped.outcome = outcome.value();
  return stepped;
}

}  // namespace

Outcome<std::map<NodeId, Stepped>> step_pools(Funds& funds, std::map<NodeId, PoolTurn>& turns,
                                              Epoch into, const Params& params) {
  std::vector<Amount> bases;
  for (const auto& [node, turn] : turns) bases.push_back(bonus_base(turn.pool, turn.left));
  const BonusShares shares = share_bonus(funds.bonus, bases);
  WALD_CHECK(shares.bonus.size() == turns.size() && shares.left <= funds.bonus);
  funds.bonus = shares.left;
  std::map<NodeId, Stepped> stepped;
  std::size_t place = 0;
  for (auto& [node, turn] : turns) {
    const Amount bonus = shares.bonus[place++];
    if (stands_still(turn.pool, turn.left)) {
      WALD_CHECK(bonus.is_zero() && turn.reward.is_zero());  // no base, no committee
      continue;
    }
    TRY_ASSIGN(stepped[node], turn_pool(funds, turn, bonus, into, params));
  }
  return stepped;
}

Outcome<std::map<AccountId, Amount>> bounties(const std::map<NodeId, Stepped>& stepped) {
  std::map<AccountId, Amount> paid;
  for (const auto& [node, step] : stepped) {
    if (!step.outcome || !step.outcome->fine) continue;
    for (const auto& [account, amount] : step.outcome->fine->paid) {
      TRY_ASSIGN(paid[account], paid[account].plus(amount));
    }
  }
  return paid;
}

Outcome<void> sink_all(Funds& funds, Amount unspent, const std::map<NodeId, Stepped>& stepped,
                       Amount cap) {
  TRY(to_sink(funds, unspent, cap));
  for (const auto& [node, step] : stepped) {
    if (step.outcome) TRY(to_sink(funds, step.outcome->sunk, cap));
  }
  return {};
}

namespace {

std::uint64_t next_price(std::uint64_t old, const std::vector<Vote>& votes, std::uint16_t shards,
                         bool first, std::uint64_t step) {
  const auto target = price_target(votes, shards);
  if (!target.ok()) return old;
  return first ? std::min(target.value(), kMaxPrice) : price_step(old, target.value(), step);
}

}  // namespace

Market revise(const Market& old, const std::vector<MemberVote>& votes, std::uint16_t shards,
              bool first, std::uint64_t largest_used, const Params& params) {
  std::vector<Vote> storage;
  std::vector<Vote> write;
  std::vector<Vote> capacity;
  for (const MemberVote& vote : votes) {
    storage.push_back({vote.storage, vote.weight});
    write.push_back({vote.write, vote.weight});
    capacity.push_back({vote.capacity, vote.weight});
  }
  Market next = old;
  next.price = next_price(old.price, storage, shards, first, params.price_step);
  next.write_price = next_price(old.write_price, write, shards, first, params.price_step);
  const auto target = capacity_target(capacity, shards);
  next.capacity = target.ok() ? capacity_step(old.capacity, target.value(), first, largest_used)
                              : std::max(old.capacity, largest_used);
  WALD_CHECK(next.capacity >= largest_used);  // what is sold stays sold (V-4)
  return next;
}

}  // namespace wald::economics
