// SPDX-License-Identifier: Apache-2.0
// DeclareLost (kind 10): a member gives notice that a shard's data is gone (O-27). Its points are
// LOST from the next round on; the recovery fee of X-9 is taken from its node and lies in the
// repair fund. Once per shard and epoch.
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct DeclareLost {
  using Message = spec::DeclareLost;
  RawStatement raw;
  proofs::ShardNotice body;
  static Parsed<DeclareLost> parse(const Message& message);
  // In this order: MALFORMED, NO_ROUND, NOT_YOUR_SHARD, REPEATED, QUOTA, LOSS_STATE, BAD_SIGNATURE.
  base::Result<void, Dropped> admit(const Context& view) const;
  void apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
