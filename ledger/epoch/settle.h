// SPDX-License-Identifier: Apache-2.0
// The money of an epoch that closes (H-4 b; section 8 of specs/economics.md), in the order of its
// phases: settle takes the money of slot 0 and the subsidies, burns the epoch's part and fixes
// every reward; step_pools pays them out and brings every pool into the next epoch; sink_rest gives
// what nobody earned to the sink; turn_ring drops the slot and carries on what was held. All money
// on its way is in `purse`. Total: nothing here can fail. Thread rule: one block at a time.
#pragma once

#include "economics/boundary.h"
#include "ledger/rounds/close.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {

// Money of pools that belongs to nobody, by id: what no stake earned, and what a sweep left.
using Ownerless = std::vector<std::pair<Coin, spec::BurnCause>>;

struct Close {
  base::Epoch epoch;          // that closes
  Params params;              // in force in it
  CommitteeRecord committee;  // its members; none in epoch 0
  rounds::EpochScores scores;
  economics::Slot slot;  // slot 0 as it was
  economics::Settlement money;
  Coin purse;  // what is left of slot and subsidies
  Ownerless ownerless;
};

Close settle(Context& ctx, rounds::EpochScores scores);
void step_pools(Context& ctx, Close& close);             // X-2, P-5, X-6; pools.cpp
void sink_rest(Context& ctx, Close& close);              // R-5, M-6
void sink_ownerless(Context& ctx, const Params& params, Ownerless& ownerless);
void turn_ring(Context& ctx, Close& close);             // S-4, R-4
void update_members(Context& ctx, const Close& close);  // X-8; standing.cpp
// Slots of the ring from `first` on: missing ones are appended, empty.
void widen_ring(Overlay& state, base::Epoch first, std::uint64_t horizon);

}  // namespace wald::ledger::epoch
