// SPDX-License-Identifier: Apache-2.0
#include "codec/base/ids.h"

#include <catch2/catch.hpp>

using namespace wald::base;

TEST_CASE("strong: ordinals order and step, ids compare as bytes", "[base][rule:A-24]") {
  REQUIRE(Epoch(3).next() == Epoch(4));
  REQUIRE(Epoch(3) < Epoch(10));
  std::array<std::uint8_t, 32> low{}, high{};
  high[0] = 1;
  low[31] = 255;
  REQUIRE(NodeId(low) < NodeId(high));
  REQUIRE(NodeId().is_zero());
  REQUIRE(narrow<std::uint8_t>(255u) == 255);
}

TEST_CASE("strong: reader refuses what is short and stays refused", "[base]") {
  const Bytes in{1, 2, 3};
  Reader r(in);
  REQUIRE(r.le<std::uint16_t>() == 0x0201);
  REQUIRE_FALSE(r.be<std::uint16_t>().has_value());
  REQUIRE_FALSE(r.u8().has_value());
  REQUIRE_FALSE(r.done());
  const Bytes out = Writer().be(std::uint16_t{0x0102}).le(std::uint32_t{7}).padded("ab", 4).bytes();
  REQUIRE(out == Bytes{1, 2, 7, 0, 0, 0, 'a', 'b', 0, 0});
}
