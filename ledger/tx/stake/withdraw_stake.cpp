// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/stake/withdraw_stake.h"

#include "ledger/accounts.h"
#include "ledger/laws/mutant.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

void emit_withdrawn(Context& ctx, const economics::Stake& stake,
                    const economics::Withdrawal& paid) {
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
  ctx.emit(event);
}

base::Result<void, Rejected> pay_out(Context& ctx, const base::ObjectId& named) {
  TRY_ASSIGN(economics::Stake stake, own_stake(ctx, named));
  auto mint = mint_of(ctx.state(), stake.node, stake.activation);
  const std::optional<base::Epoch> exit =
      stake.leaving ? std::optional(stake.leaving->exit) : std::nullopt;
  auto claim = exit ? claim_of(ctx.state(), stake.node, *exit) : std::nullopt;
  const bool had_claim = claim.has_value();
  economics::Pool pool = peek_pool(ctx.state(), stake.node);
  const auto paid = economics::withdraw(pool, stake, mint, claim, moment(ctx.state()),
                                        node_view(ctx.state(), stake.node), ctx.params().economics);
  if (!paid.ok()) return ctx.reject(paid.error());

  // A claim rounds up: one FROST of those who stay.
  const bool more = mutate("I6") && pool.active > Amount::of(1) && !pool.shares.is_zero();
  if (more) {
    pool.active = pool.active.minus(Amount::of(1)).value();
    pool.vault = pool.vault.minus(Amount::of(1)).value();
  }
  WALD_CHECK(had_claim || !claim);  // a withdrawal makes no claim

  OpenPool open = open_pool(ctx.state(), stake.node);
  open.figures = std::move(pool);
  Coin to_owner = open.money.split(paid->paid);
  if (more) to_owner.add(open.money.split(Amount::of(1)));
  Coin burned = open.money.split(paid->burned);
  Coin to_bonus = open.money.split(paid->to_bonus);
  Coin dust = open.money.split(paid->rest);
  dust.add(open.money.split(paid->swept));
  const Amount swept = dust.amount();
  close_pool(ctx.state(), stake.node, std::move(open));
  if (mint) save_mint(ctx.state(), stake.node, stake.activation, *mint);
  if (had_claim) save_claim(ctx.state(), stake.node, *exit, claim);
  Mint::burn(ctx.state(), std::move(burned), spec::BURN_SHIFT);
  add_to_fund(ctx.state(), kFundBonus, std::move(to_bonus));
  deposit(ctx, stake.owner, std::move(to_owner));
  sink(ctx.state(), ctx.params(), std::move(dust), spec::BURN_DUST);
  if (!mutate("I8")) remove(ctx.state(), kStakes, stake.id);
  remove(ctx.state(), kOwned, stake.owner, stake.id);

  emit_withdrawn(ctx, stake, paid.value());
  if (!swept.is_zero()) {
    spec::PoolDustSwept event;
    event.set_node(text_of(stake.node));
    event.set_amount(swept.value());
    ctx.emit(event);
  }
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
  std::size_t paid = 0;
  for (std::size_t i = 0; i < stakes.size(); ++i)
    if (ctx.attempt(static_cast<std::uint32_t>(i),
                    [&](Context& inner) { return pay_out(inner, stakes[i]); }))
      ++paid;
  if (paid > 0) return {};
  const auto items = ctx.take_items();
  WALD_CHECK(!items.empty());
  return ctx.reject(items.begin()->second.code, items.begin()->second.facts);
}

}  // namespace wald::ledger::tx
