// SPDX-License-Identifier: Apache-2.0
// InvalidateBlob: one honest member at least saw that what is encoded under a blob id is no file;
// the id is marked for ever and leaves the proof index (L-13). Up to 256 ids, each marked or
// refused alone; the part of the fee that belongs to those marked comes back (U-5).
#pragma once

#include "ledger/operation.h"
#include "proofs/certificate.h"

namespace wald::ledger::tx {

struct InvalidateBlob {
  using Message = spec::InvalidateBlob;
  static constexpr std::size_t kMost = 256;
  static constexpr bool kFeeWaits = true;
  struct Item {
    base::BlobId blob_id;
    proofs::Certificate certificate;
  };
  std::vector<Item> ids;
  static Parsed<InvalidateBlob> parse(const Message& message);
  // Those of all certificates (U-5).
  std::uint32_t signatures() const;
  std::uint64_t records() const;
  // LIMIT for all; of each id ALREADY_INVALID, 400-404: refused with that of the first where none
  // goes through.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
