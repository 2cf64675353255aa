// SPDX-License-Identifier: Apache-2.0
#include "ledger/queries/projection.h"

#include "economics/schedule.h"

namespace wald::ledger::queries {

std::uint64_t start_of(const EpochClock& clock, base::Epoch epoch) {
  if (epoch <= clock.epoch) return clock.start.value();
  return clock.end().value() + (epoch.value() - clock.epoch.value() - 1) * clock.next_length;
}

base::Epoch next_unchosen(const EpochClock& clock) {
  return clock.selected ? clock.epoch.next().next() : clock.epoch.next();
}

Projection project(const Reader& state, const base::ChainId& chain, const Params& params,
                   base::Epoch target) {
  WALD_CHECK(target.value() > 0);
  const base::Epoch sits(target.value() - 1);
  Projection out{target, {}, {}, {}};
  if (auto known = load(state, kCommittees, sits)) out.present = *std::move(known);
  out.lost = epoch::lost_shards(state, out.present, sits, params.restore_epochs);
  out.choice = epoch::choose(state, chain, params, target, out.present, out.lost);
  return out;
}

Room room_beside(std::uint64_t used, const MarketRecord& market, const Params& params) {
  const auto left = [&](std::uint64_t room) { return room > used ? room - used : 0; };
  return {left(economics::room(market.capacity, params.economics.reserve_bps, 1, std::nullopt)),
          left(market.capacity)};
}

}  // namespace wald::ledger::queries
