// SPDX-License-Identifier: Apache-2.0
#include "proofs/exchange.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

OpeningsRequest request() {
  return {base::Epoch(7), base::Round(3), filled<base::NodeId>(1), {5, 2, 900}};
}
Opening opening(std::uint16_t t) {
  Leaf leaf;
  leaf.t = t;
  leaf.symbol = unhex("a1b2");
  return {encode_leaf(leaf), {filled<base::Hash>(4)}, {}};
}

}  // namespace

TEST_CASE("exchange: a request has one form, and every other length is refused",
          "[proofs][rule:O-38]") {
  const base::Bytes bytes = encode_openings_request(request());
  REQUIRE(bytes.size() == 4 + 2 + 32 + 2 + 6);
  REQUIRE(parse_openings_request(bytes) == request());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    REQUIRE_FALSE(parse_openings_request(base::ByteView(bytes).first(length)).has_value());
  base::Bytes longer = bytes;
  longer.push_back(0);
  REQUIRE_FALSE(parse_openings_request(longer).has_value());
  base::Bytes twice = bytes;  // asks for leaf 5 again
  twice[42] = 5;
  REQUIRE_FALSE(parse_openings_request(twice).has_value());
}

TEST_CASE("exchange: an answer says what is held in the order asked", "[proofs][rule:O-38]") {
  const OpeningsAnswer answer{filled<base::Hash>(2), {opening(5), std::nullopt, opening(900)}};
  const base::Bytes bytes = encode_openings_answer(answer);
  const auto parsed = parse_openings_answer(bytes, 3);
  REQUIRE(parsed.has_value());
  REQUIRE(parsed->root == answer.root);
  REQUIRE(parsed->openings[0]->leaf == opening(5).leaf);
  REQUIRE_FALSE(parsed->openings[1].has_value());
  REQUIRE(encode_openings_answer(*parsed) == bytes);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    REQUIRE_FALSE(parse_openings_answer(base::ByteView(bytes).first(length), 3).has_value());
  REQUIRE_FALSE(parse_openings_answer(bytes, 2).has_value());
  REQUIRE_FALSE(parse_openings_answer(bytes, 4).has_value());
  REQUIRE(parse_openings_answer(filled<base::Hash>(2).view(), 0).has_value());
}

TEST_CASE("exchange: a length beyond the bytes that are there is refused before anything is taken",
          "[proofs][rule:O-38]") {
  base::Bytes bytes(32);
  for (int i = 0; i < 4; ++i) bytes.push_back(0xFF);
  REQUIRE_FALSE(parse_openings_answer(bytes, 1).has_value());
}
