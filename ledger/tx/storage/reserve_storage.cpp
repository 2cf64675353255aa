// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/reserve_storage.h"

#include "ledger/blobs.h"
#include "ledger/ring.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<ReserveStorage> ReserveStorage::parse(const Message& message) {
  ReserveStorage tx;
  tx.size = message.size();
  tx.start = base::Epoch(message.start());
  tx.end = base::Epoch(message.end());
  TRY_ASSIGN(tx.max_cost, amount_field(message.max_cost(), "max_cost"));
  return tx;
}

base::Result<void, Rejected> ReserveStorage::apply(Context& ctx) const {
  const base::Epoch now = ctx.epoch();
  const base::Epoch from = std::max(start, now);
  const economics::Ring ring = load_ring(ctx.state(), now, ctx.params().economics.horizon);
  const auto range = economics::slots_of(ring, from, end);
  if (!range.ok()) return ctx.reject(range.error());
  const MarketRecord market = must_load(ctx.state(), kMarket);
  TRY_ASSIGN(const economics::Purchase bought,
             buy_storage(ctx, ring,
                         {size, range.value(), std::nullopt, max_cost,
                          market.storage_price.amount().value(), market.capacity},
                         by_sender(ctx)));

  WALD_CHECK(from < end && size > 0);  // slots_of and buy refused the rest
  const base::ObjectId id = ctx.new_object();
  put_resource(ctx, id, {ctx.sender(), from, end, size});
  spec::StorageReserved event;
  event.set_resource(text_of(id));
  event.set_owner(text_of(ctx.sender()));
  event.set_start(from.value());
  event.set_end(end.value());
  event.set_size(size);
  event.set_cost(bought.paid.value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
