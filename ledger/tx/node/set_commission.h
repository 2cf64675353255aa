// SPDX-License-Identifier: Apache-2.0
// SetCommission: a node's operator announces a commission rate for the rewards of e+2 (P-11).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct SetCommission {
  using Message = spec::SetCommission;
  base::NodeId node;
  std::uint32_t bps = 0;
  static Parsed<SetCommission> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, POOL_QUARANTINED, BAD_RATE.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
