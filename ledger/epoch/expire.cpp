// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/expire.h"

#include "ledger/blobs.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {
void expire_resource(Context& ctx, const base::ObjectId& id) {
  const ResourceRecord resource = must_load(ctx.state(), kResources, id);
  remove(ctx.state(), kResources, id);
  remove(ctx.state(), kOwned, resource.owner, id);
  spec::StorageExpired event;
  event.set_resource(text_of(id));
  event.set_owner(text_of(resource.owner));
  event.set_end(resource.end.value());
  ctx.emit(event);
}

void expire_blob(Context& ctx, const base::ObjectId& id) {
  const auto found = load_blob(ctx.state(), id);
  WALD_CHECK(found.has_value());
  const BlobRecord& blob = *found;
  const Refund refund = end_blob(ctx, id, blob);
  spec::BlobExpired event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(blob.blob_id));
  event.set_owner(text_of(blob.owner));
  event.set_refund(refund.amount.value());
  if (refund.to) event.set_refund_to(text_of(*refund.to));
  ctx.emit(event);
}

}  // namespace wald::ledger::epoch
