// SPDX-License-Identifier: Apache-2.0
// DelegateStake: the sender puts WAL behind a node (P-4, N-9); `bond` marks stake of the operator
// that is charged before the pool (P-12).
#pragma once

#include "ledger/operation.h"
#include "specs/proto/common.pb.h"

namespace wald::ledger::tx {

struct DelegateStake {
  using Message = spec::DelegateStake;
  static constexpr spec::PauseGroup kPauses = spec::PAUSE_DELEGATION;
  base::NodeId node;
  Amount amount;
  bool bond = false;
  std::optional<base::ObjectId> vesting;  // whose locked WAL it is (T-3)
  static Parsed<DelegateStake> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY (bond), POOL_QUARANTINED, UNKNOWN_OBJECT and NOT_OWNER (vesting),
  // 100-102, BOND_LEAVING, NOT_VESTED or INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
