// SPDX-License-Identifier: Apache-2.0
// What storage transactions and the expiry of blobs share (L-4 to L-15): the size of a blob on this
// chain, owners' objects, and the counts of a blob id, whose last certified object takes its leaf
// out of the proof index.
#pragma once

#include "codec/shape/layout.h"
#include "ledger/buckets.h"
#include "ledger/ring.h"
#include "ledger/state/storage.h"

namespace wald::ledger {

// n was checked at genesis (CHECK).
shape::Params code_of(const Params& params);

// UNKNOWN_OBJECT, NOT_OWNER.
base::Result<ResourceRecord, Rejected> own_resource(Context& ctx, const base::ObjectId& id);
// Those of a blob inside a bucket are filled in (load_blob).
base::Result<BlobRecord, Rejected> known_blob(Context& ctx, const base::ObjectId& id);

void put_resource(Context& ctx, const base::ObjectId& id, const ResourceRecord& resource);
void drop_resource(Context& ctx, const base::ObjectId& id, const ResourceRecord& resource);

// A blob of the sender's, or inside a bucket in which it has this right: else NOT_OWNER,
// BUCKET_RIGHT. Without a right named nobody owns what is inside a bucket.
base::Result<BlobRecord, Rejected> own_blob(Context& ctx, const base::ObjectId& id,
                                            std::optional<BucketRight> right = std::nullopt);
// BLOB_INVALID.
base::Result<void, Rejected> not_invalid(Context& ctx, const base::BlobId& id);

// A certified blob outside of buckets, and a bucket, by so many epochs more (L-8).
Prolonged prolonged(const Params& params, const BlobRecord& blob, std::uint32_t epochs);
Prolonged prolonged(const BucketRecord& bucket, std::uint32_t epochs);

// Keys and values, ascending by key (L-11).
using Attributes = std::map<std::string, std::string, std::less<>>;
Attributes attributes_of(const Reader& state, const base::ObjectId& id);

// What the fund of a blob that ended paid back.
struct Refund {
  Amount amount;
  std::optional<base::AccountId> to;  // nobody: it had no fund
};
// The end of a blob object, deleted or expired (L-9): it goes with its owner's entry, certificate
// and attributes, the fund is paid back (L-10), and its blob id has one object fewer (L-15). In
// a bucket its bytes become free; else what becomes of its resource and of its entry among the ends
// is the caller's.
Refund end_blob(Context& ctx, const base::ObjectId& id, const BlobRecord& blob);

}  // namespace wald::ledger
