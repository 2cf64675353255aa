// SPDX-License-Identifier: Apache-2.0
// CertifyBatch: a quorum of the committee confirmed many blobs at once; one certificate over the
// sorted entries of all of them, each blob certified or refused alone (L-5 to L-7). Anybody may
// bring it, and bring it again for those that were refused.
#pragma once

#include "ledger/operation.h"
#include "proofs/certificate.h"

namespace wald::ledger::tx {

struct CertifyBatch {
  using Message = spec::CertifyBatch;
  struct Item {
    base::ObjectId blob;
    base::BlobId blob_id;
    bool deletable = false;
  };
  std::vector<Item> blobs;  // 1 to 256
  proofs::Certificate certificate;
  static Parsed<CertifyBatch> parse(const Message& message);
  // One per signature of the certificate, however many blobs it is for (U-5).
  std::uint32_t signatures() const;
  std::uint64_t records() const;
  // 400-404 for all; of each blob UNKNOWN_OBJECT, ALREADY_CERTIFIED, BLOB_ENDED, BLOB_INVALID,
  // CERT_MESSAGE, PERSISTENCE_MISMATCH: refused with that of the first where none goes through.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
