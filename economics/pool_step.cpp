// SPDX-License-Identifier: Apache-2.0
#include "economics/pool_step.h"

#include "economics/stakes.h"

namespace wald::economics {
namespace {

// P-5.1.
Outcome<void> book_commission(Pool& pool, const StepInput& input, StepOutcome& out) {
  WALD_CHECK(input.into.value() >= 1 && input.reward <= input.full);
  const Epoch closed(input.into.value() - 1);
  out.commission = commission(input.full, input.reward, pool.rate);
  TRY(add_to(pool.escrow, closed, out.commission));
  while (!pool.scheduled.empty() && pool.scheduled.begin()->first <= input.into) {
    pool.rate = pool.scheduled.begin()->second;
    pool.scheduled.erase(pool.scheduled.begin());
  }
  // Locked from T_(k+1) to T_(k+3): epoch k is free at the step into k+3.
  while (!pool.escrow.empty() && pool.escrow.begin()->first.value() + 3 <= input.into.value()) {
    TRY_ASSIGN(pool.free, pool.free.plus(pool.escrow.begin()->second));
    pool.escrow.erase(pool.escrow.begin());
  }
  return {};
}

// P-5.2.
Outcome<void> book_reward(Pool& pool, const StepInput& input, const Params& params,
                          StepOutcome& out) {
  TRY_ASSIGN(Amount gain, input.reward.minus(out.commission));
  TRY_ASSIGN(gain, gain.plus(input.bonus));
  out.bonus = input.bonus;
  if (pool.live.is_zero()) {
    out.sunk = gain;
  } else {
    TRY_ASSIGN(pool.active, pool.active.plus(gain));
    TRY_ASSIGN(pool.vault, pool.vault.plus(gain));
  }
  if (input.fine.is_zero()) return {};
  TRY_ASSIGN(out.fine,
             take_fine(pool, input.fine, input.holders, Amount::of(params.fraud_deposit), false));
  return {};
}

Outcome<void> twice(Shares& shares) {
  TRY_ASSIGN(shares, shares.plus(shares));
  return {};
}

// P-5.3: while W >= 2S everything counted in shares doubles, exactly.
Outcome<void> double_shares(Pool& pool) {
  while (!pool.shares.is_zero() && pool.active.value() / 2 >= pool.shares.value()) {
    TRY(twice(pool.shares));
    TRY(twice(pool.old));
    for (auto& [epoch, young] : pool.young) TRY(twice(young));
    for (auto& [epoch, exits] : pool.exits) {
      TRY(twice(exits.shares));
      exits.weight.value *= 2;
    }
    if (pool.bond) TRY(twice(pool.bond->shares));
    pool.scale = pool.scale.next();
  }
  return {};
}

// The exits of this epoch, the bond among them if it leaves now.
Outcome<Exits> maturing(Pool& pool, Epoch into, StepOutcome& out) {
  Exits leaving;
  if (const auto found = pool.exits.find(into); found != pool.exits.end()) {
    leaving = found->second;
    pool.exits.erase(found);
  }
  if (!pool.bond || !pool.bond->leaving || pool.bond->leaving->exit != into) return leaving;
  const Bond& bond = *pool.bond;
  TRY_ASSIGN(leaving.shares, leaving.shares.plus(bond.shares));
  TRY_ASSIGN(leaving.principal, leaving.principal.plus(bond.principal));
  leaving.weight.value += fee_weight(bond.shares, bond.leaving->fee).value;
  out.bond_left = BondLeft{bond.stake, bond.principal, bond.activation, *bond.leaving,
                           Minted{bond.shares, pool.scale}};
  pool.bond.reset();
  return leaving;
}

// P-5.4 and P-5.5.
Outcome<void> burn_exits(Pool& pool, Epoch into, StepOutcome& out) {
  const Rate frozen = running_rate(pool);
  TRY_ASSIGN(const Exits leaving, maturing(pool, into, out));
  if (leaving.shares.is_zero()) return {};
  WALD_CHECK(!frozen.s.is_zero());  // shares leave, so there are some
  TRY_ASSIGN(const Amount pay, to_frost(leaving.shares, frozen));
  TRY_ASSIGN(const std::uint64_t fee, ratio({leaving.weight.value, frozen.w.value()},
                                            {frozen.s.value(), kPpm}, Round::kDown, kMaxAmount));
  out.shift = Amount::of(fee);
  out.shift_parts = halves(out.shift);
  TRY_ASSIGN(const Amount money, pay.minus(out.shift));
  out.claim = Claim{frozen, money, leaving.principal};
  TRY_ASSIGN(pool.active, pool.active.minus(pay));
  TRY_ASSIGN(pool.shares, pool.shares.minus(leaving.shares));
  TRY_ASSIGN(pool.live, pool.live.minus(leaving.principal));
  TRY_ASSIGN(pool.vault, pool.vault.minus(out.shift));
  TRY_ASSIGN(pool.claimed, pool.claimed.plus(money));
  return {};
}

// A starting bond stake becomes the bond, or part of it, floored alone; all of it counts as of e.
Outcome<void> start_bond(Pool& pool, Epoch into, const Rate& rate, StepOutcome& out) {
  const PendingBond starting = *pool.bond_pending;
  pool.bond_pending.reset();
  TRY_ASSIGN(const Shares own, to_shares(starting.principal, rate));
  if (!pool.bond) {
    pool.bond = Bond{starting.stake, own, starting.principal, into, std::nullopt};
    out.bond_started = starting.stake;
    return {};
  }
  Bond& bond = *pool.bond;
  WALD_CHECK(!bond.leaving);  // no top-up beside a bond that leaves (P-12)
  TRY(leave_class(pool, bond.activation, bond.shares));
  Shares& young = pool.young[into];
  TRY_ASSIGN(young, young.plus(bond.shares));
  TRY_ASSIGN(bond.shares, bond.shares.plus(own));
  TRY_ASSIGN(bond.principal, bond.principal.plus(starting.principal));
  bond.activation = into;
  out.topup_merged = starting.stake;
  return {};
}

// Those that asked before they started work one epoch and leave with the fee of age 1.
Outcome<void> pass_on(Pool& pool, Epoch into, Amount early, Shares own, const Params& params) {
  if (early.is_zero()) return {};
  Exits& exits = pool.exits[into.next()];
  const Ppm fee = shift_ppm(1, params.shift_bps, params.shift_epochs);
  TRY_ASSIGN(exits.shares, exits.shares.plus(own));
  TRY_ASSIGN(exits.principal, exits.principal.plus(early));
  exits.weight.value += fee_weight(own, fee).value;
  return {};
}

Amount taken_out(std::map<Epoch, Amount>& sums, Epoch key) {
  const auto found = sums.find(key);
  if (found == sums.end()) return Amount();
  const Amount amount = found->second;
  sums.erase(found);
  return amount;
}

// P-5.7 after the doublings.
Outcome<void> mint_pending(Pool& pool, Epoch into, const Params& params, StepOutcome& out) {
  const Amount starting = taken_out(pool.pend, into);
  const Amount early = taken_out(pool.pre, into);
  if (starting.is_zero()) return {};
  const bool bond_starts = pool.bond_pending && pool.bond_pending->activation == into;
  if (is_impaired(pool)) {
    out.mint = Mint{std::nullopt, starting};
    TRY_ASSIGN(pool.returned, pool.returned.plus(starting));
    if (bond_starts) pool.bond_pending.reset();
    return {};
  }
  WALD_CHECK(early <= starting);  // pre is part of pend
  const Rate rate = running_rate(pool);
  out.mint = Mint{rate, Amount()};
  TRY_ASSIGN(const Shares minted, to_shares(starting, rate));
  TRY_ASSIGN(const Shares leaving, to_shares(early, rate));
  TRY_ASSIGN(const Shares staying, minted.minus(leaving));
  TRY_ASSIGN(pool.active, pool.active.plus(starting));
  TRY_ASSIGN(pool.shares, pool.shares.plus(minted));
  TRY_ASSIGN(pool.live, pool.live.plus(starting));
  TRY(pass_on(pool, into, early, leaving, params));
  if (!staying.is_zero()) pool.young[into] = staying;
  if (bond_starts) TRY(start_bond(pool, into, rate, out));
  return {};
}

// P-5.8: shares of age K and more are old.
Outcome<void> age_classes(Pool& pool, Epoch into, std::uint64_t shift_epochs) {
  while (!pool.young.empty()) {
    const auto oldest = pool.young.begin();
    if (oldest->first.value() + shift_epochs > into.value()) return {};
    TRY_ASSIGN(pool.old, pool.old.plus(oldest->second));
    pool.young.erase(oldest);
  }
  return {};
}

}  // namespace

Outcome<StepOutcome> pool_step(Pool& pool, const StepInput& input, const Params& params) {
  WALD_CHECK(!stands_still(pool, input.left));
  Pool next = pool;
  StepOutcome out;
  TRY(book_commission(next, input, out));
  TRY(book_reward(next, input, params, out));
  TRY(double_shares(next));
  TRY(burn_exits(next, input.into, out));
  TRY_ASSIGN(out.swept, sweep(next));
  TRY_ASSIGN(out.sunk, out.sunk.plus(out.swept.value_or(Amount())));
  TRY(double_shares(next));
  if (!input.left) TRY(mint_pending(next, input.into, params, out));
  TRY(age_classes(next, input.into, params.shift_epochs));
  // After step 3 W < 2S, and neither a mint nor an aging changes that (P-7).
  WALD_CHECK(next.shares.is_zero() || next.active.value() / 2 < next.shares.value() ||
             out.mint.has_value());
  WALD_CHECK(!identities_hold(pool) || identities_hold(next));
  pool = std::move(next);
  return out;
}

void apply_bond_left(Stake& stake, const BondLeft& bond) {
  WALD_CHECK(stake.id == bond.stake && stake.bond);
  stake.principal = bond.principal;
  stake.activation = bond.activation;
  stake.leaving = bond.leaving;
  stake.minted = bond.minted;
}

}  // namespace wald::economics
