// SPDX-License-Identifier: Apache-2.0
// Every law, one line each; each lives in its own file.
#pragma once

#include "ledger/laws/law.h"

namespace wald::ledger::laws {

std::unique_ptr<Law> supply();  // I1

inline void add_all(Laws& out) { out.push_back(supply()); }

}  // namespace wald::ledger::laws
