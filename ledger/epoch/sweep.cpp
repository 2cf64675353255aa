// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/sweep.h"

#include "ledger/buckets.h"
#include "ledger/epoch/expire.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {
namespace {

struct Ended {
  base::Epoch end;
  base::ObjectId object;
};

std::vector<Ended> first_ended(const Reader& state, base::Epoch running) {
  std::vector<Ended> out;
  for_each<ExpiryRecord>(state, kExpiry, [&](base::ByteView key, const ExpiryRecord&) {
    const base::Epoch end(base::Reader(key.first(4)).be<std::uint32_t>().value());
    if (end > running || out.size() == kSweepObjects) return false;
    out.push_back({end, base::ObjectId::from(key.subspan(4))});
    return true;
  });
  return out;
}

}  // namespace

void sweep_expired(Context& ctx) {
  std::size_t left = kSweepObjects;
  for (const Ended& ended : first_ended(ctx.state(), ctx.epoch())) {
    const bool is_bucket = exists(ctx.state(), kBuckets, ended.object);
    if (is_bucket) {
      const auto inside = blobs_inside(ctx.state(), ended.object, left);
      for (const base::ObjectId& blob : inside) expire_blob(ctx, blob);
      left -= inside.size();
    }
    if (left == 0) return;  // the rest of it in the next block
    --left;
    remove(ctx.state(), kExpiry, ended.end, ended.object);
    if (is_bucket) {
      end_bucket(ctx, ended.object, must_load(ctx.state(), kBuckets, ended.object));
    } else if (exists(ctx.state(), kResources, ended.object)) {
      expire_resource(ctx, ended.object);
    } else {
      expire_blob(ctx, ended.object);
    }
  }
}

}  // namespace wald::ledger::epoch
