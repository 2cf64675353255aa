// SPDX-License-Identifier: Apache-2.0
// Money in and out of accounts (U-9): the only code that touches a balance. Refusals come first and
// leave nothing changed; a withdrawal is a Coin that must reach another place.
#pragma once

#include "ledger/context.h"
#include "ledger/state/account.h"

namespace wald::ledger {

// INSUFFICIENT unless `from` holds at least `amount`.
base::Result<Coin, Rejected> withdraw(Context& ctx, const base::AccountId& from, Amount amount);

// Into an account that exists (CHECK): payments to owners and named receivers.
void deposit(Context& ctx, const base::AccountId& to, Coin coin);

// What crediting `to` costs the sender on top of `amount`: nothing, or the creation fee of a new
// account. BELOW_ACCOUNT_MIN where the first credit is under `account_min`.
base::Result<Amount, Rejected> creation_cost(Context& ctx, const base::AccountId& to,
                                             Amount amount);

// BELOW_ACCOUNT_MIN unless the account named exists (U-9).
base::Result<void, Rejected> require_account(Context& ctx, const base::AccountId& named);

}  // namespace wald::ledger
