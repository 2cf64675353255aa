// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/extend_blob.h"

#include "ledger/blobs.h"
#include "ledger/ring.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

struct Extension {
  base::Epoch end;
  Amount cost;
};

base::Result<Extension, Rejected> with_resource(Context& ctx, const BlobRecord& blob,
                                                const base::ObjectId& id) {
  TRY_ASSIGN(const ResourceRecord resource, own_resource(ctx, id));
  if (resource.size != blob.size || resource.start != blob.end) return ctx.reject(spec::BAD_FIT);
  drop_resource(ctx, id, resource);
  return Extension{resource.end, Amount()};
}

// L-8: the added slots only; room up to the whole capacity, since what is extended holds at least
// half its size in certified bytes, else that of a purchase (S-4).
base::Result<Extension, Rejected> with_money(Context& ctx, const BlobRecord& blob,
                                             std::uint32_t epochs, Amount max_cost,
                                             const Payer& payer) {
  const auto asked =
      extension_of(ctx.state(), ctx.params(), ctx.epoch(), prolonged(ctx.params(), blob, epochs));
  if (!asked.ok()) return ctx.reject(asked.error().code, asked.error().facts);
  economics::PurchaseTerms terms = asked->terms;
  terms.max_cost = max_cost;
  TRY_ASSIGN(const economics::Purchase bought, buy_storage(ctx, asked->ring, terms, payer));
  return Extension{asked->until, bought.paid};
}

// L-10: out of the blob's own fund, while the price is within its limit.
base::Result<Extension, Rejected> from_its_fund(Context& ctx, BlobRecord& blob,
                                                std::uint32_t epochs, Amount max_cost) {
  BlobFund& fund = *blob.fund;
  const Amount price = must_load(ctx.state(), kMarket).storage_price.amount();
  if (price > fund.price_limit.amount())
    return ctx.reject(spec::FUND_LIMIT,
                      {{"price", std::to_string(price.value())},
                       {"limit", std::to_string(fund.price_limit.amount().value())}});
  return with_money(ctx, blob, epochs, max_cost,
                    [&](Amount amount) -> base::Result<Coin, Rejected> {
                      if (fund.money.amount() < amount) return ctx.reject(spec::INSUFFICIENT);
                      return fund.money.take(ctx.state(), amount);
                    });
}

}  // namespace

Parsed<ExtendBlob> ExtendBlob::parse(const Message& message) {
  ExtendBlob tx;
  TRY_ASSIGN(tx.blob, id_field<base::ObjectId>(message.blob(), "blob"));
  if (message.has_resource()) {
    if (message.has_epochs() || message.has_max_cost() || message.from_fund())
      return malformed("resource");
    TRY_ASSIGN(tx.resource, id_field<base::ObjectId>(message.resource(), "resource"));
    return tx;
  }
  if (!message.has_epochs() || !message.has_max_cost()) return malformed("epochs");
  tx.epochs = message.epochs();
  tx.from_fund = message.from_fund();
  TRY_ASSIGN(tx.max_cost, amount_field(message.max_cost(), "max_cost"));
  return tx;
}

base::Result<void, Rejected> ExtendBlob::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(blob);
  TRY_ASSIGN(BlobRecord record, known_blob(ctx, id));
  if (record.bucket) return ctx.reject(spec::BAD_FIT, {{"reason", "IN_BUCKET"}});
  if (from_fund) {
    if (!record.fund) return ctx.reject(spec::SHARE_STATE);
  } else if (record.owner != ctx.sender()) {
    return ctx.reject(spec::NOT_OWNER);
  }
  if (!record.certified) return ctx.reject(spec::NOT_CERTIFIED);
  if (record.end <= ctx.epoch()) return ctx.reject(spec::BLOB_ENDED);
  TRY(not_invalid(ctx, record.blob_id));
  const auto extension = resource    ? with_resource(ctx, record, ctx.resolve(*resource))
                         : from_fund ? from_its_fund(ctx, record, epochs, max_cost)
                                     : with_money(ctx, record, epochs, max_cost, by_sender(ctx));
  if (!extension.ok()) return base::Err{extension.error()};

  const base::Epoch before = record.end;
  WALD_CHECK(extension->end > before);
  remove(ctx.state(), kExpiry, before, id);
  record.end = extension->end;
  save(ctx.state(), kExpiry, ExpiryRecord(), record.end, id);
  save(ctx.state(), kBlobs, record, id);
  if (!record.deletable) {
    BlobIdRecord counts = must_load(ctx.state(), kBlobIds, record.blob_id);
    counts.permanent_end = std::max(counts.permanent_end, record.end);
    save(ctx.state(), kBlobIds, counts, record.blob_id);
  }
  spec::BlobExtended event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(record.blob_id));
  event.set_payer(text_of(ctx.sender()));
  event.set_before(before.value());
  event.set_end(record.end.value());
  event.set_cost(extension->cost.value());
  event.set_from_fund(from_fund);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
