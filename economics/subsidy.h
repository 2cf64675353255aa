// SPDX-License-Identifier: Apache-2.0
// What the subsidy fund adds: on sold space that was used, per shard, and on purchases.
// Funds give what they have; nothing here refuses. Units: FROST, bps. Thread rule: pure functions.
#pragma once

#include "economics/amount.h"

namespace wald::economics {

// min(floor(sold * rho / BPS), fund), rho 0..20,000.
Amount match_subsidy(Amount sold, std::uint64_t rho, Amount fund);

// shards * min(per_shard, floor(fund / shards)), fund after the match.
Amount fixed_subsidy(std::uint16_t shards, Amount per_shard, Amount fund);

// R-8, for a purchase of that cost: buyer and system parts, bps 0..10^4 each. When the fund cannot
// pay both in full it is divided in the ratio of the two rates.
struct PurchaseSubsidy {
  Amount buyer;
  Amount system;
};
PurchaseSubsidy purchase_subsidy(Amount cost, std::uint64_t buyer, std::uint64_t system,
                                 Amount fund);

}  // namespace wald::economics
