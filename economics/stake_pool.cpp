// SPDX-License-Identifier: Apache-2.0
#include "economics/stake_pool.h"

namespace wald::economics {
namespace {

U128 sum_of(const std::map<Epoch, Amount>& sums) {
  U128 total = 0;
  for (const auto& [epoch, amount] : sums) total += amount.value();
  return total;
}

bool no_zeros(const std::map<Epoch, Amount>& sums) {
  for (const auto& [epoch, amount] : sums) {
    if (amount.is_zero()) return false;
  }
  return true;
}

}  // namespace

bool identities_hold(const Pool& pool) {
  const U128 money =
      U128{pool.active.value()} + pool.claimed.value() + sum_of(pool.pend) + pool.returned.value();
  if (money != pool.vault.value()) return false;
  U128 shares = pool.old.value();
  for (const auto& [epoch, young] : pool.young) {
    if (young.is_zero()) return false;
    shares += young.value();
  }
  for (const auto& [epoch, leaving] : pool.exits) {
    if (leaving == Exits{}) return false;
    shares += leaving.shares.value();
  }
  if (pool.bond && pool.bond->leaving) shares += pool.bond->shares.value();
  if (shares != pool.shares.value()) return false;
  for (const auto& [epoch, part] : pool.pre) {
    const auto whole = pool.pend.find(epoch);
    if (whole == pool.pend.end() || part > whole->second) return false;
  }
  return no_zeros(pool.pend) && no_zeros(pool.pre) && no_zeros(pool.escrow);
}

bool is_impaired(const Pool& pool) {
  return !pool.shares.is_zero() && product(pool.active.value(), 2) < pool.shares.value();
}

Amount weight_at(const Pool& pool, Epoch at, const NodeView& node) {
  if (node.leaving || node.left || node.barred) return Amount();
  U128 value = pool.live.is_zero() ? 0 : pool.active.value();
  U128 leaving = 0;
  for (const auto& [epoch, part] : pool.exits) {
    if (epoch <= at) leaving += part.shares.value();
  }
  if (pool.bond && pool.bond->leaving && pool.bond->leaving->exit <= at) {
    leaving += pool.bond->shares.value();
  }
  if (leaving != 0 && !pool.live.is_zero()) {
    WALD_CHECK(leaving <= pool.shares.value());  // they are part of S, so the quotient is within W
    value -= exact_ratio({leaving, pool.active.value()}, {pool.shares.value()}, Round::kDown);
  }
  if (!is_impaired(pool)) {
    for (const auto& [epoch, amount] : pool.pend) {
      if (epoch <= at) value += amount.value();
    }
    for (const auto& [epoch, amount] : pool.pre) {
      if (epoch < at) value -= amount.value();  // pre is within pend of the same epoch
    }
  }
  return Amount::of(narrow64(value));
}

Amount escrow_total(const Pool& pool) { return Amount::of(narrow64(sum_of(pool.escrow))); }

Outcome<void> add_to(std::map<Epoch, Amount>& sums, Epoch key, Amount amount) {
  if (amount.is_zero()) return {};
  TRY_ASSIGN(sums[key], sums[key].plus(amount));
  return {};
}

Outcome<void> take_from(std::map<Epoch, Amount>& sums, Epoch key, Amount amount) {
  if (amount.is_zero()) return {};
  const auto found = sums.find(key);
  if (found == sums.end()) return base::Err{Refusal::kInsufficient};
  TRY_ASSIGN(found->second, found->second.minus(amount));
  if (found->second.is_zero()) sums.erase(found);
  return {};
}

Outcome<void> leave_class(Pool& pool, Epoch activation, Shares shares) {
  const auto young = pool.young.find(activation);
  if (young == pool.young.end()) {
    TRY_ASSIGN(pool.old, pool.old.minus(shares));
    return {};
  }
  TRY_ASSIGN(young->second, young->second.minus(shares));
  if (young->second.is_zero()) pool.young.erase(young);
  return {};
}

}  // namespace wald::economics
