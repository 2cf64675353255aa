// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/delete_blob.h"

#include "ledger/blobs.h"
#include "ledger/laws/mutant.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<DeleteBlob> DeleteBlob::parse(const Message& message) {
  DeleteBlob tx;
  TRY_ASSIGN(tx.blob, id_field<base::ObjectId>(message.blob(), "blob"));
  return tx;
}

base::Result<void, Rejected> DeleteBlob::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(blob);
  TRY_ASSIGN(const BlobRecord record, own_blob(ctx, id, BucketRight::kDelete));
  if (record.end <= ctx.epoch()) return ctx.reject(spec::BLOB_ENDED);
  if (!record.deletable && !must_load(ctx.state(), kBlobIds, record.blob_id).invalid)
    return ctx.reject(spec::NOT_DELETABLE);

  WALD_CHECK(record.start < record.end && ctx.epoch() < record.end);
  const Refund refund = end_blob(ctx, id, record);
  if (!record.bucket) {
    remove(ctx.state(), kExpiry, record.end, id);
    const base::Epoch from = mutate("I14") ? ctx.epoch().next() : ctx.epoch();
    put_resource(ctx, record.resource_id,
                 {record.owner, std::max(record.start, from), record.end, record.size});
  }
  spec::BlobDeleted event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(record.blob_id));
  event.set_owner(text_of(record.owner));
  event.set_certified(record.certified.has_value());
  if (!record.bucket) event.set_resource(text_of(record.resource_id));
  event.set_refund(refund.amount.value());
  if (refund.to) event.set_refund_to(text_of(*refund.to));
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
