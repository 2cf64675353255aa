// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/certify_blob.h"

#include "codec/base/bitmap.h"
#include "codec/shape/accounting.h"
#include "ledger/blobs.h"
#include "ledger/rounds/index.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

Code code_of_error(proofs::CertificateError error) {
  switch (error) {
    case proofs::CertificateError::kMessage:
      return spec::CERT_MESSAGE;
    case proofs::CertificateError::kEpoch:
      return spec::CERT_EPOCH;
    case proofs::CertificateError::kBitmap:
      return spec::CERT_BITMAP;
    case proofs::CertificateError::kWeight:
      return spec::CERT_WEIGHT;
    case proofs::CertificateError::kSignature:
      return spec::CERT_SIGNATURE;
  }
  WALD_CHECK(false && "an error without a code");
}

// Bits past the last member were refused: each set bit is a member.
std::uint32_t signed_weight(const base::Bytes& bitmap,
                            const std::vector<proofs::CertMember>& members) {
  std::uint32_t weight = 0;
  for (std::size_t i = 0; i < members.size(); ++i)
    if (base::bit_at(bitmap, i)) weight += members[i].weight;
  return weight;
}

// The first certification of a blob id gives it its place in the proof index (L-15).
void count_certified(Context& ctx, const BlobRecord& blob, std::uint64_t encoded) {
  BlobIdRecord record = must_load(ctx.state(), kBlobIds, blob.blob_id);
  const bool first = record.permanent_certified == 0 && record.deletable_certified == 0;
  ++(blob.deletable ? record.deletable_certified : record.permanent_certified);
  if (!record.first_certified) {
    record.first_certified = ctx.epoch();
    record.first_certified_at = ctx.block().time;
    record.certified_event = ctx.next_seq();  // the caller emits it now
    record.certified_tx = ctx.tx();
  }
  save(ctx.state(), kBlobIds, record, blob.blob_id);
  if (first) rounds::index_certified(ctx, blob.blob_id, encoded);
}

}  // namespace

Parsed<CertifyBlob> CertifyBlob::parse(const Message& message) {
  CertifyBlob tx;
  TRY_ASSIGN(tx.blob, id_field<base::ObjectId>(message.blob(), "blob"));
  const auto bytes = [](const std::string& field) {
    return base::Bytes(field.begin(), field.end());
  };
  tx.certificate.message = bytes(message.certificate().message());
  tx.certificate.bitmap = bytes(message.certificate().bitmap());
  for (const auto& given : message.certificate().signatures()) {
    proofs::Signature signature;
    if (given.size() != signature.size()) return malformed("signatures");
    std::copy(given.begin(), given.end(), signature.begin());
    tx.certificate.signatures.push_back(signature);
  }
  return tx;
}

std::uint32_t CertifyBlob::signatures() const {
  return static_cast<std::uint32_t>(certificate.signatures.size());
}

base::Result<void, Rejected> CertifyBlob::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(blob);
  TRY_ASSIGN(BlobRecord record, known_blob(ctx, id));
  if (record.certified) return ctx.reject(spec::ALREADY_CERTIFIED);
  if (record.end <= ctx.epoch()) return ctx.reject(spec::BLOB_ENDED);
  if (must_load(ctx.state(), kBlobIds, record.blob_id).invalid)
    return ctx.reject(spec::BLOB_INVALID);

  std::vector<proofs::CertMember> members;
  const auto committee = load(ctx.state(), kCommittees, ctx.epoch());
  if (committee)
    for (const CommitteeMember& member : committee->members)
      members.push_back({member.protocol_key, base::narrow<std::uint16_t>(member.shards.size())});
  const auto message = proofs::verify_certificate(
      certificate, ctx.block().chain, ctx.epoch(), members,
      base::narrow<std::uint32_t>(ctx.params().shards), proofs::MessageType::kStorageConfirmation,
      proofs::Threshold::kQuorum);
  if (!message.ok()) return ctx.reject(code_of_error(message.error()));
  const auto& body = std::get<proofs::StorageConfirmation>(message->body);
  if (body.blob != record.blob_id) return ctx.reject(spec::CERT_MESSAGE);
  if (body.object != (record.deletable ? std::optional(id) : std::nullopt))
    return ctx.reject(spec::PERSISTENCE_MISMATCH);

  record.certified = ctx.epoch();
  save(ctx.state(), kBlobs, record, id);
  CertificateRecord kept{ctx.epoch(), certificate.message, certificate.bitmap, {}};
  for (const auto& signature : certificate.signatures)
    kept.signatures.insert(kept.signatures.end(), signature.begin(), signature.end());
  save(ctx.state(), kCertificates, kept, id);
  count_certified(ctx, record,
                  shape::encoded_length(ledger::code_of(ctx.params()), record.length).value());

  spec::BlobCertified event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(record.blob_id));
  event.set_owner(text_of(record.owner));
  event.set_epoch(ctx.epoch().value());
  event.set_weight(signed_weight(certificate.bitmap, members));
  event.set_end(record.end.value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
