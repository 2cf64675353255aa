// SPDX-License-Identifier: Apache-2.0
#include "node/os/random.h"

#include <sodium.h>

#include "codec/base/check.h"

namespace wald::os {

void sodium_ready() {
  static const int state = ::sodium_init();
  WALD_CHECK(state >= 0);
}

void random_fill(std::span<std::uint8_t> out) {
  sodium_ready();
  ::randombytes_buf(out.data(), out.size());
}

}  // namespace wald::os
