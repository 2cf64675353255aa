// SPDX-License-Identifier: Apache-2.0
// CertifyBlob: a quorum of the committee confirmed that it holds the blob (L-5, L-6). Anybody may
// bring the certificate.
#pragma once

#include "ledger/operation.h"
#include "proofs/certificate.h"

namespace wald::ledger::tx {

struct CertifyBlob {
  using Message = spec::CertifyBlob;
  base::ObjectId blob;
  proofs::Certificate certificate;
  static Parsed<CertifyBlob> parse(const Message& message);
  // One per signature of the certificate (U-5).
  std::uint32_t signatures() const;
  // UNKNOWN_OBJECT, ALREADY_CERTIFIED, BLOB_ENDED, BLOB_INVALID, 400-404, PERSISTENCE_MISMATCH.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
