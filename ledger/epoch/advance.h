// SPDX-License-Identifier: Apache-2.0
// The epoch machine (H-1 to H-8): in each block at most one epoch phase, the earliest that is due,
// then the paged sweeps. Total: nothing here can fail.
#pragma once

#include "ledger/context.h"

namespace wald::ledger::epoch {

void advance(Context& ctx);

}  // namespace wald::ledger::epoch
