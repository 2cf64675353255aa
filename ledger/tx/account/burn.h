// SPDX-License-Identifier: Apache-2.0
// Burn: the sender destroys WAL of its own for good (T-1).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct Burn {
  using Message = spec::Burn;
  Amount amount;
  static Parsed<Burn> parse(const Message& message);
  // BAD_AMOUNT, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
