// SPDX-License-Identifier: Apache-2.0
#include "ledger/blobs.h"

#include "codec/base/text.h"
#include "ledger/rounds/index.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

void count_down(std::uint32_t& count) {
  WALD_CHECK(count > 0);
  --count;
}

std::map<std::string, std::string> named(const base::ObjectId& id) {
  return {{"object", "0x" + base::to_hex(id.view())}};
}

}  // namespace

shape::Params code_of(const Params& params) { return shape::Params::make(params.shards).value(); }

base::Result<ResourceRecord, Rejected> own_resource(Context& ctx, const base::ObjectId& id) {
  auto resource = load(ctx.state(), kResources, id);
  if (!resource) return ctx.reject(spec::UNKNOWN_OBJECT, named(id));
  if (resource->owner != ctx.sender()) return ctx.reject(spec::NOT_OWNER, named(id));
  return *std::move(resource);
}

base::Result<BlobRecord, Rejected> known_blob(Context& ctx, const base::ObjectId& id) {
  auto blob = load(ctx.state(), kBlobs, id);
  if (!blob) return ctx.reject(spec::UNKNOWN_OBJECT, named(id));
  return *std::move(blob);
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

void leave_blob_id(Context& ctx, const BlobRecord& blob) {
  BlobIdRecord record = must_load(ctx.state(), kBlobIds, blob.blob_id);
  count_down(blob.deletable ? record.deletable : record.permanent);
  if (blob.certified)
    count_down(blob.deletable ? record.deletable_certified : record.permanent_certified);
  save(ctx.state(), kBlobIds, record, blob.blob_id);
  if (blob.certified && record.permanent_certified == 0 && record.deletable_certified == 0)
    rounds::index_ended(ctx, blob.blob_id);
}

}  // namespace wald::ledger
