// SPDX-License-Identifier: Apache-2.0
#include "economics/params.h"

#include "economics/basis_points.h"

namespace wald::economics {

const std::array<ParamBound, kParams>& param_bounds() {
  static constexpr std::array<ParamBound, kParams> kBounds = {{
      {"horizon", &Params::horizon, 1, 1000},
      {"min_stake", &Params::min_stake, 10'000'000, 1'000'000'000'000'000},
      {"threshold", &Params::threshold, 1, 1'000'000'000'000'000'000},
      {"max_members", &Params::max_members, 4, 1000},
      {"step_max", &Params::step_max, 1, 10'000},
      {"shift_bps", &Params::shift_bps, 0, 1000},
      {"shift_epochs", &Params::shift_epochs, 1, 32},
      {"price_step", &Params::price_step, 1, 10'000},
      {"burn_bps", &Params::burn_bps, 0, 2000},
      {"rho", &Params::rho, 0, 20'000},
      {"per_shard", &Params::per_shard, 0, 1'000'000'000'000'000},
      {"buyer", &Params::buyer, 0, 10'000},
      {"system", &Params::system, 0, 10'000},
      {"fund_cap", &Params::fund_cap, 0, kMaxAmount},
      {"repair_epochs", &Params::repair_epochs, 1, 12},
      {"bar_epochs", &Params::bar_epochs, 1, 26},
      {"reserve_bps", &Params::reserve_bps, 0, 5000},
      {"rounds", &Params::rounds, 2, 256},
      {"fraud_deposit", &Params::fraud_deposit, 10'000'000, 1'000'000'000'000},
      {"kappa", &Params::kappa, 2, 16},
      {"equivocation_bps", &Params::equivocation_bps, 0, 2000},
      {"false_attestation_bps", &Params::false_attestation_bps, 0, 2000},
      {"late_bad_bps", &Params::late_bad_bps, 0, 2000},
      {"slash_floor_bps", &Params::slash_floor_bps, 0, 10'000},
  }};
  static_assert(sizeof(Params) == kParams * sizeof(std::uint64_t));
  return kBounds;
}

Outcome<void> check_params(const Params& params) {
  for (const ParamBound& bound : param_bounds()) {
    const std::uint64_t value = params.*bound.field;
    if (value < bound.low || value > bound.high) return base::Err{Refusal::kOutOfBounds};
  }
  if (!subsidies_are_safe(params.rho, params.buyer, params.system)) {
    return base::Err{Refusal::kOutOfBounds};
  }
  return {};
}

bool subsidies_are_safe(std::uint64_t rho, std::uint64_t buyer, std::uint64_t system) {
  WALD_CHECK(buyer <= kBps && system <= kBps && rho <= 2 * kBps);
  // Largest term 3 * 10^8: 64 bits are plenty.
  return kBps * (kBps + system) + rho * (kBps - buyer) <= 3 * kBps * (kBps - buyer);
}

}  // namespace wald::economics
