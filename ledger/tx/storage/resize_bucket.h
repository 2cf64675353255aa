// SPDX-License-Identifier: Apache-2.0
// GrowBucket, ShrinkBucket, ExtendBucket: a bucket gets more bytes for its remaining epochs, for
// money or with a resource; gives up bytes that nothing uses, as a resource; lives longer, with all
// inside (L-12, L-8, S-5).
#pragma once

#include "ledger/gov.h"
#include "ledger/operation.h"

namespace wald::ledger::tx {

struct GrowBucket {
  using Message = spec::GrowBucket;
  base::ObjectId bucket;
  std::uint64_t size = 0;  // bytes more, for money
  Amount max_cost;
  std::optional<base::ObjectId> resource;  // instead of money
  static Parsed<GrowBucket> parse(const Message& message);
  std::uint32_t groups() const { return resource ? 0 : bit_of(spec::PAUSE_PURCHASES); }
  // UNKNOWN_OBJECT, BUCKET_RIGHT, BLOB_ENDED; then 303, 301, 302, INSUFFICIENT; or UNKNOWN_OBJECT,
  // NOT_OWNER, BAD_FIT of the resource.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

struct ShrinkBucket {
  using Message = spec::ShrinkBucket;
  base::ObjectId bucket;
  std::optional<std::uint64_t> size;     // bytes that it gives up
  std::optional<std::uint32_t> percent;  // of the unused ones; one of the two is given
  static Parsed<ShrinkBucket> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, BLOB_ENDED, BAD_SIZE, BUCKET_FULL, BAD_FIT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

struct ExtendBucket {
  using Message = spec::ExtendBucket;
  static constexpr spec::PauseGroup kPauses = spec::PAUSE_PURCHASES;
  base::ObjectId bucket;
  std::uint32_t epochs = 0;
  Amount max_cost;
  static Parsed<ExtendBucket> parse(const Message& message);
  // UNKNOWN_OBJECT, BUCKET_RIGHT, BLOB_ENDED, 300, 301, 302, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
