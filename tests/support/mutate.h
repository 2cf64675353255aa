// SPDX-License-Identifier: Apache-2.0
// Bytes as somebody hostile would change them: bits and bytes set, lengths blown up, parts cut out,
// doubled, swapped with parts of other valid bytes. Equal generators give equal mutations.
#pragma once

#include <algorithm>

#include "codec/base/prng.h"

namespace wald::tests {

// One to four changes; `other` is what parts are borrowed from.
inline base::Bytes mutate(base::Prng& prng, base::Bytes bytes, base::ByteView other) {
  for (std::uint64_t edits = 1 + prng.below(4); edits > 0; --edits) {
    const std::size_t at = prng.below(bytes.size() + 1);
    const auto here = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t rest = bytes.size() - at;
    const std::size_t some = prng.below(std::min<std::size_t>(rest, 64) + 1);
    switch (prng.below(8)) {
      case 0:  // a bit
        if (rest > 0) *here = static_cast<std::uint8_t>(*here ^ 1u << prng.below(8));
        break;
      case 1:  // a byte, often at its limits
        if (rest > 0) {
          const std::uint8_t limits[] = {0, 1, 0x7F, 0x80, 0xFF};
          *here = prng.below(2) == 0 ? limits[prng.below(5)]
                                     : static_cast<std::uint8_t>(prng.below(256));
        }
        break;
      case 2:  // a length of four bytes
        if (rest >= 4) std::fill_n(here, 4, static_cast<std::uint8_t>(0xFF - prng.below(2) * 0x80));
        break;
      case 3:  // cut off
        if (prng.below(4) == 0) bytes.resize(at);
        break;
      case 4:  // cut out
        bytes.erase(here, here + static_cast<std::ptrdiff_t>(some));
        break;
      case 5: {  // doubled
        const base::Bytes part(here, here + static_cast<std::ptrdiff_t>(some));
        bytes.insert(here, part.begin(), part.end());
        break;
      }
      case 6: {  // borrowed
        if (other.empty()) break;
        const std::size_t from = prng.below(other.size());
        const std::size_t count = std::min<std::size_t>(other.size() - from, 1 + prng.below(40));
        const auto part = other.subspan(from, count);
        bytes.insert(here, part.begin(), part.end());
        break;
      }
      default: {  // new
        const base::Bytes part = prng.bytes(1 + prng.below(8));
        bytes.insert(here, part.begin(), part.end());
        break;
      }
    }
  }
  return bytes;
}

}  // namespace wald::tests
