// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/burn.h"

#include "ledger/accounts.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<Burn> Burn::parse(const Message& message) {
  Burn tx;
  TRY_ASSIGN(tx.amount, amount_field(message.amount(), "amount"));
  return tx;
}

base::Result<void, Rejected> Burn::apply(Context& ctx) const {
  if (amount.is_zero()) return ctx.reject(spec::BAD_AMOUNT);
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), amount));
  Mint::burn(ctx.state(), std::move(coin), spec::BURN_REQUEST);
  spec::TokenBurned burned;
  burned.set_cause(spec::BURN_REQUEST);
  burned.set_amount(amount.value());
  ctx.emit(burned);
  return {};
}

}  // namespace wald::ledger::tx
