// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/invalidate_blob.h"

#include "ledger/rounds/index.h"
#include "ledger/state/keys.h"
#include "ledger/tx/items.h"
#include "ledger/tx/parse.h"
#include "ledger/tx/storage/certificate.h"

namespace wald::ledger::tx {
namespace {

base::Result<void, Rejected> invalidate(Context& ctx, const InvalidateBlob::Item& item) {
  BlobIdRecord record = load(ctx.state(), kBlobIds, item.blob_id).value_or(BlobIdRecord());
  if (record.invalid) return ctx.reject(spec::ALREADY_INVALID);
  TRY_ASSIGN(const Certified certified,
             check_certificate(ctx, item.certificate, proofs::MessageType::kInvalidBlob,
                               proofs::Threshold::kOneHonest));
  if (std::get<proofs::InvalidBlob>(certified.message.body).blob != item.blob_id)
    return ctx.reject(spec::CERT_MESSAGE);

  record.invalid = true;
  record.invalid_event = ctx.next_seq();  // emitted below
  record.invalid_tx = ctx.tx();
  save(ctx.state(), kBlobIds, record, item.blob_id);
  rounds::index_ended(ctx, item.blob_id);
  spec::BlobInvalidated event;
  event.set_blob_id(text_of(item.blob_id));
  event.set_by(text_of(ctx.sender()));
  event.set_epoch(ctx.epoch().value());
  event.set_weight(certified.weight);
  ctx.emit(event);
  return {};
}

}  // namespace

Parsed<InvalidateBlob> InvalidateBlob::parse(const Message& message) {
  InvalidateBlob tx;
  for (const auto& given : message.ids()) {
    Item item;
    TRY_ASSIGN(item.blob_id, id_field<base::BlobId>(given.blob_id(), "blob_id"));
    TRY_ASSIGN(item.certificate, certificate_field(given.certificate()));
    tx.ids.push_back(std::move(item));
  }
  if (tx.ids.empty()) return malformed("ids");
  return tx;
}

std::uint32_t InvalidateBlob::signatures() const {
  std::size_t sum = 0;
  for (const Item& item : ids) sum += item.certificate.signatures.size();
  return base::narrow<std::uint32_t>(sum);
}

std::uint64_t InvalidateBlob::records() const { return 4 * ids.size(); }

base::Result<void, Rejected> InvalidateBlob::apply(Context& ctx) const {
  if (ids.size() > kMost) return ctx.reject(spec::LIMIT, {{"most", std::to_string(kMost)}});
  TRY_ASSIGN(const std::uint32_t done,
             each_alone(ctx, ids.size(),
                        [&](Context& inner, std::size_t i) { return invalidate(inner, ids[i]); }));
  ctx.give_back({done, static_cast<std::uint32_t>(ids.size())});
  return {};
}

}  // namespace wald::ledger::tx
