// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/create_bucket.h"

#include "ledger/blobs.h"
#include "ledger/buckets.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

struct Content {
  base::ObjectId resource_id;
  ResourceRecord resource;
  Amount cost;
};

base::Result<Content, Rejected> with_resource(Context& ctx, const base::ObjectId& id) {
  TRY_ASSIGN(const ResourceRecord resource, own_resource(ctx, id));
  if (ctx.epoch() < resource.start || ctx.epoch() >= resource.end)
    return ctx.reject(spec::RESOURCE_NOT_CURRENT);
  drop_resource(ctx, id, resource);
  return Content{id, resource, Amount()};
}

}  // namespace

Parsed<CreateBucket> CreateBucket::parse(const Message& message) {
  CreateBucket tx;
  const bool money = message.has_size() && message.has_epochs() && message.has_max_cost();
  if (message.has_resource()) {
    if (message.has_size() || message.has_epochs() || message.has_max_cost())
      return malformed("resource");
    TRY_ASSIGN(tx.resource, id_field<base::ObjectId>(message.resource(), "resource"));
    return tx;
  }
  if (!money) return malformed("size");
  tx.size = message.size();
  tx.epochs = message.epochs();
  TRY_ASSIGN(tx.max_cost, amount_field(message.max_cost(), "max_cost"));
  return tx;
}

base::Result<void, Rejected> CreateBucket::apply(Context& ctx) const {
  const base::Epoch now = ctx.epoch();
  const auto content = [&]() -> base::Result<Content, Rejected> {
    if (resource) return with_resource(ctx, ctx.resolve(*resource));
    if (epochs == 0 || epochs > ctx.params().economics.horizon) return ctx.reject(spec::BAD_RANGE);
    const base::Epoch end(now.value() + epochs);
    TRY_ASSIGN(const Amount cost, buy_for_bucket(ctx, {size, now, end, max_cost}));
    return Content{ctx.new_object(), {ctx.sender(), now, end, size}, cost};
  }();
  if (!content.ok()) return base::Err{content.error()};

  const base::ObjectId id = ctx.new_object();
  const ResourceRecord& inside = content->resource;
  BucketRecord bucket;
  bucket.owner = ctx.sender();
  bucket.resource_id = content->resource_id;
  bucket.start = inside.start;
  bucket.end = inside.end;
  bucket.size = inside.size;
  save(ctx.state(), kBuckets, bucket, id);
  save(ctx.state(), kOwned, OwnedRecord(), bucket.owner, id);
  save(ctx.state(), kExpiry, ExpiryRecord(), bucket.end, id);
  spec::BucketCreated event;
  event.set_bucket(text_of(id));
  event.set_owner(text_of(bucket.owner));
  event.set_resource(text_of(bucket.resource_id));
  event.set_start(bucket.start.value());
  event.set_end(bucket.end.value());
  event.set_size(bucket.size);
  event.set_cost(content->cost.value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
