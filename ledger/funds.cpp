// SPDX-License-Identifier: Apache-2.0
#include "ledger/funds.h"

#include "ledger/stakes.h"
#include "ledger/state/keys.h"

namespace wald::ledger {

Amount fund_amount(const Reader& state, const std::string& name) {
  return must_load(state, kFunds, name).amount.amount();
}

Coin out_of_fund(Overlay& state, const std::string& name, Amount amount) {
  FundRecord fund = must_load(state, kFunds, name);
  Coin coin = fund.amount.take(state, amount);
  save(state, kFunds, fund, name);
  return coin;
}

economics::Halves book_shift_fee(Overlay& state, Coin fee) {
  const economics::Halves halves = economics::halves(fee.amount());
  Mint::burn(state, fee.split(halves.burn), spec::BURN_SHIFT);
  WALD_CHECK(fee.amount() == halves.rest);
  add_to_fund(state, kFundBonus, std::move(fee));
  return halves;
}

void emit_burned(Context& ctx, spec::BurnCause cause, Amount amount) {
  if (amount.is_zero()) return;
  spec::TokenBurned burned;
  burned.set_cause(cause);
  burned.set_amount(amount.value());
  ctx.emit(burned);
}

}  // namespace wald::ledger
