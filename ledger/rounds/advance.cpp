// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/advance.h"

namespace wald::ledger::rounds {

void advance(Context&) {}

}  // namespace wald::ledger::rounds
