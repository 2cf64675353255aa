// SPDX-License-Identifier: Apache-2.0
// What an epoch opens with: the parameters voted for it (G-5), and prices and capacity by the votes
// of its committee (V-2 to V-4). Thread rule: one block at a time.
#pragma once

#include "economics/boundary.h"
#include "ledger/context.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {

// Pending parameter values due in `opening` come into force (G-7).
void turn_params(Overlay& state, base::Epoch opening);

struct MarketChange {
  MarketRecord before;
  MarketRecord after;
  std::uint64_t storage_target = 0;  // what the votes ask for; without a quorum what stands
  std::uint64_t write_target = 0;
  std::uint64_t capacity_target = 0;
  std::uint64_t largest_used = 0;  // over the ring
};
// Writes the market record of `opening`, whose committee is chosen.
MarketChange revise_market(Overlay& state, base::Epoch opening, const Params& params);
// epoch.paramsFixed, storage.priceChanged, storage.capacityChanged.
void report_market(Context& ctx, base::Epoch opening, const MarketChange& change);

}  // namespace wald::ledger::epoch
