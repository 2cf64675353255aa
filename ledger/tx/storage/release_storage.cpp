// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/release_storage.h"

#include "ledger/blobs.h"
#include "ledger/ring.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<ReleaseStorage> ReleaseStorage::parse(const Message& message) {
  ReleaseStorage tx;
  TRY_ASSIGN(tx.resource, id_field<base::ObjectId>(message.resource(), "resource"));
  return tx;
}

base::Result<void, Rejected> ReleaseStorage::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(resource);
  TRY_ASSIGN(const ResourceRecord record, own_resource(ctx, id));
  const base::Epoch now = ctx.epoch();
  const base::Epoch from = std::max(record.start, now);
  if (from < record.end) {
    const economics::Ring before = load_ring(ctx.state(), now, ctx.params().economics.horizon);
    economics::Ring after = before;
    // It was sold in these epochs, so they are in the ring and hold its bytes.
    const auto range = economics::slots_of(after, from, record.end);
    WALD_CHECK(range.ok() && economics::release(after, range.value(), record.size).ok());
    save_ring(ctx.state(), before, after, Coin::none(ctx.state()));
  }
  drop_resource(ctx, id, record);
  spec::StorageReleased event;
  event.set_resource(text_of(id));
  event.set_owner(text_of(record.owner));
  event.set_start(from.value());
  event.set_end(record.end.value());
  event.set_size(record.size);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
