// SPDX-License-Identifier: Apache-2.0
// What a node owes beside proofs: the deny list it asks for (L-14), and its presence in consensus
// (N-8). Sizes are encoded bytes, weights and powers shards, windows blocks. Errors: codes. Thread
// rule: functions over a state.
#pragma once

#include "ledger/context.h"
#include "ledger/state/node.h"

namespace wald::ledger {

DutyRecord duties_of(const Reader& state, const base::NodeId& node);

// Whether a list of this number may follow the one in force, which a node without one has at 0:
// DENY_SEQUENCE.
base::Result<void, Rejected> require_rising(Context& ctx, const DutyRecord& duties,
                                            std::uint64_t sequence);
// Puts a deny list in force, by certificate or ballot, with the weight that wanted it:
// UNKNOWN_NODE, NODE_STATE (it has left), DENY_SEQUENCE. What was announced up to this number is
// forgotten.
base::Result<void, Rejected> set_deny_list(Context& ctx, const base::NodeId& node,
                                           const DenyListed& list, std::uint32_t weight);
void emit_deny_list(Context& ctx, const base::NodeId& node, const DenyListed& list,
                    std::optional<std::uint32_t> weight);

// All that it owed ends with a node (N-6).
void end_duties(Overlay& state, const base::NodeId& node);

// Shards of the running committee's members that have a consensus key and were not switched off.
std::uint32_t consensus_power(const Reader& state, base::Epoch running);
// Counts who was absent from this block and forgets the blocks that left the window; a member
// absent from this block and from over half of the window loses its consensus power, unless what
// stays would be two thirds of n or less. Any list: what names no member says nothing.
void note_absences(Context& ctx, const std::vector<base::NodeId>& absent);
// Power again, and counting begins anew.
void switch_on(Context& ctx, const base::NodeId& node);

}  // namespace wald::ledger
