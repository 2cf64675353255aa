// SPDX-License-Identifier: Apache-2.0
#include "ledger/buckets.h"

#include "ledger/blobs.h"
#include "ledger/ring.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

std::uint8_t bit(BucketRight right) { return static_cast<std::uint8_t>(right); }

}  // namespace

std::uint8_t rights_bits(const spec::BucketRights& rights) {
  unsigned bits = 0;
  if (rights.register_blobs()) bits |= bit(BucketRight::kRegister);
  if (rights.delete_blobs()) bits |= bit(BucketRight::kDelete);
  if (rights.extend()) bits |= bit(BucketRight::kExtend);
  if (rights.grow()) bits |= bit(BucketRight::kGrow);
  if (rights.attributes()) bits |= bit(BucketRight::kDescribe);
  return static_cast<std::uint8_t>(bits);
}

spec::BucketRights rights_message(std::uint8_t bits) {
  const auto has = [&](BucketRight right) { return (bits & bit(right)) != 0; };
  spec::BucketRights out;
  out.set_register_blobs(has(BucketRight::kRegister));
  out.set_delete_blobs(has(BucketRight::kDelete));
  out.set_extend(has(BucketRight::kExtend));
  out.set_grow(has(BucketRight::kGrow));
  out.set_attributes(has(BucketRight::kDescribe));
  return out;
}

base::Result<BucketRecord, Rejected> known_bucket(Context& ctx, const base::ObjectId& id) {
  auto bucket = load(ctx.state(), kBuckets, id);
  if (!bucket) return ctx.reject(spec::UNKNOWN_OBJECT);
  return *std::move(bucket);
}

base::Result<BucketRecord, Rejected> own_bucket(Context& ctx, const base::ObjectId& id) {
  TRY_ASSIGN(BucketRecord bucket, known_bucket(ctx, id));
  if (bucket.owner != ctx.sender()) return ctx.reject(spec::NOT_OWNER);
  return bucket;
}

base::Result<void, Rejected> may_use(Context& ctx, const BucketRecord& bucket, BucketRight right) {
  if (bucket.owner == ctx.sender()) return {};
  const auto at = bucket.rights.find(ctx.sender());
  if (at == bucket.rights.end() || (at->second & bit(right)) == 0)
    return ctx.reject(spec::BUCKET_RIGHT);
  return {};
}

base::Result<BucketRecord, Rejected> open_bucket(Context& ctx, const base::ObjectId& id,
                                                 BucketRight right) {
  TRY_ASSIGN(BucketRecord bucket, known_bucket(ctx, id));
  TRY(may_use(ctx, bucket, right));
  if (bucket.end <= ctx.epoch()) return ctx.reject(spec::BLOB_ENDED);
  return bucket;
}

base::Result<Amount, Rejected> buy_for_bucket(Context& ctx, const BucketPurchase& what) {
  const economics::Ring ring = load_ring(ctx.state(), ctx.epoch(), ctx.params().economics.horizon);
  const auto range = economics::slots_of(ring, what.from, what.until);
  if (!range.ok()) return ctx.reject(range.error());
  const MarketRecord market = must_load(ctx.state(), kMarket);
  TRY_ASSIGN(const economics::Purchase bought,
             buy_storage(ctx, ring,
                         {what.size, range.value(), std::nullopt, what.max_cost,
                          market.storage_price.amount().value(), market.capacity},
                         by_sender(ctx)));
  return bought.paid;
}

std::optional<BlobRecord> load_blob(const Reader& state, const base::ObjectId& id) {
  auto blob = load(state, kBlobs, id);
  if (!blob || !blob->bucket) return blob;
  const BucketRecord bucket = must_load(state, kBuckets, *blob->bucket);
  blob->owner = bucket.owner;
  blob->resource_id = bucket.resource_id;
  blob->start = bucket.start;
  blob->end = bucket.end;
  return blob;
}

void save_blob(Context& ctx, const base::ObjectId& id, const BlobRecord& blob) {
  BlobRecord record = blob;
  if (record.bucket) {
    record.owner = base::AccountId();
    record.resource_id = base::ObjectId();
    record.start = record.end = base::Epoch();
    WALD_CHECK(record.size == 0 && !record.fund);
  }
  save(ctx.state(), kBlobs, record, id);
}

void end_bucket(Context& ctx, const base::ObjectId& id, const BucketRecord& bucket) {
  WALD_CHECK(bucket.count == 0 && bucket.used == 0 && bucket.certified == 0);
  remove(ctx.state(), kBuckets, id);
  remove(ctx.state(), kOwned, bucket.owner, id);
  spec::BucketDestroyed event;
  event.set_bucket(text_of(id));
  event.set_owner(text_of(bucket.owner));
  event.set_end(bucket.end.value());
  if (ctx.epoch() < bucket.end) {
    put_resource(ctx, bucket.resource_id,
                 {bucket.owner, std::max(bucket.start, ctx.epoch()), bucket.end, bucket.size});
    event.set_resource(text_of(bucket.resource_id));
  }
  ctx.emit(event);
}

std::vector<base::ObjectId> blobs_inside(const Reader& state, const base::ObjectId& bucket,
                                         std::size_t most) {
  std::vector<base::ObjectId> out;
  if (most == 0) return out;
  for_each<InsideRecord>(
      state, kInside,
      [&](base::ByteView, const InsideRecord& record) {
        out.push_back(record.object);
        return out.size() < most;
      },
      bucket);
  return out;
}

}  // namespace wald::ledger
