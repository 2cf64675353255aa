// SPDX-License-Identifier: Apache-2.0
// Paged sweeps (H-3, L-9): objects whose epochs are over vanish, at most kSweepObjects a block,
// oldest end first. Rights follow the epoch number, never the sweep. Total. Thread rule: one block
// at a time.
#pragma once

#include "ledger/context.h"

namespace wald::ledger::epoch {

inline constexpr std::size_t kSweepObjects = 1000;

void sweep_expired(Context& ctx);

}  // namespace wald::ledger::epoch
