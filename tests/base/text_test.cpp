// SPDX-License-Identifier: Apache-2.0
#include "codec/base/text.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"

using namespace wald::base;

TEST_CASE("text: known forms", "[base]") {
  REQUIRE(to_base64(as_bytes("light w")) == "bGlnaHQgdw==");
  REQUIRE(to_base64url(Bytes{0xfb, 0xff}) == "-_8");
  REQUIRE(to_base58(as_bytes("Hello World!")) == "2NEpo7TZRRrLZSi2U");
  REQUIRE(to_base58(Bytes{0, 0, 1}) == "112");
  REQUIRE(to_hex(Bytes{0, 0xab}) == "00ab");
}

TEST_CASE("text: what was written reads back, and near misses are refused", "[base]") {
  Prng prng(7);
  for (int i = 0; i < 300; ++i) {
    const Bytes in = prng.bytes(prng.below(40));
    REQUIRE(from_hex(to_hex(in)) == in);
    REQUIRE(from_base64(to_base64(in)) == in);
    REQUIRE(from_base64url(to_base64url(in)) == in);
    REQUIRE(from_base58(to_base58(in)) == in);
  }
  REQUIRE_FALSE(from_hex("0").has_value());
  REQUIRE_FALSE(from_hex("0g").has_value());
  REQUIRE_FALSE(from_base64("bGlnaHQgdw").has_value());
  REQUIRE_FALSE(from_base64url("-_9").has_value());  // unused bits set
  REQUIRE_FALSE(from_base58("0").has_value());
}
