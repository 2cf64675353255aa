// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "codec/base/bitmap.h"
#include "codec/base/prng.h"

using namespace wald;

TEST_CASE("bitmap: bit j of byte i, lowest first, is item 8i+j, and past the end nothing is set",
          "[base][rule:A-39]") {
  const base::Bytes bitmap{0x01, 0x82};
  for (std::size_t i = 0; i < 20; ++i)
    REQUIRE(base::bit_at(bitmap, i) == (i == 0 || i == 9 || i == 15));
  REQUIRE_FALSE(base::bit_at({}, 0));
  REQUIRE(base::has_bit_past(bitmap, 15));
  REQUIRE_FALSE(base::has_bit_past(bitmap, 16));
  REQUIRE(base::bitmap_size(0) == 0);
  REQUIRE(base::bitmap_size(8) == 1);
  REQUIRE(base::bitmap_size(9) == 2);
}

TEST_CASE("bitmap: what is packed comes out again, in just enough bytes", "[base][rule:A-39]") {
  base::Prng prng(7);
  for (std::size_t items = 0; items < 70; ++items) {
    std::vector<bool> given(items);
    for (std::size_t i = 0; i < items; ++i) given[i] = prng.below(2) == 1;
    base::Bytes packed = base::bitmap_of(given);
    REQUIRE(packed.size() == base::bitmap_size(items));
    REQUIRE(base::bits_of(packed, items) == given);
    REQUIRE_FALSE(base::has_bit_past(packed, items));
    if (items == 0) continue;
    base::set_bit(packed, items - 1);
    REQUIRE(base::bit_at(packed, items - 1));
    REQUIRE(base::has_bit_past(packed, items - 1));
  }
}
