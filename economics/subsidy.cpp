// SPDX-License-Identifier: Apache-2.0
#include "economics/subsidy.h"

#include <algorithm>

#include "economics/basis_points.h"

namespace wald::economics {

Amount match_subsidy(Amount sold, std::uint64_t rho, Amount fund) {
  WALD_CHECK(rho <= 2 * kBps);
  const U128 due = product(sold.value(), rho) / kBps;
  const Amount paid = due >= fund.value() ? fund : Amount::of(narrow64(due));
  WALD_CHECK(paid <= fund && paid.value() <= due);
  return paid;
}

Amount fixed_subsidy(std::uint16_t shards, Amount per_shard, Amount fund) {
  WALD_CHECK(shards >= 1);
  const std::uint64_t each = std::min(per_shard.value(), fund.value() / shards);
  WALD_CHECK(product(each, shards) <= fund.value());
  return Amount::of(each * shards);
}

PurchaseSubsidy purchase_subsidy(Amount cost, std::uint64_t buyer, std::uint64_t system,
                                 Amount fund) {
  WALD_CHECK(buyer <= kBps && system <= kBps);
  const std::uint64_t b = exact_ratio({cost.value(), buyer}, {kBps}, Round::kDown);
  const std::uint64_t y = exact_ratio({cost.value(), system}, {kBps}, Round::kDown);
  WALD_CHECK(b <= cost.value() && y <= cost.value());
  if (b + y <= fund.value()) return {Amount::of(b), Amount::of(y)};
  // b + y > fund >= 0, so at least one rate is positive.
  const std::uint64_t both = buyer + system;
  WALD_CHECK(both >= 1);
  return {Amount::of(exact_ratio({fund.value(), buyer}, {both}, Round::kDown)),
          Amount::of(exact_ratio({fund.value(), system}, {both}, Round::kDown))};
}

}  // namespace wald::economics
