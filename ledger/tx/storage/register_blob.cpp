// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/register_blob.h"

#include "codec/shape/accounting.h"
#include "codec/shape/commitment.h"
#include "ledger/accounts.h"
#include "ledger/blobs.h"
#include "ledger/ring.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

// L-4 in its order; the encoded length.
base::Result<std::uint64_t, Rejected> check(Context& ctx, const RegisterBlob& tx,
                                            const ResourceRecord& resource) {
  const base::Epoch now = ctx.epoch();
  if (now < resource.start || now >= resource.end) return ctx.reject(spec::RESOURCE_NOT_CURRENT);
  if (tx.encoding != shape::kEncodingRs2) return ctx.reject(spec::BAD_ENCODING);
  const auto encoded = shape::encoded_length(code_of(ctx.params()), tx.length);
  if (!encoded.ok()) return ctx.reject(spec::BLOB_TOO_LARGE);
  if (encoded.value() > resource.size)
    return ctx.reject(spec::RESOURCE_TOO_SMALL, {{"needed", std::to_string(encoded.value())},
                                                 {"size", std::to_string(resource.size)}});
  if (shape::blob_id(tx.root, tx.length) != tx.blob_id) return ctx.reject(spec::BLOB_ID_MISMATCH);
  TRY(not_invalid(ctx, tx.blob_id));
  return encoded.value();
}

void count_object(Context& ctx, const RegisterBlob& tx, base::Epoch end) {
  BlobIdRecord record = load(ctx.state(), kBlobIds, tx.blob_id).value_or(BlobIdRecord());
  record.length = tx.length;
  ++(tx.deletable ? record.deletable : record.permanent);
  if (!tx.deletable) record.permanent_end = std::max(record.permanent_end, end);
  save(ctx.state(), kBlobIds, record, tx.blob_id);
}

}  // namespace

Parsed<RegisterBlob> RegisterBlob::parse(const Message& message) {
  RegisterBlob tx;
  TRY_ASSIGN(tx.resource, id_field<base::ObjectId>(message.resource(), "resource"));
  TRY_ASSIGN(tx.blob_id, id_field<base::BlobId>(message.blob_id(), "blob_id"));
  TRY_ASSIGN(tx.root, id_field<base::Hash>(message.root(), "root"));
  tx.length = message.length();
  tx.encoding = message.encoding();
  tx.deletable = message.deletable();
  TRY_ASSIGN(tx.max_cost, amount_field(message.max_cost(), "max_cost"));
  return tx;
}

base::Result<void, Rejected> RegisterBlob::apply(Context& ctx) const {
  const base::ObjectId resource_id = ctx.resolve(resource);
  TRY_ASSIGN(const ResourceRecord held, own_resource(ctx, resource_id));
  TRY_ASSIGN(const std::uint64_t encoded, check(ctx, *this, held));
  WALD_CHECK(encoded <= held.size && ctx.epoch() < held.end);
  const std::uint64_t price = must_load(ctx.state(), kMarket).write_price.amount().value();
  const auto fee = economics::write_fee(encoded, price);
  if (!fee.ok()) return ctx.reject(fee.error());
  if (fee.value() > max_cost)
    return ctx.reject(spec::COST_ABOVE_LIMIT, {{"cost", std::to_string(fee->value())}});
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), fee.value()));

  const economics::Ring before = load_ring(ctx.state(), ctx.epoch(), 1);
  economics::Ring after = before;
  const auto paid = economics::pay_write_fee(after, fee.value());
  if (!paid.ok()) return ctx.reject(paid.error());
  save_ring(ctx.state(), before, after, std::move(coin));
  drop_resource(ctx, resource_id, held);
  const base::ObjectId id = ctx.new_object();
  const BlobRecord blob{ctx.sender(), blob_id,     length,     deletable, ctx.epoch(),
                        std::nullopt, resource_id, held.start, held.end,  held.size};
  save(ctx.state(), kBlobs, blob, id);
  save(ctx.state(), kOwned, OwnedRecord(), blob.owner, id);
  save(ctx.state(), kExpiry, ExpiryRecord(), blob.end, id);
  count_object(ctx, *this, held.end);

  spec::BlobRegistered event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(blob_id));
  event.set_owner(text_of(blob.owner));
  event.set_length(length);
  event.set_encoded(encoded);
  event.set_encoding(encoding);
  event.set_end(blob.end.value());
  event.set_deletable(deletable);
  event.set_cost(fee->value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
