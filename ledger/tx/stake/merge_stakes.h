// SPDX-License-Identifier: Apache-2.0
// MergeStakes: a stake ends in another of the same node and owner with the same dates, or with both
// old enough that dates say nothing any more (P-12).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct MergeStakes {
  using Message = spec::MergeStakes;
  base::ObjectId stake;
  base::ObjectId other;  // ends
  static Parsed<MergeStakes> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, POOL_QUARANTINED, SAME_TARGET, BOND_FIXED, MERGE_MISMATCH.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
