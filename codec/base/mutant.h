// SPDX-License-Identifier: Apache-2.0
// The planted bug of a law: `if (mutate("I4")) ..` at the place where the bug would be made.
// Only builds with WALD_CANARY=ON hold one, chosen at run time by the law's id; everywhere else the
// question is constexpr false and the code behind it is gone. Thread rule: chosen before the first
// block, by tests of one thread.
#pragma once

#include <string_view>
#ifdef WALD_CANARY
#include <string>
#endif

namespace wald::base {

#ifdef WALD_CANARY
inline std::string& chosen_mutant() {
  static std::string law;
  return law;
}
inline bool mutate(std::string_view law) { return chosen_mutant() == law; }
inline void choose_mutant(std::string_view law) { chosen_mutant() = law; }  // empty: none
#else
constexpr bool mutate(std::string_view) { return false; }
#endif

}  // namespace wald::base
