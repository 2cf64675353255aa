// SPDX-License-Identifier: Apache-2.0
#include "economics/penalties.h"

#include <algorithm>

#include "economics/pricing.h"
#include "economics/stakes.h"

namespace wald::economics {

Ppm shift_ppm(std::uint64_t age, std::uint64_t shift_bps, std::uint64_t shift_epochs) {
  WALD_CHECK(shift_epochs >= 1 && shift_bps <= kBps);
  if (age >= shift_epochs) return Ppm();
  // 100 * 10^4 * 32 at most: 64 bits.
  return Ppm::of(100 * shift_bps * (shift_epochs - age) / shift_epochs);
}

Amount shift_fee(Amount gross, Ppm fee) {
  // fee <= PPM, so the quotient is at most gross.
  return Amount::of(exact_ratio({gross.value(), fee.value()}, {kPpm}, Round::kUp, gross.value()));
}

std::uint64_t direct_age(Epoch now, Epoch activation) {
  return now > activation ? now.value() - activation.value() : 1;
}

Amount bonus_base(const Pool& pool, bool left) {
  if (left || pool.live.is_zero() || pool.shares.is_zero()) return Amount();
  WALD_CHECK(pool.old <= pool.shares);
  return Amount::of(
      exact_ratio({pool.old.value(), pool.active.value()}, {pool.shares.value()}, Round::kDown));
}

BonusShares share_bonus(Amount account, const std::vector<Amount>& bases) {
  U128 total = 0;
  for (const Amount base : bases) total += base.value();
  BonusShares shares{std::vector<Amount>(bases.size()), account};
  if (total == 0) return shares;
  U128 left = account.value();
  for (std::size_t i = 0; i < bases.size(); ++i) {
    // Floors of parts that sum to the account: together at most the account.
    const std::uint64_t part =
        exact_ratio({account.value(), bases[i].value()}, {total}, Round::kDown);
    WALD_CHECK(part <= left);
    shares.bonus[i] = Amount::of(part);
    left -= part;
  }
  shares.left = Amount::of(narrow64(left));
  return shares;
}

Amount commission(Amount full, Amount reward, Bps rate) {
  WALD_CHECK(reward <= full);
  const std::uint64_t whole =
      exact_ratio({full.value(), rate.value()}, {kBps}, Round::kDown, full.value());
  const std::uint64_t lost = full.value() - reward.value();
  WALD_CHECK(whole <= lost || whole - lost <= reward.value());  // for whole <= full
  return Amount::of(whole > lost ? whole - lost : 0);
}

namespace {

// Takes from commission: escrow from the oldest epoch on, then what is free.
Outcome<void> take_commission(Pool& pool, Amount& rest, Charge& charge) {
  const Amount asked = rest;
  while (!rest.is_zero() && !pool.escrow.empty()) {
    const auto oldest = pool.escrow.begin();
    const Amount part = lesser(rest, oldest->second);
    TRY_ASSIGN(charge.escrow, charge.escrow.plus(part));
    TRY_ASSIGN(rest, rest.minus(part));
    TRY(take_from(pool.escrow, oldest->first, part));
  }
  charge.free = lesser(rest, pool.free);
  TRY_ASSIGN(pool.free, pool.free.minus(charge.free));
  TRY_ASSIGN(rest, rest.minus(charge.free));
  WALD_CHECK(charge.escrow.value() + charge.free.value() + rest.value() == asked.value());
  return {};
}

// Takes shares out of the bond, out of its class unless it has asked to leave, and out of S.
Outcome<void> drop_bond_shares(Pool& pool, Shares shares) {
  if (!pool.bond->leaving) TRY(leave_class(pool, pool.bond->activation, shares));
  TRY_ASSIGN(pool.bond->shares, pool.bond->shares.minus(shares));
  TRY_ASSIGN(pool.shares, pool.shares.minus(shares));
  return {};
}

Outcome<void> take_bond(Pool& pool, Amount& rest, Charge& charge) {
  if (!pool.bond || rest.is_zero() || pool.active.is_zero()) return {};
  const std::uint64_t w = pool.active.value();
  const std::uint64_t s = pool.shares.value();
  const std::uint64_t b = pool.bond->shares.value();
  TRY_ASSIGN(const std::uint64_t worth, mul_div(b, w, s, Round::kDown, kMaxAmount));
  const std::uint64_t cut = std::min({rest.value(), worth, w - 1});
  // Up: the others' rate never falls. At most b, for cut * S <= b * W.
  TRY_ASSIGN(const std::uint64_t shares, mul_div(cut, s, w, Round::kUp, b));
  WALD_CHECK(cut <= rest.value() && cut < w && shares <= b);
  charge.bond = Amount::of(cut);
  charge.shares = Shares(shares);
  TRY(drop_bond_shares(pool, charge.shares));
  TRY_ASSIGN(pool.active, pool.active.minus(charge.bond));
  TRY_ASSIGN(pool.vault, pool.vault.minus(charge.bond));
  TRY_ASSIGN(rest, rest.minus(charge.bond));
  if (pool.bond->shares.value() >= kLeastShares) return {};
  TRY(drop_bond_shares(pool, pool.bond->shares));
  TRY_ASSIGN(pool.live, pool.live.minus(pool.bond->principal));
  charge.closed = pool.bond->stake;
  pool.bond.reset();
  return {};
}

Outcome<void> take_pool(Pool& pool, Amount rest, Amount limit, Charge& charge) {
  if (pool.active.is_zero()) return {};
  const Amount spare = Amount::of(pool.active.value() - 1);
  charge.pool = lesser(lesser(rest, limit), spare);
  TRY_ASSIGN(pool.active, pool.active.minus(charge.pool));
  TRY_ASSIGN(pool.vault, pool.vault.minus(charge.pool));
  return {};
}

}  // namespace

Outcome<Charge> take(Pool& pool, Amount amount, Amount pool_limit, bool left) {
  Pool next = pool;
  Charge charge;
  Amount rest = amount;
  TRY(take_commission(next, rest, charge));
  TRY(take_bond(next, rest, charge));
  TRY(take_pool(next, rest, pool_limit, charge));
  TRY_ASSIGN(charge.taken, charge.escrow.plus(charge.free));
  TRY_ASSIGN(charge.taken, charge.taken.plus(charge.bond));
  TRY_ASSIGN(charge.taken, charge.taken.plus(charge.pool));
  if (left) {
    TRY_ASSIGN(const std::optional<Amount> swept, sweep(next));
    charge.swept = swept.value_or(Amount());
  }
  WALD_CHECK(charge.taken <= amount && charge.pool <= pool_limit);
  WALD_CHECK(!identities_hold(pool) || identities_hold(next));
  pool = std::move(next);
  return charge;
}

Amount bounty(Amount own, Amount pool_part, Amount fraud_deposit, std::uint64_t rounds) {
  WALD_CHECK(rounds <= 256);
  if (rounds == 0) return Amount();
  const std::uint64_t of_own = own.value() / 10;
  const std::uint64_t most = narrow64(product(fraud_deposit.value(), rounds), kMaxU64);
  return Amount::of(of_own + std::min(pool_part.value() / 10, most));
}

Outcome<Fine> take_fine(Pool& pool, Amount fine, const std::vector<AccountId>& holders,
                        Amount fraud_deposit, bool left) {
  const Amount limit = Amount::of(pool.active.value() / 10);  // 1000 bps of W before the charge
  TRY_ASSIGN(const Charge charge, take(pool, fine, limit, left));
  const Amount own = Amount::of(charge.taken.value() - charge.pool.value());
  WALD_CHECK(charge.taken >= charge.pool);
  Fine done{charge, bounty(own, charge.pool, fraud_deposit, holders.size()), {}, {}};
  WALD_CHECK(done.bounty <= charge.taken);  // a tenth of each part at most
  TRY_ASSIGN(done.burned, charge.taken.minus(done.bounty));
  if (holders.empty()) return done;
  std::vector<AccountId> accounts = holders;
  std::sort(accounts.begin(), accounts.end());
  accounts.erase(std::unique(accounts.begin(), accounts.end()), accounts.end());
  TRY_ASSIGN(const std::vector<Amount> parts, spread(done.bounty, accounts.size()));
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    done.paid.emplace_back(accounts[i], parts[i]);
  }
  return done;
}

Bps slash_bps(Bps base, Bps floor, Weight weight, std::uint16_t shards) {
  WALD_CHECK(shards >= 1 && weight.value() <= shards);
  const std::uint64_t share = 3 * std::uint64_t{weight.value()} * kBps / shards;
  const std::uint64_t factor = std::min(kBps, std::max<std::uint64_t>(floor.value(), share));
  return Bps::of(base.value() * factor / kBps);
}

Outcome<Slash> slash(Pool& pool, Bps bps, bool left) {
  Slash done;
  done.amount = Amount::of(exact_ratio({pool.active.value(), bps.value()}, {kBps}, Round::kDown));
  TRY_ASSIGN(done.charge, take(pool, done.amount, done.amount, left));
  return done;
}

Outcome<Amount> burn_commission(Pool& pool) {
  TRY_ASSIGN(const Amount burned, escrow_total(pool).plus(pool.free));
  pool.escrow.clear();
  pool.free = Amount();
  return burned;
}

Amount collect(Pool& pool) { return std::exchange(pool.free, Amount()); }

StandingClose update_standing(Standing& standing, Ppm score) {
  const std::uint64_t next = (3 * std::uint64_t{standing.standing.value()} + score.value()) / 4;
  WALD_CHECK(next <= kPpm);  // a mean of two shares
  const Ppm reached = Ppm::of(next);
  standing.standing = reached;
  standing.low_closes = next < kPpm / 2 ? standing.low_closes + 1 : 0;
  if (standing.low_closes < kLowClosesToBar) return {reached, false};
  standing = Standing{Ppm::of(kPpm / 2), 0};
  return {reached, true};
}

bool is_short(std::uint64_t unavailable, std::uint64_t due) {
  return product(unavailable, kPpm) > product(due, kUnavailableLimitPpm);
}

Outcome<Amount> recovery(std::uint64_t price, std::uint64_t used_bytes, std::uint16_t shards,
                         std::uint64_t epochs) {
  WALD_CHECK(shards >= 1);
  const std::uint64_t each = used_bytes / shards + (used_bytes % shards != 0 ? 1 : 0);
  TRY_ASSIGN(const std::uint64_t frost,
             ratio({price, units(each).value(), epochs}, {1}, Round::kDown, kMaxAmount));
  return Amount::of(frost);
}

Outcome<Declared> declare_loss(Pool& pool, Amount recovery_due, bool left) {
  Declared done{recovery_due, {}, false};
  TRY_ASSIGN(done.charge, take(pool, recovery_due, Amount(), left));
  WALD_CHECK(done.charge.pool.is_zero());  // delegators do not pay for lost shards
  WALD_CHECK(done.charge.taken <= recovery_due);
  done.excuses = done.charge.taken == recovery_due;
  return done;
}

Freed free_earmark(Amount earmark, bool same_node_in_time, Amount fund, Amount cap) {
  Freed freed;
  if (same_node_in_time) freed.into_escrow = halves(earmark).rest;
  const Amount rest = Amount::of(earmark.value() - freed.into_escrow.value());
  const Sunk sunk = sink(rest, fund, cap);
  freed.into_fund = sunk.into_fund;
  freed.burned = sunk.burned;
  WALD_CHECK(freed.into_escrow.value() + freed.into_fund.value() + freed.burned.value() ==
             earmark.value());
  return freed;
}

}  // namespace wald::economics
