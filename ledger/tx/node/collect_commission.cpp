// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/collect_commission.h"

#include "economics/penalties.h"
#include "ledger/accounts.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<CollectCommission> CollectCommission::parse(const Message& message) {
  CollectCommission tx;
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  return tx;
}

base::Result<void, Rejected> CollectCommission::apply(Context& ctx) const {
  const auto record = load(ctx.state(), kNodes, node);
  if (!record) return ctx.reject(spec::UNKNOWN_NODE);
  if (ctx.sender() != record->commission_account) return ctx.reject(spec::NOT_AUTHORITY);
  if (exists(ctx.state(), kQuarantine, node)) return ctx.reject(spec::POOL_QUARANTINED);
  if (peek_pool(ctx.state(), node).free.is_zero()) return ctx.reject(spec::NOTHING_TO_COLLECT);

  OpenPool open = open_pool(ctx.state(), node);
  const Amount amount = economics::collect(open.figures);
  Coin coin = open.money.split(amount);
  close_pool(ctx.state(), node, std::move(open));
  deposit(ctx, record->commission_account, std::move(coin));

  spec::CommissionCollected event;
  event.set_node(text_of(node));
  event.set_account(text_of(record->commission_account));
  event.set_amount(amount.value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
