// SPDX-License-Identifier: Apache-2.0
// The most memory that the process has held so far, as the kernel counts it.
#pragma once

#include <sys/resource.h>

#include <cstdint>

#include "codec/base/check.h"

namespace wald::tests {

inline std::uint64_t peak_memory() {
  rusage usage{};
  WALD_CHECK(::getrusage(RUSAGE_SELF, &usage) == 0);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1'024;
}

}  // namespace wald::tests
