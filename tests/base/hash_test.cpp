// SPDX-License-Identifier: Apache-2.0
#include "codec/base/hash.h"

#include <catch2/catch.hpp>

#include "codec/base/text.h"

using namespace wald::base;

TEST_CASE("hash: plain blake2b-256 of nothing is the published digest", "[base]") {
  REQUIRE(to_hex(blake2b({}).view()) ==
          "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

TEST_CASE("hash: the seed0 of the golden chain has the published first bytes", "[base][rule:O-1]") {
  const Bytes chain(32, 0x11);
  REQUIRE(to_hex(tagged_hash("wald.seed0", {}, chain).view()).substr(0, 16) == "00681fe66ea84b76");
}

TEST_CASE("hash: pieces give the same digest as the whole, with and without a purpose", "[base]") {
  Bytes data(300);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i);
  const ByteView all(data);
  REQUIRE(Hasher().update(all.first(7)).update(all.subspan(7)).finish() == blake2b(all));
  const Bytes key(32, 5);
  REQUIRE(Hasher("wald.x", key).update(all.first(200)).update(all.subspan(200)).finish() ==
          tagged_hash("wald.x", key, all));
  REQUIRE(tagged_hash("wald.x", key, all) != tagged_hash("wald.y", key, all));
}
