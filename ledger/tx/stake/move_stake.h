// SPDX-License-Identifier: Apache-2.0
// MoveStake: to another node, by the way that a stake has out of its own (P-9, P-12). The direct
// way pays out and stakes the rest at the target in one; by request the stake leaves as after
// RequestExit, and the owner stakes the claim when it has matured.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct MoveStake {
  using Message = spec::MoveStake;
  base::ObjectId stake;
  base::NodeId node;  // that gets it
  static Parsed<MoveStake> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, POOL_QUARANTINED (of either node), UNKNOWN_NODE, SAME_TARGET,
  // BOND_FIXED, ALREADY_LEAVING; by the direct way STAKE_TOO_SMALL, POOL_IMPAIRED, NODE_LEAVING.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
