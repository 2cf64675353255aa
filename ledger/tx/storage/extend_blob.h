// SPDX-License-Identifier: Apache-2.0
// ExtendBlob: the owner of a certified blob prolongs it by k epochs for money, or with a resource
// of the same size that begins where the blob ends (L-8); anybody prolongs a shared one from its
// fund (L-10).
#pragma once

#include "ledger/gov.h"
#include "ledger/operation.h"

namespace wald::ledger::tx {

struct ExtendBlob {
  using Message = spec::ExtendBlob;
  base::ObjectId blob;
  std::uint32_t epochs = 0;  // for money
  Amount max_cost;
  std::optional<base::ObjectId> resource;  // instead of money
  bool from_fund = false;                  // not the sender's money
  static Parsed<ExtendBlob> parse(const Message& message);
  std::uint32_t groups() const { return resource ? 0 : bit_of(spec::PAUSE_PURCHASES); }
  // UNKNOWN_OBJECT, BAD_FIT of one inside a bucket, SHARE_STATE or NOT_OWNER, 310, 312, 314,
  // FUND_LIMIT, 300, 301, 302, 304, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
