// SPDX-License-Identifier: Apache-2.0
// Buckets: one resource that holds many blobs with one end (L-12). A blob inside has no owner, end
// or resource of its own; its record leaves them out, and load_blob() fills in those of the bucket.
// Sizes are encoded bytes.
#pragma once

#include "ledger/context.h"
#include "ledger/state/storage.h"
#include "specs/proto/common.pb.h"

namespace wald::ledger {

// What an account may do with a bucket that is another's: bits of a record.
enum class BucketRight : std::uint8_t {
  kRegister = 1,
  kDelete = 2,
  kExtend = 4,
  kGrow = 8,
  kDescribe = 16  // set and remove attributes
};
std::uint8_t rights_bits(const spec::BucketRights& rights);
spec::BucketRights rights_message(std::uint8_t bits);

// UNKNOWN_OBJECT.
base::Result<BucketRecord, Rejected> known_bucket(Context& ctx, const base::ObjectId& id);
// UNKNOWN_OBJECT, NOT_OWNER.
base::Result<BucketRecord, Rejected> own_bucket(Context& ctx, const base::ObjectId& id);
// BUCKET_RIGHT unless the sender owns the bucket or was granted this.
base::Result<void, Rejected> may_use(Context& ctx, const BucketRecord& bucket, BucketRight right);
// UNKNOWN_OBJECT, BUCKET_RIGHT, BLOB_ENDED.
base::Result<BucketRecord, Rejected> open_bucket(Context& ctx, const base::ObjectId& id,
                                                 BucketRight right);

// Bytes for a bucket, bought by the sender for [from, until) (L-2). 300, 303, 301, 302,
// INSUFFICIENT.
struct BucketPurchase {
  std::uint64_t size;
  base::Epoch from;
  base::Epoch until;
  Amount max_cost;
};
base::Result<Amount, Rejected> buy_for_bucket(Context& ctx, const BucketPurchase& what);

// A blob object; of one inside a bucket with the bucket's owner, start and end.
std::optional<BlobRecord> load_blob(const Reader& state, const base::ObjectId& id);
void save_blob(Context& ctx, const base::ObjectId& id, const BlobRecord& blob);

// The end of an empty bucket whose entry among the ends is gone: its resource returns to the owner
// with what is left of its epochs.
void end_bucket(Context& ctx, const base::ObjectId& id, const BucketRecord& bucket);

// At most `most` blobs of a bucket, ascending by blob id.
std::vector<base::ObjectId> blobs_inside(const Reader& state, const base::ObjectId& bucket,
                                         std::size_t most);

}  // namespace wald::ledger
