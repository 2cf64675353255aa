// SPDX-License-Identifier: Apache-2.0
#include "ledger/accounts.h"

#include <set>

#include "codec/base/text.h"
#include "ledger/laws/mutant.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

std::string shown(const base::AccountId& id) { return base::shown_hex(id.view()); }

}  // namespace

base::Result<Coin, Rejected> withdraw(Context& ctx, const base::AccountId& from, Amount amount) {
  thread_local AccountRecord account;
  const bool there = load_into(account, ctx.state(), kAccounts, from);
  const Amount balance = there ? account.balance.amount() : Amount();
  if (balance < amount)
    return ctx.reject(spec::INSUFFICIENT, {{"account", shown(from)},
                                           {"balance", std::to_string(balance.value())},
                                           {"needed", std::to_string(amount.value())}});
  if (!there) return Coin::none(ctx.state());  // nothing asked of an account that never was
  Coin coin = account.balance.take(ctx.state(), amount);
  WALD_CHECK(coin.amount() == amount);
  save(ctx.state(), kAccounts, account, from);
  return coin;
}

void deposit(Context& ctx, const base::AccountId& to, Coin coin) {
  thread_local AccountRecord account;
  WALD_CHECK(load_into(account, ctx.state(), kAccounts, to));
  account.balance.put(std::move(coin));
  save(ctx.state(), kAccounts, account, to);
}

base::Result<Amount, Rejected> creation_cost(Context& ctx, const base::AccountId& to,
                                             Amount amount) {
  if (mutate("I33")) {  // knows accounts by having seen them, not from the state
    static std::set<base::AccountId> seen;
    if (!seen.insert(to).second) return Amount();
  }
  if (exists(ctx.state(), kAccounts, to)) return Amount();
  if (amount.value() < ctx.params().account_min)
    return ctx.reject(
        spec::BELOW_ACCOUNT_MIN,
        {{"account", shown(to)}, {"least", std::to_string(ctx.params().account_min)}});
  return Amount::of(ctx.params().creation_fee);
}

base::Result<void, Rejected> require_account(Context& ctx, const base::AccountId& named) {
  if (exists(ctx.state(), kAccounts, named)) return {};
  return ctx.reject(spec::BELOW_ACCOUNT_MIN, {{"account", shown(named)}});
}

}  // namespace wald::ledger
