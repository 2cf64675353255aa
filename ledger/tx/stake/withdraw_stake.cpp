// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/stake/withdraw_stake.h"

#include "ledger/accounts.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/items.h"
#include "ledger/tx/parse.h"
#include "ledger/vesting.h"

namespace wald::ledger::tx {
namespace {

void emit_withdrawn(Context& ctx, const economics::Stake& stake, const economics::Withdrawal& paid,
                    Amount refilled) {
  spec::StakeWithdrawn event;
  event.set_stake(text_of(stake.id));
  event.set_owner(text_of(stake.owner));
  event.set_node(text_of(stake.node));
  event.set_principal(stake.principal.value());
  if (paid.gross >= stake.principal)
    event.set_gain(paid.gross.value() - stake.principal.value());
  else
    event.set_loss(stake.principal.value() - paid.gross.value());
  event.set_fee(paid.fee.value());
  if (stake.vesting) event.set_vesting(text_of(*stake.vesting));
  event.set_refilled(refilled.value());
  ctx.emit(event);
}

base::Result<void, Rejected> take_out(Context& ctx, const base::ObjectId& named) {
  TRY_ASSIGN(const economics::Stake stake, own_stake(ctx, named));
  auto mint = mint_of(ctx.state(), stake.node, stake.activation);
  auto claim = stake.leaving ? claim_of(ctx.state(), stake.node, stake.leaving->exit)
                             : std::optional<economics::Claim>();
  const bool had_claim = claim.has_value();
  economics::Pool pool = peek_pool(ctx.state(), stake.node);
  economics::Stake gone = stake;
  const auto paid = economics::withdraw(pool, gone, mint, claim, moment(ctx.state()),
                                        node_view(ctx.state(), stake.node), ctx.params().economics);
  if (!paid.ok()) return ctx.reject(paid.error());
  WALD_CHECK(had_claim || !claim);  // a withdrawal makes no claim
  Coin coin = pay_out(ctx, {stake, std::move(pool), mint, had_claim, claim, paid.value()});
  const Amount refilled = refill(ctx, gone, coin);
  deposit(ctx, stake.owner, std::move(coin));
  emit_withdrawn(ctx, stake, paid.value(), refilled);
  emit_swept(ctx, stake.node, paid->dust());
  return {};
}

}  // namespace

Parsed<WithdrawStake> WithdrawStake::parse(const Message& message) {
  WithdrawStake tx;
  for (const auto& stake : message.stakes()) {
    TRY_ASSIGN(const auto id, id_field<base::ObjectId>(stake, "stakes"));
    tx.stakes.push_back(id);
  }
  if (tx.stakes.empty() || tx.stakes.size() > 64) return malformed("stakes");
  return tx;
}

base::Result<void, Rejected> WithdrawStake::apply(Context& ctx) const {
  TRY(each_alone(ctx, stakes.size(),
                 [&](Context& inner, std::size_t i) { return take_out(inner, stakes[i]); }));
  return {};
}

}  // namespace wald::ledger::tx
