// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/certify_batch.h"

#include <algorithm>

#include "ledger/state/keys.h"
#include "ledger/tx/items.h"
#include "ledger/tx/parse.h"
#include "ledger/tx/storage/certificate.h"

namespace wald::ledger::tx {
namespace {

// What the nodes signed about the blobs: two objects of one permanent blob are one entry.
std::vector<BatchEntry> entries_of(const Context& ctx,
                                   const std::vector<CertifyBatch::Item>& items) {
  std::vector<BatchEntry> out;
  for (const CertifyBatch::Item& item : items)
    out.push_back(
        {item.blob_id, item.deletable ? std::optional(ctx.resolve(item.blob)) : std::nullopt});
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

proofs::CertifyBatch signed_body(const std::vector<BatchEntry>& entries) {
  std::vector<proofs::StorageConfirmation> list;
  for (const BatchEntry& entry : entries) list.push_back({entry.blob_id, entry.object});
  const auto body = proofs::certify_batch(list);
  WALD_CHECK(body.has_value());  // 1 to 256, each once
  return *body;
}

base::Result<void, Rejected> certify_one(Context& ctx, const CertifyBatch::Item& item,
                                         const base::Bytes& message, std::uint32_t weight) {
  const base::ObjectId id = ctx.resolve(item.blob);
  TRY_ASSIGN(const BlobRecord blob, certifiable(ctx, id));
  if (item.blob_id != blob.blob_id) return ctx.reject(spec::CERT_MESSAGE);
  if (item.deletable != blob.deletable) return ctx.reject(spec::PERSISTENCE_MISMATCH);
  save(ctx.state(), kCertificates, CertificateRecord{ctx.epoch(), message, {}, {}}, id);
  mark_certified(ctx, id, blob, weight);
  return {};
}

}  // namespace

Parsed<CertifyBatch> CertifyBatch::parse(const Message& message) {
  CertifyBatch tx;
  for (const auto& given : message.blobs()) {
    Item item;
    TRY_ASSIGN(item.blob, id_field<base::ObjectId>(given.blob(), "blob"));
    TRY_ASSIGN(item.blob_id, id_field<base::BlobId>(given.blob_id(), "blob_id"));
    item.deletable = given.deletable();
    tx.blobs.push_back(item);
  }
  if (tx.blobs.empty() || tx.blobs.size() > 256) return malformed("blobs");
  TRY_ASSIGN(tx.certificate, certificate_field(message.certificate()));
  return tx;
}

std::uint32_t CertifyBatch::signatures() const {
  return static_cast<std::uint32_t>(certificate.signatures.size());
}

std::uint64_t CertifyBatch::records() const { return 1 + 5 * blobs.size(); }

base::Result<void, Rejected> CertifyBatch::apply(Context& ctx) const {
  TRY_ASSIGN(const Certified certified,
             check_certificate(ctx, certificate, proofs::MessageType::kCertifyBatch,
                               proofs::Threshold::kQuorum));
  const auto entries = entries_of(ctx, blobs);
  if (std::get<proofs::CertifyBatch>(certified.message.body) != signed_body(entries))
    return ctx.reject(spec::CERT_MESSAGE);
  TRY_ASSIGN(const std::uint32_t done,
             each_alone(ctx, blobs.size(), [&](Context& inner, std::size_t i) {
               return certify_one(inner, blobs[i], certificate.message, certified.weight);
             }));
  // Kept once for all, also where an earlier transaction brought it for others.
  const base::Hash key = base::blake2b(certificate.message);
  BatchRecord batch =
      load(ctx.state(), kBatches, key)
          .value_or(BatchRecord{0, certificate.bitmap, joined(certificate.signatures), entries});
  batch.objects += done;
  save(ctx.state(), kBatches, batch, key);
  return {};
}

}  // namespace wald::ledger::tx
