// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/resize_bucket.h"

#include "economics/resources.h"
#include "ledger/blobs.h"
#include "ledger/buckets.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

struct Change {
  BucketRecord before;
  Amount cost;
  std::optional<base::ObjectId> resource;  // that went in or came out
};

void settle(Context& ctx, const base::ObjectId& id, const BucketRecord& now, const Change& change) {
  save(ctx.state(), kBuckets, now, id);
  spec::BucketChanged event;
  event.set_bucket(text_of(id));
  event.set_owner(text_of(now.owner));
  event.set_by(text_of(ctx.sender()));
  event.set_size_before(change.before.size);
  event.set_size(now.size);
  event.set_end_before(change.before.end.value());
  event.set_end(now.end.value());
  event.set_cost(change.cost.value());
  event.set_certified(now.certified);
  if (change.resource) event.set_resource(text_of(*change.resource));
  ctx.emit(event);
}

}  // namespace

Parsed<GrowBucket> GrowBucket::parse(const Message& message) {
  GrowBucket tx;
  TRY_ASSIGN(tx.bucket, id_field<base::ObjectId>(message.bucket(), "bucket"));
  if (message.has_resource()) {
    if (message.has_size() || message.has_max_cost()) return malformed("resource");
    TRY_ASSIGN(tx.resource, id_field<base::ObjectId>(message.resource(), "resource"));
    return tx;
  }
  if (!message.has_size() || !message.has_max_cost()) return malformed("size");
  tx.size = message.size();
  TRY_ASSIGN(tx.max_cost, amount_field(message.max_cost(), "max_cost"));
  return tx;
}

base::Result<void, Rejected> GrowBucket::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(bucket);
  TRY_ASSIGN(BucketRecord record, open_bucket(ctx, id, BucketRight::kGrow));
  Change change{record, Amount(), std::nullopt};
  if (resource) {
    change.resource = ctx.resolve(*resource);
    TRY_ASSIGN(const ResourceRecord part, own_resource(ctx, *change.resource));
    if (part.end != record.end || part.start > ctx.epoch()) return ctx.reject(spec::BAD_FIT);
    drop_resource(ctx, *change.resource, part);
    record.size += part.size;  // both lie in the ring's use of one epoch: no overflow
    WALD_CHECK(record.size > part.size);
  } else {
    TRY_ASSIGN(change.cost, buy_for_bucket(ctx, {size, ctx.epoch(), record.end, max_cost}));
    record.size += size;
    WALD_CHECK(record.size > size);
  }
  settle(ctx, id, record, change);
  return {};
}

Parsed<ShrinkBucket> ShrinkBucket::parse(const Message& message) {
  ShrinkBucket tx;
  TRY_ASSIGN(tx.bucket, id_field<base::ObjectId>(message.bucket(), "bucket"));
  if (message.has_size() == message.has_percent()) return malformed("size");
  if (message.has_size()) tx.size = message.size();
  if (message.has_percent()) tx.percent = message.percent();
  return tx;
}

base::Result<void, Rejected> ShrinkBucket::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(bucket);
  TRY_ASSIGN(BucketRecord record, own_bucket(ctx, id));
  if (record.end <= ctx.epoch()) return ctx.reject(spec::BLOB_ENDED);
  std::uint64_t given = size.value_or(0);
  if (percent) {
    const auto part = economics::shrink(record.size, record.used, *percent);
    if (!part.ok()) return ctx.reject(part.error());
    given = part.value();
  } else if (given == 0) {
    return ctx.reject(spec::BAD_SIZE);
  }
  if (given > record.size - record.used) return ctx.reject(spec::BUCKET_FULL);
  // A bucket without bytes is nothing: it is destroyed instead.
  const auto parts =
      economics::split_size({record.start, record.end, record.size}, record.size - given);
  if (!parts.ok()) return ctx.reject(parts.error());
  const Change change{record, Amount(), ctx.new_object()};
  record.size = parts->self.size;
  put_resource(ctx, *change.resource,
               {record.owner, std::max(record.start, ctx.epoch()), record.end, given});
  settle(ctx, id, record, change);
  return {};
}

Parsed<ExtendBucket> ExtendBucket::parse(const Message& message) {
  ExtendBucket tx;
  TRY_ASSIGN(tx.bucket, id_field<base::ObjectId>(message.bucket(), "bucket"));
  tx.epochs = message.epochs();
  TRY_ASSIGN(tx.max_cost, amount_field(message.max_cost(), "max_cost"));
  return tx;
}

base::Result<void, Rejected> ExtendBucket::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(bucket);
  TRY_ASSIGN(BucketRecord record, open_bucket(ctx, id, BucketRight::kExtend));
  const auto asked =
      extension_of(ctx.state(), ctx.params(), ctx.epoch(), prolonged(record, epochs));
  if (!asked.ok()) return ctx.reject(asked.error().code, asked.error().facts);
  economics::PurchaseTerms terms = asked->terms;
  terms.max_cost = max_cost;
  TRY_ASSIGN(const economics::Purchase bought,
             buy_storage(ctx, asked->ring, terms, by_sender(ctx)));
  const Change change{record, bought.paid, std::nullopt};
  remove(ctx.state(), kExpiry, record.end, id);
  record.end = asked->until;
  save(ctx.state(), kExpiry, ExpiryRecord(), record.end, id);
  settle(ctx, id, record, change);
  return {};
}

}  // namespace wald::ledger::tx
