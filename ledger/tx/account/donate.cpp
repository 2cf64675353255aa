// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/donate.h"

#include "ledger/accounts.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

base::Result<void, Rejected> give(Context& ctx, Amount amount, const std::string& fund) {
  if (amount.is_zero()) return ctx.reject(spec::BAD_AMOUNT);
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), amount));
  add_to_fund(ctx.state(), fund, std::move(coin));
  spec::RewardDonated event;
  event.set_account(text_of(ctx.sender()));
  event.set_amount(amount.value());
  event.set_fund(fund);
  ctx.emit(event);
  return {};
}

}  // namespace

Parsed<AddSubsidy> AddSubsidy::parse(const Message& message) {
  TRY_ASSIGN(const Amount amount, amount_field(message.amount(), "amount"));
  return AddSubsidy{amount};
}

base::Result<void, Rejected> AddSubsidy::apply(Context& ctx) const {
  return give(ctx, amount, kFundSubsidy);
}

Parsed<AddTreasury> AddTreasury::parse(const Message& message) {
  TRY_ASSIGN(const Amount amount, amount_field(message.amount(), "amount"));
  return AddTreasury{amount};
}

base::Result<void, Rejected> AddTreasury::apply(Context& ctx) const {
  return give(ctx, amount, kFundTreasury);
}

}  // namespace wald::ledger::tx
