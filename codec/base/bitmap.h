// SPDX-License-Identifier: Apache-2.0
// Bitmaps over numbered items, as statements, certificates and records carry them: bit j of byte i,
// lowest first, is item 8i+j. Items past the end of a bitmap are not set. Thread rule: free
// functions.
#pragma once

#include <vector>

#include "codec/base/bytes.h"
#include "codec/base/check.h"

namespace wald::base {

constexpr std::size_t bitmap_size(std::size_t items) { return (items + 7) / 8; }

inline bool bit_at(ByteView bitmap, std::size_t item) {
  return item / 8 < bitmap.size() && (unsigned{bitmap[item / 8]} >> (item % 8) & 1u) != 0;
}

// item: within the bitmap (CHECK).
inline void set_bit(Bytes& bitmap, std::size_t item) {
  WALD_CHECK(item / 8 < bitmap.size());
  bitmap[item / 8] = static_cast<std::uint8_t>(bitmap[item / 8] | 1u << (item % 8));
}

// Exactly as many bytes as the items need.
inline Bytes bitmap_of(const std::vector<bool>& items) {
  Bytes out(bitmap_size(items.size()));
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[i]) set_bit(out, i);
  return out;
}

inline std::vector<bool> bits_of(ByteView bitmap, std::size_t items) {
  std::vector<bool> out(items);
  for (std::size_t i = 0; i < items; ++i) out[i] = bit_at(bitmap, i);
  return out;
}

// A bit is set at or past `items`.
inline bool has_bit_past(ByteView bitmap, std::size_t items) {
  for (std::size_t i = items; i < 8 * bitmap.size(); ++i)
    if (bit_at(bitmap, i)) return true;
  return false;
}

}  // namespace wald::base
