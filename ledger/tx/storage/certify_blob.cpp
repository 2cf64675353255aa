// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/certify_blob.h"

#include "ledger/laws/mutant.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/tx/storage/certificate.h"

namespace wald::ledger::tx {

Parsed<CertifyBlob> CertifyBlob::parse(const Message& message) {
  CertifyBlob tx;
  TRY_ASSIGN(tx.blob, id_field<base::ObjectId>(message.blob(), "blob"));
  TRY_ASSIGN(tx.certificate, certificate_field(message.certificate()));
  return tx;
}

std::uint32_t CertifyBlob::signatures() const {
  return static_cast<std::uint32_t>(certificate.signatures.size());
}

base::Result<void, Rejected> CertifyBlob::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(blob);
  TRY_ASSIGN(const BlobRecord record, certifiable(ctx, id));
  TRY_ASSIGN(const Certified certified,
             check_certificate(ctx, certificate, proofs::MessageType::kStorageConfirmation,
                               proofs::Threshold::kQuorum));
  const auto& body = std::get<proofs::StorageConfirmation>(certified.message.body);
  if (body.blob != record.blob_id) return ctx.reject(spec::CERT_MESSAGE);
  if (body.object != (record.deletable ? std::optional(id) : std::nullopt))
    return ctx.reject(spec::PERSISTENCE_MISMATCH);
  std::vector<proofs::Signature> kept = certificate.signatures;
  if (mutate("I26")) kept.push_back(kept.back());
  save(ctx.state(), kCertificates,
       CertificateRecord{ctx.epoch(), certificate.message, certificate.bitmap, joined(kept)}, id);
  mark_certified(ctx, id, record, certified.weight);
  return {};
}

}  // namespace wald::ledger::tx
