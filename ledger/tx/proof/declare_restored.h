// SPDX-License-Identifier: Apache-2.0
// DeclareRestored (kind 11): a shard declared lost is whole again (O-27). Before the selection that
// would count it as lost, half of the fee returns to the node's escrow. Once per shard and
// epoch.
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct DeclareRestored {
  using Message = spec::DeclareRestored;
  RawStatement raw;
  proofs::ShardNotice body;
  static Parsed<DeclareRestored> parse(const Message& message);
  // In this order: MALFORMED, NO_ROUND, NOT_YOUR_SHARD, REPEATED, QUOTA, LOSS_STATE, BAD_SIGNATURE.
  base::Result<void, Dropped> admit(const Context& view) const;
  void apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
