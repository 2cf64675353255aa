// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/stake/request_exit.h"

#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<RequestExit> RequestExit::parse(const Message& message) {
  RequestExit tx;
  TRY_ASSIGN(tx.stake, id_field<base::ObjectId>(message.stake(), "stake"));
  if (message.has_amount()) {
    TRY_ASSIGN(tx.amount, amount_field(message.amount(), "amount"));
  }
  return tx;
}

base::Result<void, Rejected> RequestExit::apply(Context& ctx) const {
  TRY_ASSIGN(economics::Stake leaving, own_stake(ctx, stake));
  if (amount && (amount->is_zero() || *amount > leaving.principal))
    return ctx.reject(spec::BAD_AMOUNT);
  if (amount && *amount < leaving.principal) {
    TRY_ASSIGN(leaving, split_off(ctx, leaving, *amount));
  }
  const economics::Stake before = leaving;
  economics::Pool pool = peek_pool(ctx.state(), leaving.node);
  const auto mint = mint_of(ctx.state(), leaving.node, leaving.activation);
  const auto way =
      economics::request_exit(pool, leaving, mint, moment(ctx.state()),
                              node_view(ctx.state(), leaving.node), ctx.params().economics);
  if (!way.ok()) return ctx.reject(way.error());

  record_exit(ctx, {before, leaving, std::move(pool), way.value()});
  return {};
}

}  // namespace wald::ledger::tx
