// SPDX-License-Identifier: Apache-2.0
// Challenge rounds (O-5 to O-10): in each block at most one transition, evaluated before the
// transactions. Total: nothing here can fail.
#pragma once

#include "ledger/context.h"

namespace wald::ledger::rounds {

void advance(Context& ctx);

}  // namespace wald::ledger::rounds
