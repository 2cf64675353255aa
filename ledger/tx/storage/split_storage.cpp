// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/split_storage.h"

#include "economics/resources.h"
#include "ledger/blobs.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<SplitStorage> SplitStorage::parse(const Message& message) {
  SplitStorage tx;
  TRY_ASSIGN(tx.resource, id_field<base::ObjectId>(message.resource(), "resource"));
  if (message.has_epoch() == message.has_size()) return malformed("epoch");
  if (message.has_epoch()) tx.epoch = base::Epoch(message.epoch());
  if (message.has_size()) tx.size = message.size();
  return tx;
}

base::Result<void, Rejected> SplitStorage::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(resource);
  TRY_ASSIGN(const ResourceRecord record, own_resource(ctx, id));
  if (size == std::uint64_t{0}) return ctx.reject(spec::BAD_SIZE);
  const economics::Resource whole{record.start, record.end, record.size};
  const auto parts =
      epoch ? economics::split_epoch(whole, *epoch) : economics::split_size(whole, size.value());
  if (!parts.ok()) return ctx.reject(parts.error());

  const auto& [self, other] = parts.value();
  const base::ObjectId part = ctx.new_object();
  drop_resource(ctx, id, record);
  put_resource(ctx, id, {record.owner, self.start, self.end, self.size});
  put_resource(ctx, part, {record.owner, other.start, other.end, other.size});
  spec::StorageSplit event;
  event.set_resource(text_of(id));
  event.set_part(text_of(part));
  event.set_owner(text_of(record.owner));
  event.set_start(other.start.value());
  event.set_end(other.end.value());
  event.set_size(other.size);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
