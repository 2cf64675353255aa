// SPDX-License-Identifier: Apache-2.0
// How a node ends (N-6, N-7): it becomes left, for good, in the running epoch; its commission and
// deposit are paid at T_(x+3), x the last epoch in whose committee it sat, or at once. Thread rule:
// one block at a time.
#pragma once

#include "ledger/context.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {

// The node becomes left now: a minted bond leaves with it, an empty pool is swept. It sits in
// neither committee (CHECK).
void end_node(Context& ctx, const base::NodeId& id, bool evicted);

// What end_node() does to the pool, of a node that became left in `epoch` while it was in
// quarantine; and its commission, which could not be paid then.
void leave_pool(Context& ctx, const base::NodeId& id, base::Epoch epoch);
void pay_repaired(Context& ctx, const base::NodeId& id);

// At the change: leaving nodes in neither the committee `closed` nor the running one end.
void end_leaving(Context& ctx, base::Epoch closed);

// At the change: pays left nodes whose time has come, and strikes off the roll who is done (N-6).
void pay_left(Context& ctx);

// A place for one more node (N-7): there is one, or the weakest node that may be ended is ended.
// POOLS_FULL where neither.
base::Result<void, Rejected> make_place(Context& ctx);

}  // namespace wald::ledger::epoch
