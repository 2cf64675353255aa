// SPDX-License-Identifier: Apache-2.0
// All economic parameters: defaults, bounds, and the check a vote must pass (section 8 of
// specs/economics.md). They are state; a change takes effect with the next epoch, never inside one.
// Field order is the order of kParamBounds. Thread rule: plain values.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "economics/amount.h"

namespace wald::economics {

struct Params {
  std::uint64_t horizon = 53;                      // slots of the ring
  std::uint64_t min_stake = 1'000'000'000;         // FROST
  std::uint64_t threshold = 1'000'000'000'000;     // FROST, to be a candidate
  std::uint64_t max_members = 150;                 // candidates of one election
  std::uint64_t step_max = 500;                    // bps a commission may rise
  std::uint64_t shift_bps = 100;                   // early-exit fee at age 0
  std::uint64_t shift_epochs = 6;                  // K: age without fee
  std::uint64_t price_step = 2000;                 // bps a price may move per epoch
  std::uint64_t burn_bps = 300;                    // of slot 0
  std::uint64_t rho = 0;                           // subsidy on use, bps
  std::uint64_t per_shard = 0;                     // FROST per shard and epoch
  std::uint64_t buyer = 0;                         // purchase subsidy, bps
  std::uint64_t system = 0;                        // the same, to the slots bought
  std::uint64_t fund_cap = 5'000'000'000'000'000;  // FROST
  std::uint64_t repair_epochs = 2;                 // of storage price per lost shard
  std::uint64_t bar_epochs = 2;                    // elections a low standing costs
  std::uint64_t reserve_bps = 1000;                // of capacity kept for extensions
  std::uint64_t rounds = 14;                       // R, challenge rounds of an epoch
  std::uint64_t fraud_deposit = 1'000'000'000;     // FROST
  std::uint64_t kappa = 4;                         // fine for bad points, times reward
  std::uint64_t equivocation_bps = 500;            // slash base of each offence
  std::uint64_t false_attestation_bps = 500;
  std::uint64_t late_bad_bps = 100;
  std::uint64_t slash_floor_bps = 100;
  friend bool operator==(const Params&, const Params&) = default;
};

struct ParamBound {
  std::string_view name;  // as in votes, queries and documents
  std::uint64_t Params::*field;
  std::uint64_t low;
  std::uint64_t high;
};

inline constexpr std::size_t kParams = 24;
const std::array<ParamBound, kParams>& param_bounds();

// Every field within its bounds and the subsidies together within the bound of R-8; else
// kOutOfBounds.
Outcome<void> check_params(const Params& params);

// BPS*(BPS + system) + rho*(BPS - buyer) <= 3*BPS*(BPS - buyer), so that nobody with at most a
// third of all rewards gains by buying space he does not use.
bool subsidies_are_safe(std::uint64_t rho, std::uint64_t buyer, std::uint64_t system);

}  // namespace wald::economics
