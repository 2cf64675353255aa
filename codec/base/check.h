// SPDX-License-Identifier: Apache-2.0
// WALD_CHECK(cond): a fact that our own code established. Never compiled out; on failure it prints
// expression and place, then aborts. Nothing that an outsider sends may reach one (rules A-27,
//
#pragma once

namespace wald::base {

[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;

// Under AddressSanitizer memory ends with what lay in it: who keeps it to fill it again would hide
// who uses what is gone.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kMemoryIsKept = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kMemoryIsKept = false;
#else
inline constexpr bool kMemoryIsKept = true;
#endif
#else
inline constexpr bool kMemoryIsKept = true;
#endif

}  // namespace wald::base

// Not called CHECK: Catch2 owns that name in the tests (specs/decisions/0001-check-name.md).
#define WALD_CHECK(cond)                                     \
  do {                                                       \
    if (!(cond)) [[unlikely]]                                \
      ::wald::base::check_failed(#cond, __FILE__, __LINE__); \
  } while (false)
