// SPDX-License-Identifier: Apache-2.0
// What happens to ballots by itself (G-4, G-5, H-3): the count once the deadline has passed, the
// end of those nobody executed, and parameters at the change of epoch. Total. Thread rule: one
// block at a time.
#pragma once

#include "ledger/context.h"

namespace wald::ledger::epoch {

inline constexpr std::size_t kSweepBallots = 16;  // a block

// At most kSweepBallots are counted or end, the earliest deadline first.
void sweep_ballots(Context& ctx);

// At the change into `opening`, which begins at `start`: values of approved ballots that are due
// come into force, each ballot whole or not at all, in the order of their times.
void change_parameters(Context& ctx, base::Epoch opening, base::TimeMs start);

}  // namespace wald::ledger::epoch
