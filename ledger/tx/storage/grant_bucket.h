// SPDX-License-Identifier: Apache-2.0
// GrantBucket, DestroyBucket: the owner says who may do what with a bucket, and ends an empty one,
// whose resource comes back (L-12).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct GrantBucket {
  using Message = spec::GrantBucket;
  static constexpr std::size_t kMost = 16;  // accounts with rights
  base::ObjectId bucket;
  base::AccountId account;
  std::uint8_t rights = 0;  // BucketRight, all that it has from now on
  static Parsed<GrantBucket> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, LIMIT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

struct DestroyBucket {
  using Message = spec::DestroyBucket;
  base::ObjectId bucket;
  static Parsed<DestroyBucket> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, BUCKET_NOT_EMPTY.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
