// SPDX-License-Identifier: Apache-2.0
// Pools in quarantine are repaired by an upgrade (H-8): once another protocol version is in force
// the steps that they missed are taken, each with the input and the money that were set aside for
// it. Total. Thread rule: one block at a time.
#pragma once

#include "ledger/context.h"

namespace wald::ledger::epoch {

inline constexpr std::size_t kRepairs = 16;  // pools a block

// As the version turns: pools in quarantine are tried again.
void begin_repairs(Overlay& state);

// One step of each of at most kRepairs pools, by id; not in a block that begins an epoch.
void sweep_repairs(Context& ctx);

}  // namespace wald::ledger::epoch
