// SPDX-License-Identifier: Apache-2.0
// CreateBucket: one resource that will hold many blobs with one end, bought for the next epochs or
// one of the sender's own (L-12). What is bought is a resource with an id of its own.
#pragma once

#include "ledger/gov.h"
#include "ledger/operation.h"

namespace wald::ledger::tx {

struct CreateBucket {
  using Message = spec::CreateBucket;
  std::uint64_t size = 0;    // bytes, for money
  std::uint32_t epochs = 0;  // the running one first
  Amount max_cost;
  std::optional<base::ObjectId> resource;  // instead of money
  static Parsed<CreateBucket> parse(const Message& message);
  std::uint32_t groups() const { return resource ? 0 : bit_of(spec::PAUSE_PURCHASES); }
  // UNKNOWN_OBJECT, NOT_OWNER, RESOURCE_NOT_CURRENT; or 300, 303, 301, 302, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
