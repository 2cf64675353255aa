// SPDX-License-Identifier: Apache-2.0
#include "codec/encoder.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "codec/field/line_code.h"

using namespace wald::codec;
using wald::base::from_hex;
using wald::base::Prng;
using wald::base::to_base64url;
using wald::base::to_hex;

namespace {

Codec codec_of(std::uint64_t n) { return Codec::make(n).value(); }

Bytes body(const Encoded& e, Axis axis, std::uint32_t index) {
  const ByteView b = e.sliver(axis, index).body;
  return Bytes(b.begin(), b.end());
}

}  // namespace

TEST_CASE("encode: the worked example, sliver by sliver", "[codec][rule:K-18][rule:K-4]") {
  const Codec codec = codec_of(4);
  const Encoded e = encode(codec, *from_hex("ed8f01dbe4140b1d89a9817b8a")).value();
  CHECK(e.symbol_size() == 4);
  CHECK(to_hex(body(e, Axis::kPrimary, 0)) == "ed8f01dbe4140b1d89a9817b");
  CHECK(to_hex(body(e, Axis::kPrimary, 1)) == "8a0000000000000000000000");
  CHECK(to_hex(body(e, Axis::kPrimary, 2)) == "a2a203acac40043644a664d2");
  CHECK(to_hex(body(e, Axis::kPrimary, 3)) == "c52d027748540f2bcd0fe5a9");
  CHECK(to_hex(body(e, Axis::kSecondary, 0)) == "ed8f01db8a000000");
  CHECK(to_hex(body(e, Axis::kSecondary, 3)) == "80328bbd8a000000");
  CHECK(to_hex(e.metadata().blob_id.view()) ==
        "e99fd78e7a357a5f2833bb93f92ffe81bca7bf9d9b903df5bcb72c3c3fc9f10f");
  // Expansion gives the hashed corner, also of the slivers that hold no data.
  CHECK(to_hex(expand(codec, e.sliver(Axis::kPrimary, 3))) == "c52d027748540f2bcd0fe5a94076e8f5");
  CHECK(to_hex(expand(codec, e.sliver(Axis::kSecondary, 3))) == "80328bbd8a0000004a4463484076e8f5");
  const auto pair = e.pair(1);
  CHECK(pair.primary.index.value() == 1);
  CHECK(pair.secondary.index.value() == 2);
  CHECK(pair.secondary.body == body(e, Axis::kSecondary, 2));
}

TEST_CASE("encode: the constants of the reference", "[codec][rule:K-18]") {
  const auto id = [](std::uint64_t n, Bytes blob) {
    return describe(codec_of(n), blob).value().blob_id;
  };
  const auto text = wald::base::as_bytes("walrus blob id v1 regression test");
  CHECK(to_base64url(id(10, Bytes(text.begin(), text.end())).view()) ==
        "RcU82Mwf-CFkv1LaI_2qcpANwpGUuG3TMwnVzZxD2kY");
  const std::string empty = to_hex(id(1000, {}).view());
  CHECK(empty.substr(0, 8) == "dc63d02f");
  CHECK(empty.substr(60) == "d6fe");
  const std::string ten = to_hex(id(1000, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}).view());
  CHECK(ten.substr(0, 8) == "865ca484");
  CHECK(ten.substr(60) == "e093");
}

TEST_CASE("encode: rows then columns is columns then rows", "[codec][rule:K-3]") {
  Prng prng(3);
  for (const std::uint64_t n : {4u, 5u, 9u, 10u, 33u}) {
    const Codec codec = codec_of(n);
    const Params& params = codec.params();
    const Bytes blob = prng.bytes(std::size_t{params.p()} * params.s() * 6 - 3);
    const Encoded e = encode(codec, blob).value();
    // The corner from the rows below the data and from the columns beside them.
    for (std::uint32_t r = 0; r < n; ++r) {
      const Bytes row = expand(codec, e.sliver(Axis::kPrimary, r));
      for (std::uint32_t c = 0; c < n; ++c) {
        const Bytes column = expand(codec, e.sliver(Axis::kSecondary, c));
        REQUIRE(std::equal(row.begin() + c * 6, row.begin() + c * 6 + 6, column.begin() + r * 6));
      }
    }
    // Blob bytes lie row by row; zeros follow.
    const ByteView data = e.bodies(Axis::kPrimary);
    REQUIRE(std::equal(blob.begin(), blob.end(), data.begin()));
    REQUIRE(data[blob.size()] == 0);
  }
}

TEST_CASE("symbol: one symbol is that of the expanded sliver", "[codec][rule:K-14]") {
  Prng prng(14);
  for (const std::uint64_t n : {4u, 7u, 10u, 31u}) {
    const Codec codec = codec_of(n);
    const Encoded e = encode(codec, prng.bytes(3000)).value();
    const std::size_t z = e.symbol_size();
    for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
      for (const std::uint32_t index : {0U, static_cast<std::uint32_t>(n - 1)}) {
        const Bytes all = expand(codec, e.sliver(axis, index));
        for (std::uint32_t t = 0; t < n; ++t) {
          Bytes one(z);
          symbol(codec, e.sliver(axis, index), t, one);
          REQUIRE(std::equal(one.begin(), one.end(), all.data() + t * z));
        }
      }
    }
  }
}

TEST_CASE("verify_sliver: every sliver is accepted, every changed byte is not",
          "[codec][rule:K-21]") {
  Prng prng(21);
  for (const std::uint64_t n : {4u, 7u, 10u}) {
    const Codec codec = codec_of(n);
    const Encoded e = encode(codec, prng.bytes(200)).value();
    for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
      for (std::uint32_t i = 0; i < n; ++i) {
        SliverView sliver = e.sliver(axis, i);
        REQUIRE(verify_sliver(codec, e.metadata(), sliver).ok());
        CHECK(SliverTree::build(codec, sliver).root() ==
              wald::shape::sliver_hash(codec.params(), e.metadata(), axis,
                                       SliverIndex(static_cast<std::uint16_t>(i))));
        Bytes changed = body(e, axis, i);
        for (std::size_t b = 0; b < changed.size(); ++b) {
          changed[b] ^= 1;
          sliver.body = changed;
          const auto verdict = verify_sliver(codec, e.metadata(), sliver);
          REQUIRE(verdict.error().code == CodecCode::kSliverHash);
          REQUIRE(verdict.error().numbers ==
                  std::vector<std::uint64_t>{static_cast<std::uint64_t>(axis), i});
          changed[b] ^= 1;
        }
      }
    }
  }
}

TEST_CASE("verify_sliver: index, length and symbol size are refused before the hash",
          "[codec][rule:K-21]") {
  const Codec codec = codec_of(7);
  const Encoded e = encode(codec, Bytes(100, 5)).value();
  const auto numbers = [&](const SliverView& sliver, CodecCode code) {
    const auto verdict = verify_sliver(codec, e.metadata(), sliver);
    REQUIRE_FALSE(verdict.ok());
    CHECK(verdict.error().code == code);
    return verdict.error().numbers;
  };
  SliverView sliver = e.sliver(Axis::kPrimary, 2);
  sliver.index = 7;
  CHECK(numbers(sliver, CodecCode::kSliverIndex) == std::vector<std::uint64_t>{7, 7});
  sliver = e.sliver(Axis::kPrimary, 2);
  sliver.body = sliver.body.first(sliver.body.size() - 1);
  CHECK(numbers(sliver, CodecCode::kSliverLength) == std::vector<std::uint64_t>{39, 40});
  sliver = e.sliver(Axis::kPrimary, 2);
  sliver.symbol_size = 10;
  CHECK(numbers(sliver, CodecCode::kSymbolSize) == std::vector<std::uint64_t>{10, 8});
  sliver = e.sliver(Axis::kPrimary, 2);
  sliver.index = 3;
  CHECK(numbers(sliver, CodecCode::kSliverHash) == std::vector<std::uint64_t>{0, 3});
}

TEST_CASE("encode: what is too large or needs too much memory is refused", "[codec][rule:K-2]") {
  const Codec codec = codec_of(4);
  const std::uint64_t max = codec.params().max_len();
  const auto refused = encode(codec, Bytes(max + 1));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == CodecCode::kBlobTooLarge);
  CHECK(refused.error().numbers == std::vector<std::uint64_t>{max + 1, max});
  CHECK(describe(codec, Bytes(max + 1)).error().code == CodecCode::kBlobTooLarge);
  const std::uint64_t needed = encode_memory(codec.params(), 1000).value();
  CHECK(encode(codec, Bytes(1000), {needed}).ok());
  const auto poor = encode(codec, Bytes(1000), {needed - 1});
  REQUIRE_FALSE(poor.ok());
  CHECK(poor.error().code == CodecCode::kMemoryBudget);
  CHECK(poor.error().numbers == std::vector<std::uint64_t>{needed, needed - 1});
  CHECK(Codec::make(3).error().code == CodecCode::kShardCount);
  CHECK(Codec::make(65'539).error().code == CodecCode::kShardCount);
}

TEST_CASE("describe: metadata without slivers are those of encode", "[codec][rule:K-18]") {
  Prng prng(18);
  for (const std::uint64_t n : {4u, 13u, 40u})
    for (const std::size_t len : {0u, 1u, 999u, 20'000u}) {
      const Bytes blob = prng.bytes(len);
      const Codec codec = codec_of(n);
      CHECK(describe(codec, blob).value() == encode(codec, blob).value().metadata());
    }
}

TEST_CASE("encode: the memory of another encoding changes nothing but where the slivers lie",
          "[codec][rule:K-18]") {
  Prng prng(28);
  Encoded spent = encode(codec_of(7), prng.bytes(5'000)).value();
  for (const std::uint64_t n : {4u, 40u, 13u, 40u})
    for (const std::size_t len : {20'000u, 0u, 100'000u, 999u, 60'001u}) {
      const Bytes blob = prng.bytes(len);
      const Codec codec = codec_of(n);
      const Encoded want = encode(codec, blob).value();
      EncodeOptions options;
      options.spent = &spent;
      Encoded got = encode(codec, blob, options).value();
      REQUIRE(got.metadata() == want.metadata());
      for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
        REQUIRE(wald::base::equal(got.bodies(axis), want.bodies(axis)));
        REQUIRE(spent.bodies(axis).empty());
      }
      spent = std::move(got);
    }
  // A smaller one of the same form lies where the larger one did.
  const Codec codec = codec_of(40);
  Encoded large = encode(codec, prng.bytes(50'000)).value();
  const std::uint8_t* const at = large.bodies(Axis::kSecondary).data();
  EncodeOptions options;
  options.spent = &large;
  CHECK(encode(codec, prng.bytes(40'000), options).value().bodies(Axis::kSecondary).data() == at);
  // What is refused leaves it alone.
  options.memory = 1;
  Encoded kept = encode(codec, prng.bytes(100)).value();
  options.spent = &kept;
  CHECK_FALSE(encode(codec, prng.bytes(100), options).ok());
  CHECK_FALSE(kept.bodies(Axis::kPrimary).empty());
}
