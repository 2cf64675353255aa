// SPDX-License-Identifier: Apache-2.0
// DenyListBlobDeleted: one honest member at least deleted a blob since a deny list names it; that
// is noted with the blob id (L-14, L-15).
#pragma once

#include "ledger/operation.h"
#include "proofs/certificate.h"

namespace wald::ledger::tx {

struct DenyListBlobDeleted {
  using Message = spec::DenyListBlobDeleted;
  base::BlobId blob_id;
  proofs::Certificate certificate;
  static Parsed<DenyListBlobDeleted> parse(const Message& message);
  std::uint32_t signatures() const {
    return static_cast<std::uint32_t>(certificate.signatures.size());
  }
  // 400-404.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
