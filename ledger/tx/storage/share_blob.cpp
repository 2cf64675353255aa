// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/share_blob.h"

#include "ledger/accounts.h"
#include "ledger/blobs.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<ShareBlob> ShareBlob::parse(const Message& message) {
  ShareBlob tx;
  TRY_ASSIGN(tx.blob, id_field<base::ObjectId>(message.blob(), "blob"));
  TRY_ASSIGN(tx.price_limit, amount_field(message.price_limit(), "price_limit"));
  TRY_ASSIGN(tx.refund, id_field<base::AccountId>(message.refund(), "refund"));
  return tx;
}

base::Result<void, Rejected> ShareBlob::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(blob);
  TRY_ASSIGN(BlobRecord record, own_blob(ctx, id));
  if (record.end <= ctx.epoch()) return ctx.reject(spec::BLOB_ENDED);
  if (record.fund) return ctx.reject(spec::SHARE_STATE);
  TRY(require_account(ctx, refund));
  record.fund = BlobFund{Held(), Noted(price_limit), refund};
  save(ctx.state(), kBlobs, record, id);
  spec::BlobShared event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(record.blob_id));
  event.set_owner(text_of(record.owner));
  event.set_price_limit(price_limit.value());
  event.set_refund(text_of(refund));
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
