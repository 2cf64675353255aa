// SPDX-License-Identifier: Apache-2.0
#include "ledger/money.h"

#include "ledger/laws/mutant.h"
#include "ledger/state/keys.h"
#include "specs/proto/event.pb.h"

namespace wald::ledger {

Coin Mint::genesis(Overlay& state, Amount supply) {
  WALD_CHECK(!exists(state, kSupply));
  SupplyRecord record;
  record.minted = Noted(supply);
  record.burned.resize(static_cast<std::size_t>(spec::BurnCause_ARRAYSIZE));
  save(state, kSupply, record);
  return Coin(supply, state);
}

void Mint::burn(Overlay& state, Coin coin, spec::BurnCause cause) {
  if (coin.amount_.is_zero()) return;
  thread_local SupplyRecord record;
  WALD_CHECK(load_into(record, state, kSupply));
  const auto at = static_cast<std::size_t>(cause);
  WALD_CHECK(at > 0 && at < record.burned.size());
  const Amount burned = std::exchange(coin.amount_, Amount());
  if (mutate("I1")) return;
  record.burned[at] = Noted(record.burned[at].amount().plus(burned).value());
  save(state, kSupply, record);
}

}  // namespace wald::ledger
