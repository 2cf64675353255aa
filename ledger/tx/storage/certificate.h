// SPDX-License-Identifier: Apache-2.0
// What transactions that bring a certificate share (L-5): its form, its judgement against the
// committee of the running epoch, and what a blob object becomes by it (L-6, L-15).
#pragma once

#include "ledger/operation.h"
#include "ledger/state/storage.h"
#include "proofs/certificate.h"

namespace wald::ledger::tx {

Parsed<proofs::Certificate> certificate_field(const spec::Certificate& given);

// One signature after the other.
base::Bytes joined(const std::vector<proofs::Signature>& signatures);

// What a certificate that counts says, and how many shards say so.
struct Certified {
  proofs::Message message;
  std::uint32_t weight = 0;
};
// CERT_MESSAGE, CERT_EPOCH, CERT_BITMAP, CERT_WEIGHT, CERT_SIGNATURE.
base::Result<Certified, Rejected> check_certificate(Context& ctx,
                                                    const proofs::Certificate& certificate,
                                                    proofs::MessageType required,
                                                    proofs::Threshold threshold);

// UNKNOWN_OBJECT, ALREADY_CERTIFIED, BLOB_ENDED, BLOB_INVALID.
base::Result<BlobRecord, Rejected> certifiable(Context& ctx, const base::ObjectId& id);
// Writes all but the certificate itself and tells of it.
void mark_certified(Context& ctx, const base::ObjectId& id, BlobRecord blob, std::uint32_t weight);

}  // namespace wald::ledger::tx
