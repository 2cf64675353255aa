// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/first.h"

#include "ledger/state/keys.h"

namespace wald::ledger::epoch {

base::Result<void, GenesisError> first(Overlay& state, const base::ChainId&, const Params& params,
                                       const spec::Genesis& document, Coin&) {
  ChainRecord chain = must_load(state, kChain);
  chain.clock.start = base::TimeMs(document.start_ms());
  chain.clock.length = params.epoch_zero;
  chain.clock.next_length = params.epoch_length;
  save(state, kChain, chain);
  for (std::uint32_t k = 0; k < params.economics.horizon; ++k)
    save(state, kRing, RingSlot(), base::Epoch(k));
  MarketRecord market;
  market.storage_price = Noted(Amount::of(100'000));
  market.write_price = Noted(Amount::of(20'000));
  save(state, kMarket, market);
  save(state, kIndexTop, IndexTop());
  return {};
}

}  // namespace wald::ledger::epoch
