// SPDX-License-Identifier: Apache-2.0
// CreateVesting: the sender locks WAL for a beneficiary, free in equal steps (T-3). Not revocable.
#pragma once

#include "ledger/operation.h"
#include "ledger/state/account.h"

namespace wald::ledger::tx {

struct CreateVesting {
  using Message = spec::CreateVesting;
  VestingRecord schedule;  // beneficiary, total and times; holds nothing yet
  static Parsed<CreateVesting> parse(const Message& message);
  // BAD_AMOUNT, BAD_SCHEDULE, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
