// SPDX-License-Identifier: Apache-2.0
// Keys of 120 kinds, none the beginning of another: one to four bytes of three values behind their
// number. Many share a beginning, and two draws are often equal.
#pragma once

#include "codec/base/bytes.h"
#include "codec/base/prng.h"

namespace wald::tests {

inline base::Bytes some_key(base::Prng& prng) {
  const auto length = static_cast<std::uint8_t>(1 + prng.below(4));
  base::Bytes key{length};
  for (std::uint8_t i = 0; i < length; ++i) key.push_back(static_cast<std::uint8_t>(prng.below(3)));
  return key;
}

}  // namespace wald::tests
