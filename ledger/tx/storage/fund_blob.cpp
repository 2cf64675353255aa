// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/fund_blob.h"

#include "ledger/accounts.h"
#include "ledger/blobs.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<FundBlob> FundBlob::parse(const Message& message) {
  FundBlob tx;
  TRY_ASSIGN(tx.blob, id_field<base::ObjectId>(message.blob(), "blob"));
  TRY_ASSIGN(tx.amount, amount_field(message.amount(), "amount"));
  return tx;
}

base::Result<void, Rejected> FundBlob::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(blob);
  TRY_ASSIGN(BlobRecord record, known_blob(ctx, id));
  if (record.end <= ctx.epoch()) return ctx.reject(spec::BLOB_ENDED);
  if (!record.fund) return ctx.reject(spec::SHARE_STATE);
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), amount));
  record.fund->money.put(std::move(coin));
  save(ctx.state(), kBlobs, record, id);
  spec::BlobFunded event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(record.blob_id));
  event.set_giver(text_of(ctx.sender()));
  event.set_amount(amount.value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
