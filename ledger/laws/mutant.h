// SPDX-License-Identifier: Apache-2.0
// Planted bugs (codec/base/mutant.h) inside the ledger: whether a block may show that it is broken.
#pragma once

#include "codec/base/mutant.h"

namespace wald::ledger {

using base::mutate;

#ifdef WALD_CANARY
// A broken block is told in BlockOutput::law_failures instead of stopping the process.
bool blocks_may_break();
void let_blocks_break(bool allowed);
#else
constexpr bool blocks_may_break() { return false; }
#endif

}  // namespace wald::ledger
