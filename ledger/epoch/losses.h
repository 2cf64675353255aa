// SPDX-License-Identifier: Apache-2.0
// Shards that count as lost and the money set aside for them (O-27, X-8, X-9). A declared loss
// stands in its node's record, its earmark in the repair fund; both end when the shard is restored
// in time, at the selection that counts it as lost (the earmark) and the change after it (the
// loss), or at a change that gives the shard to another member. Thread rule: one block at a time.
#pragma once

#include <map>

#include "ledger/context.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {

// Keeps the order: ascending shard, the declared one first.
void add_loss(NodeRecord& node, Loss loss);

// Ends the earmark of a shard, if there is one: half goes back into the node's escrow of the
// running epoch if the same node restored it in time, all else is freed. Emits reward.repairPaid.
void end_earmark(Context& ctx, const base::NodeId& node, base::ShardIndex shard, bool in_time);

// Does the selection that takes place in epoch `e` count this loss (O-27, X-8)?
bool counts_in(const Loss& loss, base::Epoch e, std::uint64_t restore_epochs);

// Of each member, the shards it holds that the selection in the running epoch counts as lost,
// ascending.
using LostShards = std::map<base::NodeId, std::vector<base::ShardIndex>>;
LostShards lost_shards(const Reader& state, const CommitteeRecord& committee, base::Epoch running,
                       std::uint64_t restore_epochs);

// At the selection: frees the earmarks of declared losses whose time is over.
void free_overdue(Context& ctx);

// At the change out of `closed`, before its close marks new ones: ends what its selection counted,
// and what lies on a shard that another member has from now on.
void end_losses(Context& ctx, base::Epoch closed);

}  // namespace wald::ledger::epoch
