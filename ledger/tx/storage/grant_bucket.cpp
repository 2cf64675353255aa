// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/grant_bucket.h"

#include "ledger/blobs.h"
#include "ledger/buckets.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<GrantBucket> GrantBucket::parse(const Message& message) {
  GrantBucket tx;
  TRY_ASSIGN(tx.bucket, id_field<base::ObjectId>(message.bucket(), "bucket"));
  TRY_ASSIGN(tx.account, id_field<base::AccountId>(message.account(), "account"));
  tx.rights = rights_bits(message.rights());
  return tx;
}

base::Result<void, Rejected> GrantBucket::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(bucket);
  TRY_ASSIGN(BucketRecord record, own_bucket(ctx, id));
  record.rights.erase(account);
  if (rights != 0) {
    if (record.rights.size() >= kMost)
      return ctx.reject(spec::LIMIT, {{"most", std::to_string(kMost)}});
    record.rights.emplace(account, rights);
  }
  save(ctx.state(), kBuckets, record, id);
  spec::BucketGranted event;
  event.set_bucket(text_of(id));
  event.set_owner(text_of(record.owner));
  event.set_account(text_of(account));
  *event.mutable_rights() = rights_message(rights);
  ctx.emit(event);
  return {};
}

Parsed<DestroyBucket> DestroyBucket::parse(const Message& message) {
  DestroyBucket tx;
  TRY_ASSIGN(tx.bucket, id_field<base::ObjectId>(message.bucket(), "bucket"));
  return tx;
}

base::Result<void, Rejected> DestroyBucket::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(bucket);
  TRY_ASSIGN(const BucketRecord record, own_bucket(ctx, id));
  if (record.count > 0) return ctx.reject(spec::BUCKET_NOT_EMPTY);
  remove(ctx.state(), kExpiry, record.end, id);
  end_bucket(ctx, id, record);
  return {};
}

}  // namespace wald::ledger::tx
