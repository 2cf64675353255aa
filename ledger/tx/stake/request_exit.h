// SPDX-License-Identifier: Apache-2.0
// RequestExit: the owner asks for a stake, or for a part that becomes a new stake and leaves; exit
// epoch and early-exit fee are fixed now and final (P-9, X-1).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct RequestExit {
  using Message = spec::RequestExit;
  base::ObjectId stake;
  std::optional<Amount> amount;  // principal of the part; nothing: all of it
  static Parsed<RequestExit> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, POOL_QUARANTINED, BAD_AMOUNT, 100, 104, 106, 109, 110.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
