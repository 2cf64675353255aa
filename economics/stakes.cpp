// SPDX-License-Identifier: Apache-2.0
#include "economics/stakes.h"

#include <algorithm>

#include "codec/base/mutant.h"
#include "economics/penalties.h"

namespace wald::economics {
namespace {

Epoch later(Epoch epoch, std::uint32_t by) { return Epoch(epoch.value() + by); }

bool is_pending_bond(const Stake& stake, const Pool& pool) {
  return pool.bond_pending && pool.bond_pending->stake == stake.id;
}

// The pool's bond, burned bonds that only wait for their claim, and the pending one stay whole.
bool is_fixed(const Stake& stake, const Pool& pool, StakeState state) {
  if (!stake.bond) return false;
  return state != StakeState::kReturned || is_pending_bond(stake, pool);
}

// Way by request of a pending stake: it starts next epoch, at a node that will be at work then.
bool must_work_first(const ExitQuery& query) {
  return query.in_next && query.activation == query.epoch.next();
}

}  // namespace

StakeState stake_state(const Stake& stake, const Pool& pool, const std::optional<Mint>& mint) {
  if (pool.bond && pool.bond->stake == stake.id) return StakeState::kBond;
  if (stake.minted) return StakeState::kActive;
  if (!mint || is_pending_bond(stake, pool)) return StakeState::kPending;
  return mint->rate ? StakeState::kActive : StakeState::kReturned;
}

Outcome<void> settle(Stake& stake, const Pool& pool, const std::optional<Mint>& mint) {
  if (stake.minted || stake_state(stake, pool, mint) != StakeState::kActive) return {};
  const Rate rate = base::mutate("I9") ? running_rate(pool) : *mint->rate;
  TRY_ASSIGN(const Shares own, to_shares(stake.principal, rate));
  stake.minted = Minted{own, rate.scale};
  return {};
}

Outcome<Stake> current(Stake stake, const Pool& pool, const std::optional<Mint>& mint) {
  TRY(settle(stake, pool, mint));
  if (stake_state(stake, pool, mint) == StakeState::kBond) {
    stake.principal = pool.bond->principal;
    stake.activation = pool.bond->activation;
    stake.leaving = pool.bond->leaving;
    stake.minted = Minted{pool.bond->shares, pool.scale};
  }
  return stake;
}

Outcome<Epoch> accept_stake(Pool& pool, const NewStake& stake, const Moment& now,
                            const NodeView& node, const Params& params) {
  const std::uint64_t least = base::mutate("I10") ? 1 : params.min_stake;
  if (stake.amount.value() < least) return base::Err{Refusal::kStakeTooSmall};
  if (is_impaired(pool)) return base::Err{Refusal::kPoolImpaired};
  if (node.leaving || node.left) return base::Err{Refusal::kNodeLeaving};
  const bool bond_leaves = pool.bond && pool.bond->leaving;
  if (stake.bond && (bond_leaves || pool.bond_pending)) return base::Err{Refusal::kBondLeaving};
  const Epoch activation = later(now.epoch, now.next_chosen ? 2 : 1);
  TRY_ASSIGN(const Amount vault, pool.vault.plus(stake.amount));
  TRY(add_to(pool.pend, activation, stake.amount));  // a part of the vault, so it fits
  pool.vault = vault;
  WALD_CHECK(activation > now.epoch);
  if (stake.bond) pool.bond_pending = PendingBond{stake.id, stake.amount, activation};
  return activation;
}

Outcome<Leaving> exit_path(const ExitQuery& query, std::uint64_t shift_bps,
                           std::uint64_t shift_epochs) {
  if (query.state == StakeState::kReturned) return base::Err{Refusal::kUseDirectExit};
  if (query.requested) return base::Err{Refusal::kAlreadyLeaving};
  std::uint32_t wait = query.in_next ? 2 : query.in_current ? 1 : 0;
  if (query.state == StakeState::kPending && !must_work_first(query)) wait = 0;
  if (query.state == StakeState::kBond) {
    wait += 2;
  } else if (wait == 0) {
    return base::Err{Refusal::kUseDirectExit};
  }
  const Epoch exit = later(query.epoch, wait);
  WALD_CHECK(exit > query.activation);
  const std::uint64_t age = exit.value() - query.activation.value();
  return Leaving{exit, shift_ppm(age, shift_bps, shift_epochs)};
}

DirectFee direct_fee(StakeState state, Amount gross, Epoch epoch, Epoch activation,
                     std::uint64_t shift_bps, std::uint64_t shift_epochs) {
  if (state != StakeState::kActive) return {Ppm(), Amount(), gross};
  const Ppm ppm = shift_ppm(direct_age(epoch, activation), shift_bps, shift_epochs);
  const Amount fee = shift_fee(gross, ppm);
  return {ppm, fee, Amount::of(gross.value() - fee.value())};
}

namespace {

Outcome<void> add_exit(Pool& pool, const Leaving& leaving, Shares own, Amount principal) {
  Exits& exits = pool.exits[leaving.exit];
  TRY_ASSIGN(exits.shares, exits.shares.plus(own));
  TRY_ASSIGN(exits.principal, exits.principal.plus(principal));
  exits.weight.value += fee_weight(own, leaving.fee).value;
  return {};
}

Outcome<Leaving> request_bond(Pool& pool, Stake& stake, const ExitQuery& where,
                              const Params& params) {
  if (pool.bond_pending) return base::Err{Refusal::kBondLeaving};
  TRY_ASSIGN(const Leaving leaving, exit_path(where, params.shift_bps, params.shift_epochs));
  TRY(leave_class(pool, pool.bond->activation, pool.bond->shares));
  pool.bond->leaving = leaving;
  stake.leaving = leaving;
  return leaving;
}

}  // namespace

Outcome<Leaving> request_exit(Pool& pool, Stake& stake, const std::optional<Mint>& mint,
                              const Moment& now, const NodeView& node, const Params& params) {
  const StakeState state = stake_state(stake, pool, mint);
  TRY_ASSIGN(Stake settled, current(stake, pool, mint));
  const ExitQuery query{state,           now.epoch,    settled.activation,
                        node.in_current, node.in_next, settled.leaving.has_value()};
  if (state == StakeState::kPending && is_pending_bond(stake, pool) && must_work_first(query)) {
    return base::Err{Refusal::kBondFixed};
  }
  TRY_ASSIGN(const Leaving leaving, exit_path(query, params.shift_bps, params.shift_epochs));
  if (state == StakeState::kBond) return request_bond(pool, stake, query, params);
  Pool next = pool;
  if (state == StakeState::kPending) {
    TRY(add_to(next.pre, settled.activation, settled.principal));
  } else {
    TRY_ASSIGN(const Shares own, lift(settled.minted->own, settled.minted->scale, next.scale));
    TRY(leave_class(next, settled.activation, own));
    TRY(add_exit(next, leaving, own, settled.principal));
  }
  settled.leaving = leaving;
  WALD_CHECK(!identities_hold(pool) || identities_hold(next));
  pool = std::move(next);
  stake = settled;
  return leaving;
}

namespace {

Outcome<Withdrawal> take_principal(Pool& pool, const Stake& stake, std::optional<Mint>& mint,
                                   StakeState state) {
  if (state == StakeState::kReturned) {
    TRY_ASSIGN(pool.returned, pool.returned.minus(stake.principal));
    TRY_ASSIGN(mint->returned, mint->returned.minus(stake.principal));
  } else {
    TRY(take_from(pool.pend, stake.activation, stake.principal));
    if (is_pending_bond(stake, pool)) pool.bond_pending.reset();
  }
  TRY_ASSIGN(pool.vault, pool.vault.minus(stake.principal));
  Withdrawal done;
  done.gross = done.paid = stake.principal;
  return done;
}

Outcome<Withdrawal> take_active(Pool& pool, const Stake& stake, const Moment& now,
                                const NodeView& node, const Params& params) {
  TRY_ASSIGN(const Shares own, lift(stake.minted->own, stake.minted->scale, pool.scale));
  Withdrawal done;
  TRY_ASSIGN(done.gross, to_frost(own, running_rate(pool)));
  TRY_ASSIGN(pool.active, pool.active.minus(done.gross));
  TRY_ASSIGN(pool.vault, pool.vault.minus(done.gross));
  TRY_ASSIGN(pool.shares, pool.shares.minus(own));
  TRY(leave_class(pool, stake.activation, own));
  TRY_ASSIGN(pool.live, pool.live.minus(stake.principal));
  const DirectFee cost = direct_fee(StakeState::kActive, done.gross, now.epoch, stake.activation,
                                    params.shift_bps, params.shift_epochs);
  done.fee = cost.fee;
  done.paid = cost.paid;
  const Halves parts = halves(cost.fee);
  WALD_CHECK(cost.fee <= done.gross);
  done.burned = parts.burn;
  done.to_bonus = parts.rest;
  if (!node.left) return done;
  TRY_ASSIGN(const std::optional<Amount> swept, sweep(pool));
  done.swept = swept.value_or(Amount());
  return done;
}

Outcome<Withdrawal> take_claim(Pool& pool, const Stake& stake, std::optional<Claim>& claim) {
  if (!claim || !stake.minted) return base::Err{Refusal::kStakeNotMature};
  const Minted& minted = *stake.minted;
  TRY_ASSIGN(const Shares own, lift(minted.own, minted.scale, claim->rate.scale));
  Withdrawal done;
  done.way = Withdrawal::Way::kClaim;
  TRY_ASSIGN(done.gross, to_frost(own, claim->rate));
  done.fee = shift_fee(done.gross, stake.leaving->fee);
  TRY_ASSIGN(done.paid, done.gross.minus(done.fee));
  // Never refuses: the money covers every claim of its epoch (P-6). No minimum is taken (M-5).
  TRY_ASSIGN(claim->money, claim->money.minus(done.paid));
  TRY_ASSIGN(claim->principal, claim->principal.minus(stake.principal));
  WALD_CHECK(done.paid <= done.gross);
  if (claim->principal.is_zero()) {
    done.rest = claim->money;
    claim->money = Amount();
  }
  TRY_ASSIGN(const Amount moved, done.paid.plus(done.rest));
  TRY_ASSIGN(pool.vault, pool.vault.minus(moved));
  TRY_ASSIGN(pool.claimed, pool.claimed.minus(moved));
  return done;
}

}  // namespace

Outcome<Withdrawal> withdraw(Pool& pool, Stake& stake, std::optional<Mint>& mint,
                             std::optional<Claim>& claim, const Moment& now, const NodeView& node,
                             const Params& params) {
  const StakeState state = stake_state(stake, pool, mint);
  TRY_ASSIGN(const Stake settled, current(stake, pool, mint));
  Pool next = pool;
  std::optional<Mint> next_mint = mint;
  std::optional<Claim> next_claim = claim;
  Withdrawal done;
  if (state == StakeState::kReturned) {
    TRY_ASSIGN(done, take_principal(next, settled, next_mint, state));
  } else if (settled.leaving) {
    const bool mature = settled.leaving->exit <= now.epoch && state == StakeState::kActive;
    if (!mature) return base::Err{Refusal::kStakeNotMature};
    TRY_ASSIGN(done, take_claim(next, settled, next_claim));
  } else if (state == StakeState::kPending) {
    const bool starts = node.in_next && settled.activation == now.epoch.next();
    if (starts && is_pending_bond(stake, pool)) return base::Err{Refusal::kBondFixed};
    if (starts) return base::Err{Refusal::kExitNotRequested};
    TRY_ASSIGN(done, take_principal(next, settled, next_mint, state));
  } else {
    const bool at_work = node.in_current || node.in_next || state == StakeState::kBond;
    if (at_work) return base::Err{Refusal::kExitNotRequested};
    TRY_ASSIGN(done, take_active(next, settled, now, node, params));
  }
  if (next_claim && next_claim->principal.is_zero()) next_claim.reset();
  WALD_CHECK(done.paid.value() + done.fee.value() == done.gross.value());
  WALD_CHECK(!identities_hold(pool) || identities_hold(next));
  pool = std::move(next);
  mint = next_mint;
  claim = next_claim;
  stake = settled;
  return done;
}

Outcome<Stake> split_stake(const Pool& pool, Stake& stake, const std::optional<Mint>& mint,
                           Amount amount, ObjectId new_id, const Params& params) {
  if (is_fixed(stake, pool, stake_state(stake, pool, mint))) {
    return base::Err{Refusal::kBondFixed};
  }
  if (amount > stake.principal) return base::Err{Refusal::kStakeTooSmall};
  const std::uint64_t rest = stake.principal.value() - amount.value();
  if (amount.value() < params.min_stake || rest < params.min_stake) {
    return base::Err{Refusal::kStakeTooSmall};
  }
  TRY(settle(stake, pool, mint));
  Stake part = stake;
  part.id = new_id;
  part.principal = amount;
  if (stake.minted) {
    TRY_ASSIGN(const std::uint64_t own, mul_div(stake.minted->own.value(), amount.value(),
                                                stake.principal.value(), Round::kDown, kMaxU64));
    part.minted->own = Shares(own);
    TRY_ASSIGN(stake.minted->own, stake.minted->own.minus(part.minted->own));
  }
  WALD_CHECK(part.principal.value() + rest == stake.principal.value());
  stake.principal = Amount::of(rest);
  return part;
}

namespace {

bool may_merge(const Pool& pool, const Stake& a, StakeState state_a, const Stake& b,
               StakeState state_b) {
  if (a.id == b.id || a.node != b.node || a.owner != b.owner || a.vesting != b.vesting) {
    return false;
  }
  if (a.leaving != b.leaving || state_a != state_b) return false;
  if (a.activation == b.activation) return true;
  // Different ages are equal only once both are full: counted in old, no exit asked.
  const bool both_old = pool.young.count(a.activation) == 0 && pool.young.count(b.activation) == 0;
  return state_a == StakeState::kActive && !a.leaving && both_old;
}

}  // namespace

Outcome<void> merge_stakes(const Pool& pool, Stake& stake, const std::optional<Mint>& mint,
                           const Stake& other, const std::optional<Mint>& other_mint) {
  const StakeState state = stake_state(stake, pool, mint);
  const StakeState other_state = stake_state(other, pool, other_mint);
  if (is_fixed(stake, pool, state) || is_fixed(other, pool, other_state)) {
    return base::Err{Refusal::kBondFixed};
  }
  if (!may_merge(pool, stake, state, other, other_state)) {
    return base::Err{Refusal::kMergeMismatch};
  }
  TRY_ASSIGN(Stake whole, current(stake, pool, mint));
  TRY_ASSIGN(const Stake part, current(other, pool, other_mint));
  TRY_ASSIGN(whole.principal, whole.principal.plus(part.principal));
  whole.activation = std::max(whole.activation, part.activation);
  if (whole.minted) {
    const Scale scale = std::max(whole.minted->scale, part.minted->scale);
    TRY_ASSIGN(const Shares a, lift(whole.minted->own, whole.minted->scale, scale));
    TRY_ASSIGN(const Shares b, lift(part.minted->own, part.minted->scale, scale));
    TRY_ASSIGN(const Shares own, a.plus(b));
    whole.minted = Minted{own, scale};
  }
  stake = whole;
  return {};
}

Outcome<void> give_stake(const Pool& pool, Stake& stake, const std::optional<Mint>& mint,
                         AccountId owner) {
  if (is_fixed(stake, pool, stake_state(stake, pool, mint))) {
    return base::Err{Refusal::kBondFixed};
  }
  stake.owner = owner;
  return {};
}

Outcome<Moved> move_stake(Pool& from, Stake& stake, std::optional<Mint>& mint, const Moment& now,
                          const NodeView& node, const MoveTarget& target, const Params& params) {
  if (target.node_id == stake.node) return base::Err{Refusal::kSameNode};
  const StakeState state = stake_state(stake, from, mint);
  if (state == StakeState::kBond) return base::Err{Refusal::kBondFixed};
  if (stake.leaving && state != StakeState::kReturned) {
    return base::Err{Refusal::kAlreadyLeaving};
  }
  Moved moved;
  const ExitQuery query{state,           now.epoch,    stake.activation,
                        node.in_current, node.in_next, stake.leaving.has_value()};
  if (exit_path(query, params.shift_bps, params.shift_epochs).ok()) {
    TRY_ASSIGN(moved.requested, request_exit(from, stake, mint, now, node, params));
    return moved;
  }
  Pool source = from;
  Stake gone = stake;
  std::optional<Mint> source_mint = mint;
  std::optional<Claim> no_claim;
  TRY_ASSIGN(moved.withdrawal, withdraw(source, gone, source_mint, no_claim, now, node, params));
  const NewStake again{target.new_id, moved.withdrawal.paid, false};
  TRY_ASSIGN(const Epoch activation, accept_stake(target.pool, again, now, target.node, params));
  moved.staked = Stake{target.new_id, stake.owner,  target.node_id, again.amount,  activation,
                       std::nullopt,  std::nullopt, false,          stake.vesting, {}};
  from = std::move(source);
  mint = source_mint;
  return moved;
}

Outcome<Left> become_left(Pool& pool, Epoch now, const Params& params) {
  Pool next = pool;
  Left done;
  if (next.bond && !next.bond->leaving) {
    const ExitQuery query{StakeState::kBond, now, next.bond->activation, false, false, false};
    TRY_ASSIGN(done.bond, exit_path(query, params.shift_bps, params.shift_epochs));
    TRY(leave_class(next, next.bond->activation, next.bond->shares));
    next.bond->leaving = done.bond;
  }
  TRY_ASSIGN(const std::optional<Amount> swept, sweep(next));
  done.swept = swept.value_or(Amount());
  WALD_CHECK(!next.bond || next.bond->leaving);
  pool = std::move(next);
  return done;
}

Outcome<std::optional<Amount>> sweep(Pool& pool) {
  if (!pool.live.is_zero()) return std::optional<Amount>();
  const bool clean = pool.active.is_zero() && pool.shares.is_zero() && pool.scale == Scale(0);
  if (clean) return std::optional<Amount>();
  // Without principal at work there is no exit and no bond: every share left is dust of a class.
  if (!pool.exits.empty() || pool.bond) return base::Err{Refusal::kInsufficient};
  WALD_CHECK(pool.live.is_zero());
  const Amount swept = pool.active;
  TRY_ASSIGN(pool.vault, pool.vault.minus(swept));
  pool.active = Amount();
  pool.shares = pool.old = Shares();
  pool.young.clear();
  pool.scale = Scale(0);
  ++pool.generation;
  return std::optional<Amount>(swept);
}

Outcome<Epoch> announce_rate(Pool& pool, std::uint64_t bps, Epoch now, std::uint64_t step_max) {
  if (bps > kBps) return base::Err{Refusal::kRateTooHigh};
  const Epoch target = later(now, 2);
  Bps before = pool.rate;
  for (const auto& [epoch, rate] : pool.scheduled) {
    if (epoch < target) before = rate;
  }
  if (bps > before.value() + step_max) return base::Err{Refusal::kRateStep};
  pool.scheduled[target] = Bps::of(bps);
  return target;
}

}  // namespace wald::economics
