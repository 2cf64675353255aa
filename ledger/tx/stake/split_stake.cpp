// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/stake/split_stake.h"

#include "ledger/stakes.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<SplitStake> SplitStake::parse(const Message& message) {
  SplitStake tx;
  TRY_ASSIGN(tx.stake, id_field<base::ObjectId>(message.stake(), "stake"));
  TRY_ASSIGN(tx.amount, amount_field(message.amount(), "amount"));
  return tx;
}

base::Result<void, Rejected> SplitStake::apply(Context& ctx) const {
  TRY_ASSIGN(const economics::Stake whole, own_stake(ctx, stake));
  if (amount.is_zero() || amount >= whole.principal) return ctx.reject(spec::BAD_AMOUNT);
  TRY(split_off(ctx, whole, amount));
  return {};
}

}  // namespace wald::ledger::tx
