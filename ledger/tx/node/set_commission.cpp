// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/set_commission.h"

#include "ledger/laws/mutant.h"
#include "ledger/nodes.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<SetCommission> SetCommission::parse(const Message& message) {
  SetCommission tx;
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  tx.bps = message.commission();
  return tx;
}

base::Result<void, Rejected> SetCommission::apply(Context& ctx) const {
  TRY(operated_node(ctx, node));
  if (exists(ctx.state(), kQuarantine, node)) return ctx.reject(spec::POOL_QUARANTINED);
  if (bps > ctx.params().commission_max)
    return ctx.reject(spec::BAD_RATE, {{"most", std::to_string(ctx.params().commission_max)}});

  economics::Pool pool = peek_pool(ctx.state(), node);
  const std::uint32_t before = pool.rate.value();
  const auto target =
      economics::announce_rate(pool, bps, ctx.epoch(), ctx.params().economics.step_max);
  if (!target.ok()) return ctx.reject(target.error());
  if (mutate("I12")) pool.rate = pool.scheduled.at(target.value());
  OpenPool open = open_pool(ctx.state(), node);
  open.figures = std::move(pool);
  close_pool(ctx.state(), node, std::move(open));

  spec::NodeCommissionAnnounced event;
  event.set_node(text_of(node));
  event.set_before(before);
  event.set_after(bps);
  event.set_epoch(target->value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
