// SPDX-License-Identifier: Apache-2.0
// FoundationSpend: the foundation pays from the treasury, up to `foundation_spend` an epoch (G-7).
#pragma once

#include "ledger/gov.h"
#include "ledger/operation.h"

namespace wald::ledger::tx {

struct FoundationSpend {
  using Message = spec::FoundationSpend;
  static constexpr spec::PauseGroup kPauses = spec::PAUSE_TREASURY;
  base::AccountId payee;
  Amount amount;
  static Parsed<FoundationSpend> parse(const Message& message);
  // POWER_ENDED, BELOW_ACCOUNT_MIN (no such payee), OUT_OF_BOUNDS (nothing, or over the limit),
  // INSUFFICIENT (the treasury).
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
