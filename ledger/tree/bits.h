// SPDX-License-Identifier: Apache-2.0
// Keys as bit strings: bit 0 is the most significant bit of byte 0; past its end a key is 0.
#pragma once

#include <bit>
#include <limits>

#include "codec/base/bytes.h"

namespace wald::ledger::tree {

inline constexpr std::size_t kMaxKeyBytes = 511;
// No bit: above every bit of a key of kMaxKeyBytes.
inline constexpr std::uint16_t kNoBit = std::numeric_limits<std::uint16_t>::max();
static_assert(8 * kMaxKeyBytes < kNoBit);

inline bool bit_at(base::ByteView key, std::uint16_t bit) {
  const std::size_t byte = bit / 8;
  return byte < key.size() && (key[byte] >> (7 - bit % 8) & 1) != 0;
}

// The first bit in which two keys of at most kMaxKeyBytes differ; kNoBit if there is none.
inline std::uint16_t first_difference(base::ByteView a, base::ByteView b) {
  if (a.size() > b.size()) std::swap(a, b);
  const auto [at_a, at_b] = std::mismatch(a.begin(), a.end(), b.begin());
  std::size_t byte = static_cast<std::size_t>(at_a - a.begin());
  std::uint8_t differing = 0;
  if (at_a != a.end()) {
    differing = *at_a ^ *at_b;
  } else {
    while (byte < b.size() && b[byte] == 0) ++byte;
    if (byte == b.size()) return kNoBit;
    differing = b[byte];
  }
  return static_cast<std::uint16_t>(8 * byte +
                                    static_cast<std::size_t>(std::countl_zero(differing)));
}

}  // namespace wald::ledger::tree
