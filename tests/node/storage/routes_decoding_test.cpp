// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "codec/recovery.h"
#include "node/storage/symbol_list.h"
#include "tests/node/storage/rig.h"

using namespace wald;
using namespace wald::tests;
using codec::Axis;
using net::Method;

TEST_CASE("decoding symbols: those of enough nodes rebuild several slivers at once",
          "[node][storage][rule:K-23]") {
  KnownBlob s;
  s.fill(s.blob);
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
    const std::string type = axis == Axis::kPrimary ? "primary" : "secondary";
    // Index 5 alone and index 2 with it: a map, sorted, each entry under its target.
    std::map<std::uint16_t, std::size_t> seen;
    for (std::size_t i = 0; i < s.size(); ++i) {
      const auto reply =
          ask(Method::kGet, s.node(i).url(blob_path(s.id(),
                                                    "/decodingSymbols?targetSlivers=5"
                                                    "&targetSlivers=2&targetSlivers=5"
                                                    "&targetType=" +
                                                        type)));
      REQUIRE(reply.status == 200);
      base::Reader in(base::as_bytes(reply.body));
      REQUIRE(in.u8() == 2);
      for (const std::uint16_t target : {std::uint16_t{2}, std::uint16_t{5}}) {
        REQUIRE(in.le<std::uint16_t>() == target);
        const std::size_t count = *in.u8();
        for (std::size_t k = 0; k < count; ++k) {
          REQUIRE(in.u8() == (axis == Axis::kPrimary ? 0 : 1));
          const auto source = in.le<std::uint16_t>();
          const std::size_t low = *in.u8();  // a length in two bytes of seven bits
          const std::size_t length = (low & 0x7F) | (std::size_t{*in.u8()} << 7);
          REQUIRE(length == s.blob.symbol_size());
          const base::ByteView symbol = *in.raw(length);
          // The same symbol as with its proof.
          const auto view = s.blob.sliver(shape::other(axis), *source);
          const auto expected = codec::recovery_symbol(s.codec(), view, target).value();
          REQUIRE(base::equal(symbol, expected.symbol.symbol));
          ++seen[target];
        }
      }
      REQUIRE(in.remaining() == 0);
    }
    REQUIRE(seen[2] == 7);
    REQUIRE(seen[5] == 7);
  }
  const auto get = [&](const std::string& query) {
    return ask(Method::kGet, s.node(0).url(blob_path(s.id(), "/decodingSymbols" + query)));
  };
  REQUIRE(refused(get(""), 400, "NO_TARGET_SLIVERS_SPECIFIED"));
  REQUIRE(refused(get("?targetType=primary"), 400, "NO_TARGET_SLIVERS_SPECIFIED"));
  REQUIRE(refused(get("?targetSlivers=7&targetType=primary"), 400, "RECOVERY_SYMBOL_OUT_OF_RANGE"));
  REQUIRE(refused(get("?targetSlivers=x&targetType=primary"), 400, "RECOVERY_SYMBOL_OUT_OF_RANGE"));
  REQUIRE(refused(get("?targetSlivers=1"), 400, "INVALID_SLIVER_TYPE"));
  REQUIRE(refused(get("?targetSlivers=1&targetType=third"), 400, "INVALID_SLIVER_TYPE"));
  const auto unknown = base::BlobId::from(base::Bytes(32, 9));
  REQUIRE(refused(
      ask(Method::kGet,
          s.node(0).url(blob_path(unknown, "/decodingSymbols?targetSlivers=1&targetType=primary"))),
      400, "SYMBOL_NOT_PRESENT_AT_SHARDS"));
  s.node(0).gate().commit({s.id()});
  REQUIRE(refused(get("?targetSlivers=1&targetType=primary"), 503, "PROOF_GATE"));
}

TEST_CASE("decoding symbols: a node with many slivers answers for so many targets as are bounded",
          "[node][storage][rule:K-23]") {
  Rig rig(36, 1);
  const auto blob = codec::encode(rig.codec(), random_bytes(4, 2'000)).value();
  rig.state.set_blob(blob.metadata().blob_id, permanent_blob(2'000, 4));
  rig.fill(blob);
  const auto get = [&](std::uint32_t targets) {
    std::string query = "/decodingSymbols?targetType=primary";
    for (std::uint32_t i = 0; i < targets; ++i) query += "&targetSlivers=" + std::to_string(i);
    return ask(Method::kGet, rig.node(0).url(blob_path(blob.metadata().blob_id, query)));
  };
  REQUIRE(get(7).status == 200);  // 252 symbols
  REQUIRE(refused(get(8), 400, "TOO_MANY_SYMBOLS"));
}

TEST_CASE("symbol map: keys are in the order of their bytes, not of their numbers",
          "[node][storage][rule:K-19]") {
  storage::DecodingSymbols symbols;
  for (const std::uint16_t target : {std::uint16_t{1}, std::uint16_t{256}, std::uint16_t{258}})
    symbols[target] = {};
  REQUIRE(storage::to_bytes(Axis::kPrimary, symbols) == base::Bytes{3, 0, 1, 0, 1, 0, 0, 2, 1, 0});
}
