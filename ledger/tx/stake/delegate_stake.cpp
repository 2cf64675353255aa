// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/stake/delegate_stake.h"

#include "ledger/accounts.h"
#include "ledger/laws/mutant.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<DelegateStake> DelegateStake::parse(const Message& message) {
  DelegateStake tx;
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  TRY_ASSIGN(tx.amount, amount_field(message.amount(), "amount"));
  tx.bond = message.bond();
  return tx;
}

base::Result<void, Rejected> DelegateStake::apply(Context& ctx) const {
  const auto record = load(ctx.state(), kNodes, node);
  if (!record) return ctx.reject(spec::UNKNOWN_NODE);
  if (bond && ctx.sender() != record->operator_account &&
      ctx.sender() != record->commission_account)
    return ctx.reject(spec::NOT_AUTHORITY);
  if (exists(ctx.state(), kQuarantine, node)) return ctx.reject(spec::POOL_QUARANTINED);

  economics::Stake stake;
  stake.id = ctx.new_object();
  stake.owner = ctx.sender();
  stake.node = node;
  stake.principal = amount;
  stake.bond = bond;
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
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), amount));

  stake_in(ctx, stake, std::move(pool), std::move(coin));

  spec::StakeDelegated event;
  event.set_stake(text_of(stake.id));
  event.set_owner(text_of(stake.owner));
  event.set_node(text_of(node));
  event.set_amount(amount.value());
  event.set_activation(stake.activation.value());
  event.set_bond(bond);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
