// SPDX-License-Identifier: Apache-2.0
// Transfer: WAL from the sender to another account; a first credit makes it (U-9).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct Transfer {
  using Message = spec::Transfer;
  base::AccountId to;
  Amount amount;
  static Parsed<Transfer> parse(const Message& message);
  // BAD_AMOUNT, SAME_TARGET, BELOW_ACCOUNT_MIN, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
