// SPDX-License-Identifier: Apache-2.0
// ExecuteProposal: anybody does what an approved ballot asks for, once its delay is over and before
// it expires (G-2, G-4): a slash by ballot or a payment from a fund.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct ExecuteProposal {
  using Message = spec::ExecuteProposal;
  std::uint32_t proposal = 0;
  static Parsed<ExecuteProposal> parse(const Message& message);
  // NO_PROPOSAL; NOT_PASSED (also one that is open, or expired), DONE, NOT_DUE (also while payments
  // are paused), DRY_RUN_FAILED (the fund holds too little, the pool is quarantined).
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
