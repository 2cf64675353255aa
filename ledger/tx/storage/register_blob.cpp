// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/register_blob.h"

#include "codec/shape/accounting.h"
#include "codec/shape/commitment.h"
#include "ledger/accounts.h"
#include "ledger/blobs.h"
#include "ledger/ring.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

// Where the blob goes: a free resource, or what is free of a bucket.
struct Place {
  base::ObjectId id;
  base::AccountId owner;
  base::Epoch start;
  base::Epoch end;
  std::uint64_t room = 0;
  std::optional<ResourceRecord> resource = std::nullopt;  // else a bucket
};

base::Result<Place, Rejected> place_of(Context& ctx, const RegisterBlob& tx) {
  const base::ObjectId id = ctx.resolve(tx.place);
  if (tx.in_bucket) {
    TRY_ASSIGN(const BucketRecord bucket, known_bucket(ctx, id));
    TRY(may_use(ctx, bucket, BucketRight::kRegister));
    return Place{id, bucket.owner, bucket.start, bucket.end, bucket.size - bucket.used};
  }
  TRY_ASSIGN(const ResourceRecord held, own_resource(ctx, id));
  return Place{id, held.owner, held.start, held.end, held.size, held};
}

// L-4 in its order; the encoded length.
base::Result<std::uint64_t, Rejected> check(Context& ctx, const RegisterBlob& tx,
                                            const Place& place) {
  const base::Epoch now = ctx.epoch();
  if (now < place.start || now >= place.end) return ctx.reject(spec::RESOURCE_NOT_CURRENT);
  if (tx.encoding != shape::kEncodingRs2) return ctx.reject(spec::BAD_ENCODING);
  const auto encoded = shape::encoded_length(code_of(ctx.params()), tx.length);
  if (!encoded.ok()) return ctx.reject(spec::BLOB_TOO_LARGE);
  if (encoded.value() > place.room)
    return ctx.reject(
        tx.in_bucket ? spec::BUCKET_FULL : spec::RESOURCE_TOO_SMALL,
        {{"needed", std::to_string(encoded.value())}, {"size", std::to_string(place.room)}});
  if (shape::blob_id(tx.root, tx.length) != tx.blob_id) return ctx.reject(spec::BLOB_ID_MISMATCH);
  TRY(not_invalid(ctx, tx.blob_id));
  if (tx.in_bucket && exists(ctx.state(), kInside, place.id, tx.blob_id))
    return ctx.reject(spec::IN_BUCKET);
  return encoded.value();
}

void count_object(Context& ctx, const RegisterBlob& tx, base::Epoch end) {
  BlobIdRecord record = load(ctx.state(), kBlobIds, tx.blob_id).value_or(BlobIdRecord());
  record.length = tx.length;
  ++(tx.deletable ? record.deletable : record.permanent);
  if (!tx.deletable) {
    record.permanent_end = std::max(record.permanent_end, end);
    if (tx.in_bucket) ++record.bucketed;
  }
  save(ctx.state(), kBlobIds, record, tx.blob_id);
}

// The write fee goes to the running slot (S-3).
base::Result<Amount, Rejected> pay_fee(Context& ctx, std::uint64_t encoded, Amount max_cost) {
  const std::uint64_t price = must_load(ctx.state(), kMarket).write_price.amount().value();
  const auto fee = economics::write_fee(encoded, price);
  if (!fee.ok()) return ctx.reject(fee.error());
  if (fee.value() > max_cost)
    return ctx.reject(spec::COST_ABOVE_LIMIT, {{"cost", std::to_string(fee->value())}});
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), fee.value()));
  const economics::Ring before = load_ring(ctx.state(), ctx.epoch(), 1);
  economics::Ring after = before;
  const auto paid = economics::pay_write_fee(after, fee.value());
  if (!paid.ok()) return ctx.reject(paid.error());
  save_ring(ctx.state(), before, after, std::move(coin));
  return fee.value();
}

void put_in(Context& ctx, const Place& place, const base::ObjectId& id, BlobRecord blob,
            std::uint64_t encoded) {
  if (place.resource) {
    blob.size = place.resource->size;
    drop_resource(ctx, place.id, *place.resource);
    save(ctx.state(), kOwned, OwnedRecord(), blob.owner, id);
    save(ctx.state(), kExpiry, ExpiryRecord(), blob.end, id);
    save_blob(ctx, id, blob);
    return;
  }
  BucketRecord bucket = must_load(ctx.state(), kBuckets, place.id);
  bucket.used += encoded;
  ++bucket.count;
  WALD_CHECK(bucket.used <= bucket.size);
  save(ctx.state(), kBuckets, bucket, place.id);
  save(ctx.state(), kInside, InsideRecord{id}, place.id, blob.blob_id);
  blob.bucket = place.id;
  save_blob(ctx, id, blob);
}

}  // namespace

Parsed<RegisterBlob> RegisterBlob::parse(const Message& message) {
  RegisterBlob tx;
  if (message.has_resource() == message.has_bucket()) return malformed("resource");
  tx.in_bucket = message.has_bucket();
  TRY_ASSIGN(tx.place, id_field<base::ObjectId>(
                           tx.in_bucket ? message.bucket() : message.resource(), "resource"));
  TRY_ASSIGN(tx.blob_id, id_field<base::BlobId>(message.blob_id(), "blob_id"));
  TRY_ASSIGN(tx.root, id_field<base::Hash>(message.root(), "root"));
  tx.length = message.length();
  tx.encoding = message.encoding();
  tx.deletable = message.deletable();
  TRY_ASSIGN(tx.max_cost, amount_field(message.max_cost(), "max_cost"));
  return tx;
}

base::Result<void, Rejected> RegisterBlob::apply(Context& ctx) const {
  TRY_ASSIGN(const Place home, place_of(ctx, *this));
  TRY_ASSIGN(const std::uint64_t encoded, check(ctx, *this, home));
  WALD_CHECK(encoded <= home.room && ctx.epoch() < home.end);
  TRY_ASSIGN(const Amount fee, pay_fee(ctx, encoded, max_cost));
  const base::ObjectId id = ctx.new_object();
  put_in(ctx, home, id,
         {home.owner, blob_id, length, deletable, ctx.epoch(), std::nullopt, home.id, home.start,
          home.end, 0},
         encoded);
  count_object(ctx, *this, home.end);

  spec::BlobRegistered event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(blob_id));
  event.set_owner(text_of(home.owner));
  event.set_length(length);
  event.set_encoded(encoded);
  event.set_encoding(encoding);
  event.set_end(home.end.value());
  event.set_deletable(deletable);
  event.set_cost(fee.value());
  if (in_bucket) event.set_bucket(text_of(home.id));
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
