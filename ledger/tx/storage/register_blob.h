// SPDX-License-Identifier: Apache-2.0
// RegisterBlob: a blob is announced and takes a resource, or bytes of a bucket; slivers may be sent
// from now on (L-4, L-12). The write fee is paid once, by the sender (S-3).
#pragma once

#include "ledger/operation.h"
#include "specs/proto/common.pb.h"

namespace wald::ledger::tx {

struct RegisterBlob {
  using Message = spec::RegisterBlob;
  static constexpr spec::PauseGroup kPauses = spec::PAUSE_REGISTRATIONS;
  base::ObjectId place;  // resource or bucket
  bool in_bucket = false;
  base::BlobId blob_id;
  base::Hash root;
  std::uint64_t length = 0;  // of the file, bytes
  std::uint32_t encoding = 0;
  bool deletable = false;
  Amount max_cost;
  static Parsed<RegisterBlob> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER or BUCKET_RIGHT, 306-308, 305 or BUCKET_FULL, 309, 314, IN_BUCKET,
  // COST_ABOVE_LIMIT, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
