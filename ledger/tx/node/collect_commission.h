// SPDX-License-Identifier: Apache-2.0
// CollectCommission: the commission account takes what is out of escrow (X-4, N-2).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct CollectCommission {
  using Message = spec::CollectCommission;
  base::NodeId node;
  static Parsed<CollectCommission> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, POOL_QUARANTINED, NOTHING_TO_COLLECT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
