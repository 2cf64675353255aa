// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/gov/foundation_spend.h"

#include "ledger/accounts.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<FoundationSpend> FoundationSpend::parse(const Message& message) {
  FoundationSpend tx;
  TRY_ASSIGN(tx.payee, id_field<base::AccountId>(message.payee(), "payee"));
  TRY_ASSIGN(tx.amount, amount_field(message.amount(), "amount"));
  return tx;
}

base::Result<void, Rejected> FoundationSpend::apply(Context& ctx) const {
  TRY_ASSIGN(FoundationRecord foundation, require_foundation(ctx));
  TRY(require_account(ctx, payee));
  const Amount before = foundation.spent_in == ctx.epoch() ? foundation.spent.amount() : Amount();
  const auto spent = before.plus(amount);
  if (amount.is_zero() || !spent.ok() || spent->value() > ctx.params().foundation_spend)
    return ctx.reject(spec::OUT_OF_BOUNDS,
                      {{"limit", std::to_string(ctx.params().foundation_spend)},
                       {"spent", std::to_string(before.value())}});
  FundRecord treasury = must_load(ctx.state(), kFunds, kFundTreasury);
  if (treasury.amount.amount() < amount) return ctx.reject(spec::INSUFFICIENT);

  Coin coin = treasury.amount.take(ctx.state(), amount);
  save(ctx.state(), kFunds, treasury, kFundTreasury);
  deposit(ctx, payee, std::move(coin));
  foundation.spent_in = ctx.epoch();
  foundation.spent = Noted(spent.value());
  save(ctx.state(), kFoundation, foundation);
  spec::GovSpent event;
  event.set_account(text_of(ctx.sender()));
  event.set_payee(text_of(payee));
  event.set_amount(amount.value());
  event.set_spent(spent->value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
