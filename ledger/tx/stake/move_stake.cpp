// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/stake/move_stake.h"

#include "ledger/signing.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/vesting.h"

namespace wald::ledger::tx {

Parsed<MoveStake> MoveStake::parse(const Message& message) {
  MoveStake tx;
  TRY_ASSIGN(tx.stake, id_field<base::ObjectId>(message.stake(), "stake"));
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  return tx;
}

base::Result<void, Rejected> MoveStake::apply(Context& ctx) const {
  TRY_ASSIGN(const economics::Stake before, own_stake(ctx, stake));
  if (!exists(ctx.state(), kNodes, node)) return ctx.reject(spec::UNKNOWN_NODE);
  if (exists(ctx.state(), kQuarantine, node)) return ctx.reject(spec::POOL_QUARANTINED);
  economics::Stake leaving = before;
  economics::Pool from = peek_pool(ctx.state(), before.node);
  economics::Pool to = peek_pool(ctx.state(), node);
  auto mint = mint_of(ctx.state(), before.node, before.activation);
  // Its number is taken only if it is made.
  const base::ObjectId next = object_id(ctx.tx(), ctx.objects_made());
  const auto moved = economics::move_stake(
      from, leaving, mint, moment(ctx.state()), node_view(ctx.state(), before.node),
      {node, to, node_view(ctx.state(), node), next}, ctx.params().economics);
  if (!moved.ok()) return ctx.reject(moved.error());
  if (moved->requested) {
    record_exit(ctx, {before, leaving, std::move(from), *moved->requested});
    return {};
  }
  const economics::Stake& staked = moved->staked.value();
  WALD_CHECK(ctx.new_object() == staked.id && staked.principal == moved->withdrawal.paid);
  Coin coin = pay_out(ctx, {before, std::move(from), mint, false, {}, moved->withdrawal});
  stake_in(ctx, staked, std::move(to), std::move(coin));
  note_moved(ctx, before, staked.principal);

  spec::StakeMoved event;
  event.set_stake(text_of(before.id));
  event.set_staked(text_of(staked.id));
  event.set_owner(text_of(staked.owner));
  event.set_from(text_of(before.node));
  event.set_to(text_of(node));
  event.set_amount(staked.principal.value());
  event.set_fee(moved->withdrawal.fee.value());
  event.set_activation(staked.activation.value());
  ctx.emit(event);
  emit_swept(ctx, before.node, moved->withdrawal.dust());
  return {};
}

}  // namespace wald::ledger::tx
