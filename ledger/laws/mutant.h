// SPDX-License-Identifier: Apache-2.0
// The planted bug of a law: `if (mutate("I4")) ..` at the place where the bug would be made.
// Only builds with WALD_CANARY=ON hold one, chosen at run time by the law's id; everywhere else the
// question is constexpr false and the code behind it is gone. Thread rule: chosen before the first
// block, by tests of one thread.
#pragma once

#include <string_view>

namespace wald::ledger {

#ifdef WALD_CANARY
bool mutate(std::string_view law);
void choose_mutant(std::string_view law);  // empty: none
// A broken block is told in BlockOutput::law_failures instead of stopping the process.
bool blocks_may_break();
void let_blocks_break(bool allowed);
#else
constexpr bool mutate(std::string_view) { return false; }
constexpr bool blocks_may_break() { return false; }
#endif

}  // namespace wald::ledger
