// SPDX-License-Identifier: Apache-2.0
// What would be: the next committee by today's stake, the cost of storage. Asked of the functions
// that do it, on copies.
#include "economics/pricing.h"
#include "ledger/queries.h"
#include "ledger/queries/projection.h"
#include "ledger/ring.h"

namespace wald::ledger::queries {

std::optional<spec::Committee> projected_committee(const Reader& state,
                                                   const base::ChainId& chain) {
  const base::Epoch target = next_unchosen(must_load(state, kChain).clock);
  const Projection seen = project(state, chain, load_params(state), target);
  if (seen.choice.committee.members.empty()) return std::nullopt;
  return committee_of(state, target, seen.choice.committee);
}

base::Result<spec::StorageEstimate, Refused> estimate_storage(const Reader& state,
                                                              std::uint64_t size, base::Epoch start,
                                                              base::Epoch end) {
  const base::Epoch now = must_load(state, kChain).clock.epoch;
  const Params params = load_params(state);
  const MarketRecord market = must_load(state, kMarket);
  const base::Epoch from = std::max(start, now);
  economics::Ring ring = load_ring(state, now, params.economics.horizon);
  const auto range = economics::slots_of(ring, from, end);
  if (!range.ok()) return base::Err{from_economics(range.error())};
  const std::uint64_t price = market.storage_price.amount().value();
  const auto bought =
      economics::buy(ring, {size, *range, std::nullopt, std::nullopt, price, market.capacity},
                     must_load(state, kFunds, kFundSubsidy).amount.amount(), params.economics);
  if (!bought.ok()) return base::Err{from_economics(bought.error())};
  const auto write = economics::write_fee(size, market.write_price.amount().value());
  if (!write.ok()) return base::Err{from_economics(write.error())};
  spec::StorageEstimate out;
  out.set_size(size);
  out.set_start(from.value());
  out.set_end(end.value());
  out.set_units(economics::units(size).value());
  out.set_storage_price(price);
  out.set_per_epoch(bought->per_epoch.value());
  out.set_total(bought->total.value());
  out.set_subsidy(bought->buyer_part.value());
  out.set_cost(bought->paid.value());
  out.set_write_fee(write->value());
  WALD_CHECK(bought->buyer_part.value() + bought->paid.value() == bought->total.value());
  return out;
}

}  // namespace wald::ledger::queries
