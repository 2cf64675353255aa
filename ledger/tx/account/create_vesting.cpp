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
  const base::ObjectId id = ctx.new_object();
  VestingRecord record = schedule;
  record.locked.put(std::move(coin));
  WALD_CHECK(record.locked.amount() == record.total.amount());
  save(ctx.state(), kVestings, record, id);
  save(ctx.state(), kOwned, OwnedRecord(), record.beneficiary, id);
  spec::TokenVestingCreated event;
  event.set_vesting(text_of(id));
  event.set_payer(text_of(ctx.sender()));
  event.set_beneficiary(text_of(record.beneficiary));
  event.set_amount(amount.value());
  event.set_start(record.start.value());
  event.set_cliff(record.cliff.value());
  event.set_end(record.end.value());
  event.set_steps(record.steps);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
