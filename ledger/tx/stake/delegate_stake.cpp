// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/stake/delegate_stake.h"

#include "ledger/accounts.h"
#include "ledger/laws/mutant.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/vesting.h"

namespace wald::ledger::tx {

Parsed<DelegateStake> DelegateStake::parse(const Message& message) {
  DelegateStake tx;
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  TRY_ASSIGN(tx.amount, amount_field(message.amount(), "amount"));
  tx.bond = message.bond();
  if (!message.vesting().empty()) {
    TRY_ASSIGN(tx.vesting, id_field<base::ObjectId>(message.vesting(), "vesting"));
    // A top-up joins the bond and a charge may end it: neither can go back to where it came from.
    if (tx.bond) return malformed("vesting");
  }
  return tx;
}

base::Result<void, Rejected> DelegateStake::apply(Context& ctx) const {
  const auto record = load(ctx.state(), kNodes, node);
  if (!record) return ctx.reject(spec::UNKNOWN_NODE);
  if (bond && ctx.sender() != record->operator_account &&
      ctx.sender() != record->commission_account)
    return ctx.reject(spec::NOT_AUTHORITY);
  if (exists(ctx.state(), kQuarantine, node)) return ctx.reject(spec::POOL_QUARANTINED);
  if (vesting) TRY(own_vesting(ctx, *vesting));

  economics::Stake stake;
  stake.id = ctx.new_object();
  stake.owner = ctx.sender();
  stake.node = node;
  stake.principal = amount;
  stake.bond = bond;
  if (vesting) stake.vesting = ctx.resolve(*vesting);
  economics::Pool pool = peek_pool(ctx.state(), node);
  const auto activation =
      economics::accept_stake(pool, {stake.id, amount, bond}, moment(ctx.state()),
                              node_view(ctx.state(), node), ctx.params().economics);
  if (!activation.ok()) return ctx.reject(activation.error());
  if (mutate("I13")) {
    pool.pend[base::Epoch(ctx.epoch().value() + 3)] = pool.pend[activation.value()];
    pool.pend.erase(activation.value());
  }
  stake.activation = activation.value();
  TRY_ASSIGN(Coin coin, stake.vesting ? take_to_stake(ctx, *stake.vesting, amount)
                                      : withdraw(ctx, ctx.sender(), amount));

  stake_in(ctx, stake, std::move(pool), std::move(coin));

  spec::StakeDelegated event;
  event.set_stake(text_of(stake.id));
  event.set_owner(text_of(stake.owner));
  event.set_node(text_of(node));
  event.set_amount(amount.value());
  event.set_activation(stake.activation.value());
  event.set_bond(bond);
  if (stake.vesting) event.set_vesting(text_of(*stake.vesting));
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
