// SPDX-License-Identifier: Apache-2.0
// SplitStake: one stake becomes two with the same dates and fee, the shares in proportion, rounded
// for the part that stays (P-12).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct SplitStake {
  using Message = spec::SplitStake;
  base::ObjectId stake;
  Amount amount;  // principal of the new stake
  static Parsed<SplitStake> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, POOL_QUARANTINED, BAD_AMOUNT, BOND_FIXED, STAKE_TOO_SMALL.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
