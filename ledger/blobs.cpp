// SPDX-License-Identifier: Apache-2.0
#include "ledger/blobs.h"

#include "codec/base/text.h"
#include "codec/shape/accounting.h"
#include "ledger/accounts.h"
#include "ledger/rounds/index.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

void count_down(std::uint32_t& count) {
  WALD_CHECK(count > 0);
  --count;
}

// One object of this blob id fewer (L-15).
void leave_blob_id(Context& ctx, const BlobRecord& blob) {
  BlobIdRecord record = must_load(ctx.state(), kBlobIds, blob.blob_id);
  count_down(blob.deletable ? record.deletable : record.permanent);
  if (blob.certified)
    count_down(blob.deletable ? record.deletable_certified : record.permanent_certified);
  if (blob.bucket && !blob.deletable) count_down(record.bucketed);
  save(ctx.state(), kBlobIds, record, blob.blob_id);
  if (blob.certified && record.permanent_certified == 0 && record.deletable_certified == 0)
    rounds::index_ended(ctx, blob.blob_id);
}

// The bytes of a blob inside a bucket become free.
void leave_bucket(Context& ctx, const BlobRecord& blob) {
  BucketRecord bucket = must_load(ctx.state(), kBuckets, *blob.bucket);
  const std::uint64_t encoded = shape::encoded_length(code_of(ctx.params()), blob.length).value();
  WALD_CHECK(bucket.used >= encoded && (!blob.certified || bucket.certified >= encoded));
  bucket.used -= encoded;
  if (blob.certified) bucket.certified -= encoded;
  count_down(bucket.count);
  save(ctx.state(), kBuckets, bucket, *blob.bucket);
  remove(ctx.state(), kInside, *blob.bucket, blob.blob_id);
}

// The last object that a certificate of a batch certified takes it along.
void drop_certificate(Context& ctx, const base::ObjectId& id) {
  const auto kept = load(ctx.state(), kCertificates, id);
  if (!kept) return;
  remove(ctx.state(), kCertificates, id);
  if (!kept->signatures.empty()) return;
  const base::Hash key = base::blake2b(kept->message);
  BatchRecord batch = must_load(ctx.state(), kBatches, key);
  count_down(batch.objects);
  if (batch.objects > 0)
    save(ctx.state(), kBatches, batch, key);
  else
    remove(ctx.state(), kBatches, key);
}

void drop_attributes(Context& ctx, const base::ObjectId& id, const BlobRecord& blob) {
  if (blob.attributes == 0) return;
  const auto all = attributes_of(ctx.state(), id);
  WALD_CHECK(all.size() == blob.attributes);
  for (const auto& [key, value] : all) remove(ctx.state(), kAttributes, id, key);
}

std::map<std::string, std::string> named(const base::ObjectId& id) {
  return {{"object", base::shown_hex(id.view())}};
}

}  // namespace

shape::Params code_of(const Params& params) { return shape::Params::make(params.shards).value(); }

base::Result<ResourceRecord, Rejected> own_resource(Context& ctx, const base::ObjectId& id) {
  auto resource = load(ctx.state(), kResources, id);
  if (!resource) return ctx.reject(spec::UNKNOWN_OBJECT, named(id));
  if (resource->owner != ctx.sender()) return ctx.reject(spec::NOT_OWNER, named(id));
  return *resource;
}

base::Result<BlobRecord, Rejected> known_blob(Context& ctx, const base::ObjectId& id) {
  auto blob = load_blob(ctx.state(), id);
  if (!blob) return ctx.reject(spec::UNKNOWN_OBJECT, named(id));
  return *blob;
}

void put_resource(Context& ctx, const base::ObjectId& id, const ResourceRecord& resource) {
  save(ctx.state(), kResources, resource, id);
  save(ctx.state(), kOwned, OwnedRecord(), resource.owner, id);
  save(ctx.state(), kExpiry, ExpiryRecord(), resource.end, id);
}

void drop_resource(Context& ctx, const base::ObjectId& id, const ResourceRecord& resource) {
  remove(ctx.state(), kResources, id);
  remove(ctx.state(), kOwned, resource.owner, id);
  remove(ctx.state(), kExpiry, resource.end, id);
}

base::Result<BlobRecord, Rejected> own_blob(Context& ctx, const base::ObjectId& id,
                                            std::optional<BucketRight> right) {
  TRY_ASSIGN(BlobRecord blob, known_blob(ctx, id));
  if (blob.bucket && !right) return ctx.reject(spec::NOT_OWNER, named(id));
  if (blob.bucket) {
    TRY(may_use(ctx, must_load(ctx.state(), kBuckets, *blob.bucket), *right));
    return blob;
  }
  if (blob.owner != ctx.sender()) return ctx.reject(spec::NOT_OWNER, named(id));
  return blob;
}

base::Result<void, Rejected> not_invalid(Context& ctx, const base::BlobId& id) {
  const auto record = load(ctx.state(), kBlobIds, id);
  if (record && record->invalid) return ctx.reject(spec::BLOB_INVALID);
  return {};
}

Prolonged prolonged(const Params& params, const BlobRecord& blob, std::uint32_t epochs) {
  WALD_CHECK(blob.certified && !blob.bucket);
  return {blob.size, shape::encoded_length(code_of(params), blob.length).value(), blob.end, epochs};
}

Prolonged prolonged(const BucketRecord& bucket, std::uint32_t epochs) {
  return {bucket.size, bucket.certified, bucket.end, epochs};
}

Attributes attributes_of(const Reader& state, const base::ObjectId& id) {
  Attributes out;
  for_each<AttributeRecord>(
      state, kAttributes,
      [&](base::ByteView key, const AttributeRecord& record) {
        out.emplace(base::as_text(key.subspan(1)), record.value);  // its length stands before it
        return true;
      },
      id);
  return out;
}

Refund end_blob(Context& ctx, const base::ObjectId& id, const BlobRecord& blob) {
  Refund refund;
  if (blob.fund) {
    BlobFund fund = *blob.fund;
    refund = {fund.money.amount(), fund.refund};
    deposit(ctx, fund.refund, fund.money.take_all(ctx.state()));
  }
  remove(ctx.state(), kBlobs, id);
  if (blob.bucket)
    leave_bucket(ctx, blob);
  else
    remove(ctx.state(), kOwned, blob.owner, id);
  drop_certificate(ctx, id);
  drop_attributes(ctx, id, blob);
  leave_blob_id(ctx, blob);
  return refund;
}

}  // namespace wald::ledger
