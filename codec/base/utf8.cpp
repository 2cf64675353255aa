// SPDX-License-Identifier: Apache-2.0
#include "codec/base/utf8.h"

#include "codec/base/check.h"

namespace wald::base {
namespace {

// Continuation bytes after this first byte, or -1 where it cannot begin a character.
int tail_length(std::uint8_t first) {
  if (first < 0x80) return 0;
  if (first >= 0xc2 && first <= 0xdf) return 1;  // c0, c1 would be over-long
  if (first >= 0xe0 && first <= 0xef) return 2;
  if (first >= 0xf0 && first <= 0xf4) return 3;  // above f4: over U+10FFFF
  return -1;
}

// Range of the second byte: it alone decides over-long forms, surrogates and the upper end.
bool second_fits(std::uint8_t first, std::uint8_t second) {
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xbf;
  if (first == 0xe0) low = 0xa0;
  if (first == 0xed) high = 0x9f;
  if (first == 0xf0) low = 0x90;
  if (first == 0xf4) high = 0x8f;
  return second >= low && second <= high;
}

}  // namespace

bool is_utf8(ByteView bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::uint8_t first = bytes[at];
    const int tail = tail_length(first);
    if (tail < 0 || bytes.size() - at <= static_cast<std::size_t>(tail)) return false;
    for (int i = 1; i <= tail; ++i) {
      const std::uint8_t byte = bytes[at + static_cast<std::size_t>(i)];
      if (i == 1 ? !second_fits(first, byte) : (byte & 0xc0) != 0x80) return false;
    }
    at += static_cast<std::size_t>(tail) + 1;
  }
  WALD_CHECK(at == bytes.size());
  return true;
}

}  // namespace wald::base
