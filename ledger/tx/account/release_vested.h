// SPDX-License-Identifier: Apache-2.0
// ReleaseVested: what has become free of a vesting goes to its beneficiary, as far as it lies in
// the record and not behind a node (T-3). A record that holds nothing and waits for nothing ends.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct ReleaseVested {
  using Message = spec::ReleaseVested;
  base::ObjectId vesting;
  static Parsed<ReleaseVested> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, NOT_VESTED (nothing is free).
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
