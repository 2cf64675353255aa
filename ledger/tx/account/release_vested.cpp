// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/release_vested.h"

#include "ledger/accounts.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/vesting.h"

namespace wald::ledger::tx {

Parsed<ReleaseVested> ReleaseVested::parse(const Message& message) {
  TRY_ASSIGN(const auto vesting, id_field<base::ObjectId>(message.vesting(), "vesting"));
  return ReleaseVested{vesting};
}

base::Result<void, Rejected> ReleaseVested::apply(Context& ctx) const {
  TRY_ASSIGN(VestingRecord record, own_vesting(ctx, vesting));
  const Amount amount = releasable(record, ctx.block().time);
  if (amount.is_zero()) return ctx.reject(spec::NOT_VESTED);
  const base::ObjectId id = ctx.resolve(vesting);
  deposit(ctx, record.beneficiary, record.locked.take(ctx.state(), amount));
  record.released = Noted(record.released.amount().plus(amount).value());
  const bool ended = save_or_end(ctx, record, id);
  spec::TokenVestingReleased event;
  event.set_vesting(text_of(id));
  event.set_beneficiary(text_of(record.beneficiary));
  event.set_amount(amount.value());
  event.set_ended(ended);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
