// SPDX-License-Identifier: Apache-2.0
#include "codec/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace wald::base {

void check_failed(const char* expression, const char* file, int line) noexcept {
  // stderr is unbuffered: the line is out before abort() whatever state the process is in.
  std::fprintf(stderr, "wald: CHECK failed: %s at %s:%d\n", expression, file, line);
  std::abort();
}

}  // namespace wald::base
