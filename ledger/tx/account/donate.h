// SPDX-License-Identifier: Apache-2.0
// AddSubsidy, AddTreasury: WAL of the sender into a fund of the state (T-4). The one pays a part of
// purchases, the other is spent by ballot only.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct AddSubsidy {
  using Message = spec::AddSubsidy;
  Amount amount;
  static Parsed<AddSubsidy> parse(const Message& message);
  // BAD_AMOUNT, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

struct AddTreasury {
  using Message = spec::AddTreasury;
  Amount amount;
  static Parsed<AddTreasury> parse(const Message& message);
  // BAD_AMOUNT, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
