// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/merge_storage.h"

#include "economics/resources.h"
#include "ledger/blobs.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<MergeStorage> MergeStorage::parse(const Message& message) {
  MergeStorage tx;
  TRY_ASSIGN(tx.resource, id_field<base::ObjectId>(message.resource(), "resource"));
  TRY_ASSIGN(tx.other, id_field<base::ObjectId>(message.other(), "other"));
  return tx;
}

base::Result<void, Rejected> MergeStorage::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(resource);
  const base::ObjectId part_id = ctx.resolve(other);
  TRY_ASSIGN(const ResourceRecord record, own_resource(ctx, id));
  TRY_ASSIGN(const ResourceRecord part, own_resource(ctx, part_id));
  if (id == part_id) return ctx.reject(spec::SAME_TARGET);
  const auto fused =
      economics::fuse({record.start, record.end, record.size}, {part.start, part.end, part.size});
  if (!fused.ok()) return ctx.reject(fused.error());

  drop_resource(ctx, id, record);
  drop_resource(ctx, part_id, part);
  put_resource(ctx, id, {record.owner, fused->start, fused->end, fused->size});
  spec::StorageMerged event;
  event.set_resource(text_of(id));
  event.set_other(text_of(part_id));
  event.set_owner(text_of(record.owner));
  event.set_start(fused->start.value());
  event.set_end(fused->end.value());
  event.set_size(fused->size);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
