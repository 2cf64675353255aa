// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/storage/certificate.h"

#include <algorithm>

#include "codec/base/bitmap.h"
#include "codec/shape/accounting.h"
#include "ledger/blobs.h"
#include "ledger/laws/mutant.h"
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
void count_certified(Context& ctx, const BlobRecord& blob) {
  BlobIdRecord record = must_load(ctx.state(), kBlobIds, blob.blob_id);
  const bool first = record.permanent_certified == 0 && record.deletable_certified == 0;
  ++(blob.deletable ? record.deletable_certified : record.permanent_certified);
  if (!blob.deletable) record.permanent_end = std::max(record.permanent_end, blob.end);
  if (!record.first_certified) {
    record.first_certified = ctx.epoch();
    record.first_certified_at = ctx.block().time;
    record.certified_event = ctx.next_seq();  // emitted right after
    record.certified_tx = ctx.tx();
  }
  save(ctx.state(), kBlobIds, record, blob.blob_id);
  const std::uint64_t encoded =
      shape::encoded_length(ledger::code_of(ctx.params()), blob.length).value();
  if (first) rounds::index_certified(ctx, blob.blob_id, encoded);
  if (!blob.bucket) return;
  BucketRecord bucket = must_load(ctx.state(), kBuckets, *blob.bucket);
  bucket.certified += encoded;
  WALD_CHECK(bucket.certified <= bucket.used);
  save(ctx.state(), kBuckets, bucket, *blob.bucket);
}

}  // namespace

Parsed<proofs::Certificate> certificate_field(const spec::Certificate& given) {
  const auto bytes = [](const std::string& field) {
    return base::Bytes(field.begin(), field.end());
  };
  proofs::Certificate out;
  out.message = bytes(given.message());
  out.bitmap = bytes(given.bitmap());
  for (const auto& one : given.signatures()) {
    proofs::Signature signature;
    if (one.size() != signature.size()) return malformed("signatures");
    std::copy(one.begin(), one.end(), signature.begin());
    out.signatures.push_back(signature);
  }
  return out;
}

base::Bytes joined(const std::vector<proofs::Signature>& signatures) {
  base::Bytes out;
  for (const auto& signature : signatures)
    out.insert(out.end(), signature.begin(), signature.end());
  return out;
}

base::Result<Certified, Rejected> check_certificate(Context& ctx,
                                                    const proofs::Certificate& certificate,
                                                    proofs::MessageType required,
                                                    proofs::Threshold threshold) {
  std::vector<proofs::CertMember> members;
  const auto committee = load(ctx.state(), kCommittees, ctx.epoch());
  if (committee)
    for (const CommitteeMember& member : committee->members)
      members.push_back({member.protocol_key, base::narrow<std::uint16_t>(member.shards.size())});
  const auto message = proofs::verify_certificate(
      certificate, ctx.block().chain, ctx.epoch(), members,
      base::narrow<std::uint32_t>(ctx.params().shards), required, threshold);
  if (!message.ok()) return ctx.reject(code_of_error(message.error()));
  return Certified{message.value(), signed_weight(certificate.bitmap, members)};
}

base::Result<BlobRecord, Rejected> certifiable(Context& ctx, const base::ObjectId& id) {
  TRY_ASSIGN(BlobRecord blob, known_blob(ctx, id));
  if (blob.certified) return ctx.reject(spec::ALREADY_CERTIFIED);
  if (blob.end <= ctx.epoch()) return ctx.reject(spec::BLOB_ENDED);
  TRY(not_invalid(ctx, blob.blob_id));
  return blob;
}

void mark_certified(Context& ctx, const base::ObjectId& id, BlobRecord blob, std::uint32_t weight) {
  WALD_CHECK(!blob.certified && ctx.epoch() < blob.end);
  blob.certified = mutate("I17") ? ctx.epoch().next() : ctx.epoch();
  save_blob(ctx, id, blob);
  count_certified(ctx, blob);
  spec::BlobCertified event;
  event.set_object(text_of(id));
  event.set_blob_id(text_of(blob.blob_id));
  event.set_owner(text_of(blob.owner));
  event.set_epoch(ctx.epoch().value());
  event.set_weight(weight);
  event.set_end(blob.end.value());
  ctx.emit(event);
}

}  // namespace wald::ledger::tx
