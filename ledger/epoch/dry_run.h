// SPDX-License-Identifier: Apache-2.0
// The next epoch as it would be under other parameters (G-5): their relations, the election after
// the ones that are chosen already, prices and capacity of its committee. Nothing of it stays.
// Thread rule: a look at a state.
#pragma once

#include <string>

#include "ledger/context.h"

namespace wald::ledger::epoch {

// Why it would not work, else nothing.
std::string dry_run(const Reader& state, const base::ChainId& chain, const Params& then);

}  // namespace wald::ledger::epoch
