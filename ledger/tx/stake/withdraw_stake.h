// SPDX-License-Identifier: Apache-2.0
// WithdrawStake: pays out 1 to 64 stakes whose exit epoch has come or that may leave at once (P-8,
// P-9); each is paid or refused alone.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct WithdrawStake {
  using Message = spec::WithdrawStake;
  std::vector<base::ObjectId> stakes;
  static Parsed<WithdrawStake> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, POOL_QUARANTINED, STAKE_NOT_MATURE, EXIT_NOT_REQUESTED: item by
  // item; the first of them, if no stake at all was paid.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
