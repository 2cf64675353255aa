// SPDX-License-Identifier: Apache-2.0
// RenouncePowers: the foundation's powers end before their sunset, for good (G-7).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct RenouncePowers {
  using Message = spec::RenouncePowers;
  static Parsed<RenouncePowers> parse(const Message&) { return RenouncePowers(); }
  // POWER_ENDED.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
