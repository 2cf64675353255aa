// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/create_vesting.h"

#include "ledger/accounts.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/vesting.h"

namespace wald::ledger::tx {

Parsed<CreateVesting> CreateVesting::parse(const Message& message) {
  CreateVesting tx;
  TRY_ASSIGN(tx.schedule.beneficiary,
             id_field<base::AccountId>(message.beneficiary(), "beneficiary"));
  TRY_ASSIGN(const Amount amount, amount_field(message.amount(), "amount"));
  tx.schedule.total = Noted(amount);
  tx.schedule.start = base::TimeMs(message.start());
  tx.schedule.cliff = base::TimeMs(message.cliff());
  tx.schedule.end = base::TimeMs(message.end());
  tx.schedule.steps = message.steps();
  return tx;
}

base::Result<void, Rejected> CreateVesting::apply(Context& ctx) const {
  const Amount amount = schedule.total.amount();
  if (amount.is_zero()) return ctx.reject(spec::BAD_AMOUNT);
  if (!is_schedule(schedule)) return ctx.reject(spec::BAD_SCHEDULE);
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), amount));
  lock(ctx, schedule, std::move(coin));
  return {};
}

}  // namespace wald::ledger::tx
