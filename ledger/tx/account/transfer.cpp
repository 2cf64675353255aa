// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/transfer.h"

#include "ledger/accounts.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<Transfer> Transfer::parse(const Message& message) {
  Transfer tx;
  TRY_ASSIGN(tx.to, id_field<base::AccountId>(message.to(), "to"));
  TRY_ASSIGN(tx.amount, amount_field(message.amount(), "amount"));
  return tx;
}

base::Result<void, Rejected> Transfer::apply(Context& ctx) const {
  if (amount.is_zero()) return ctx.reject(spec::BAD_AMOUNT);
  if (to == ctx.sender()) return ctx.reject(spec::SAME_TARGET);
  const bool fresh = !exists(ctx.state(), kAccounts, to);
  TRY_ASSIGN(const Amount creation, creation_cost(ctx, to, amount));
  const auto total = amount.plus(creation);
  if (!total.ok()) return ctx.reject(total.error());
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), total.value()));

  if (fresh) {
    Mint::burn(ctx.state(), coin.split(creation), spec::BURN_ACCOUNT);
    save(ctx.state(), kAccounts, AccountRecord(), to);
  }
  deposit(ctx, to, std::move(coin));

  if (fresh) {
    spec::AccountCreated created;
    created.set_account(text_of(to));
    created.set_amount(amount.value());
    created.set_fee(creation.value());
    created.set_payer(text_of(ctx.sender()));
    ctx.emit(created);
  }
  ctx.emit<spec::AccountTransferred>([&](spec::AccountTransferred& moved) {
    moved.mutable_from()->assign(base::as_text(ctx.sender().view()));
    moved.mutable_to()->assign(base::as_text(to.view()));
    moved.set_amount(amount.value());
  });
  return {};
}

}  // namespace wald::ledger::tx
