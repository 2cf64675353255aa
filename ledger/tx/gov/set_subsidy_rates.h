// SPDX-License-Identifier: Apache-2.0
// SetSubsidyRates: the foundation sets rates of within their bounds, from the next
// epoch on (G-7).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct SetSubsidyRates {
  using Message = spec::SetSubsidyRates;
  std::map<std::string, std::uint64_t> rates;  // by parameter; at least one
  static Parsed<SetSubsidyRates> parse(const Message& message);
  // POWER_ENDED, OUT_OF_BOUNDS.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
