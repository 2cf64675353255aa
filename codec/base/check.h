// SPDX-License-Identifier: Apache-2.0
// WALD_CHECK(cond): a fact that our own code established. Never compiled out; on failure it prints
// expression and place, then aborts. Nothing that an outsider sends may reach one (rules A-27,
//
#pragma once

namespace wald::base {

[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace wald::base

// Not called CHECK: Catch2 owns that name in the tests (specs/decisions/0001-check-name.md).
#define WALD_CHECK(cond)                                     \
  do {                                                       \
    if (!(cond)) [[unlikely]]                                \
      ::wald::base::check_failed(#cond, __FILE__, __LINE__); \
  } while (false)
