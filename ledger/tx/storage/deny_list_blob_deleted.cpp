// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/deny_list_blob_deleted.h"

#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/tx/storage/certificate.h"

namespace wald::ledger::tx {

Parsed<DenyListBlobDeleted> DenyListBlobDeleted::parse(const Message& message) {
  DenyListBlobDeleted tx;
  TRY_ASSIGN(tx.blob_id, id_field<base::BlobId>(message.blob_id(), "blob_id"));
  TRY_ASSIGN(tx.certificate, certificate_field(message.certificate()));
  return tx;
}

base::Result<void, Rejected> DenyListBlobDeleted::apply(Context& ctx) const {
  TRY_ASSIGN(const Certified certified,
             check_certificate(ctx, certificate, proofs::MessageType::kDenyListedBlobDeleted,
                               proofs::Threshold::kOneHonest));
  if (std::get<proofs::DenyListedBlobDeleted>(certified.message.body).blob != blob_id)
    return ctx.reject(spec::CERT_MESSAGE);
  // Like a mark of L-13 it may come before anybody registered the id.
  BlobIdRecord record = load(ctx.state(), kBlobIds, blob_id).value_or(BlobIdRecord());
  if (!record.denied) record.denied = ctx.epoch();
  WALD_CHECK(*record.denied <= ctx.epoch());
  save(ctx.state(), kBlobIds, record, blob_id);
  spec::BlobDenied event;
  event.set_blob_id(text_of(blob_id));
  event.set_by(text_of(ctx.sender()));
  event.set_epoch(ctx.epoch().value());
  event.set_weight(certified.weight);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
