// SPDX-License-Identifier: Apache-2.0
// Powers and pauses (G-7, G-8): whether the foundation still has a say, what is paused now, and how
// members pause together. Groups are those of common.proto. Times are block times. Thread rule:
// functions over a state.
#pragma once

#include "ledger/context.h"
#include "ledger/state/gov.h"
#include "specs/proto/common.pb.h"

namespace wald::ledger {

// A set of groups: bit g stands for group g.
using PauseGroups = std::uint32_t;
constexpr PauseGroups bit_of(spec::PauseGroup group) { return 1u << group; }
template <class Message>
PauseGroups groups_named(const Message& message) {
  return (message.purchases() ? bit_of(spec::PAUSE_PURCHASES) : 0u) |
         (message.registrations() ? bit_of(spec::PAUSE_REGISTRATIONS) : 0u) |
         (message.delegation() ? bit_of(spec::PAUSE_DELEGATION) : 0u) |
         (message.treasury() ? bit_of(spec::PAUSE_TREASURY) : 0u);
}
// Each group of the set, ascending.
std::vector<spec::PauseGroup> groups_in(PauseGroups set);

// PAUSED, if one of these groups is paused at this time.
base::Result<void, Dropped> require_running(const Reader& state, PauseGroups groups,
                                            base::TimeMs now);

// The foundation's record, if the sender is the foundation and its powers last: else POWER_ENDED.
base::Result<FoundationRecord, Rejected> require_foundation(Context& ctx);

// How long a pause may be that begins now (G-8).
std::uint64_t longest_pause(const Context& ctx);
// OUT_OF_BOUNDS unless now < until <= now + longest_pause.
base::Result<void, Rejected> require_length(Context& ctx, base::TimeMs until);

// The shards of a member whose governance account sends: UNKNOWN_NODE, NOT_AUTHORITY.
base::Result<void, Rejected> require_member(Context& ctx, const base::NodeId& node);
// Shards of these nodes in the running committee.
std::uint32_t weight_of(const Context& ctx, const std::vector<base::NodeId>& nodes);

// Pauses a group that was not paused in this epoch: else DONE.
base::Result<void, Rejected> pause(Context& ctx, spec::PauseGroup group, base::TimeMs until);
// A member asks for it; with one-honest weight within a day the group pauses, as long as everybody
// asked for. DONE.
base::Result<void, Rejected> ask_pause(Context& ctx, spec::PauseGroup group,
                                       const base::NodeId& node, base::TimeMs until);
// A member asks for the end; a quorum ends the pause. DONE if nothing is paused or it asked before.
base::Result<void, Rejected> ask_resume(Context& ctx, spec::PauseGroup group,
                                        const base::NodeId& node);

}  // namespace wald::ledger
