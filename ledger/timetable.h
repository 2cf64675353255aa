// SPDX-License-Identifier: Apache-2.0
// When the chain itself has something to do: the next moment at which a phase of the epoch (H-1) or
// of a challenge round (O-5, O-6) becomes due by time. A driver makes a block then even if nobody
// sent anything; in FREEZE and COMMIT it makes one every second anyway, and the blocks that a phase
// must last beside its time are those and its ordinary idle ones. Times in ms; a moment in the past
// means: now. Pure query, any thread over a fixed version.
#pragma once

#include <optional>

#include "codec/base/ids.h"
#include "ledger/params.h"

namespace wald::ledger {

// For the block after the one that `state` shows. Nothing where only more blocks are wanted.
std::optional<base::TimeMs> next_due_time(const Reader& state);

// Is a round in FREEZE or COMMIT, where blocks come at least every second (O-5)?
bool wants_steady_blocks(const Reader& state);

}  // namespace wald::ledger
