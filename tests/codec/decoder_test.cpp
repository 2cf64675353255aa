// SPDX-License-Identifier: Apache-2.0
#include "codec/decoder.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/encoder.h"

using namespace wald::codec;
using wald::base::Prng;
using wald::shape::InvalidBlobKind;
using wald::shape::PairEntry;

namespace {

using Numbers = std::vector<std::uint64_t>;
constexpr Axis kAxes[] = {Axis::kPrimary, Axis::kSecondary};

Codec codec_of(std::uint64_t n) { return Codec::make(n).value(); }

struct Case {
  Codec codec;
  Bytes blob;
  Encoded encoded;
  Case(std::uint64_t n, std::size_t len, std::uint64_t seed = 1)
      : codec(codec_of(n)), blob(Prng(seed).bytes(len)), encoded(encode(codec, blob).value()) {}
  Decoder decoder(Axis axis) const {
    return Decoder::make(codec, axis, encoded.metadata()).value();
  }
  std::uint32_t need(Axis axis) const { return codec.params().needed(axis); }
};

// Feeds the last slivers of the axis, none of which holds plain data if it can be helped.
void push_last(Decoder& decoder, const Case& c, Axis axis) {
  const std::uint32_t n = c.codec.params().n();
  for (std::uint32_t i = 0; i < c.need(axis); ++i)
    REQUIRE(decoder.push(c.encoded.sliver(axis, n - 1 - i)).kind == Verdict::Kind::kUsed);
}

std::uint64_t kind(InvalidBlobKind k) { return static_cast<std::uint64_t>(k); }

}  // namespace

TEST_CASE("decode: both axes, every check, lengths around a full matrix",
          "[codec][rule:K-13][rule:K-25]") {
  for (const std::uint64_t n : {4u, 5u, 6u, 7u, 10u, 23u}) {
    const Params params = codec_of(n).params();
    const std::size_t cells = std::size_t{params.p()} * params.s();
    for (const std::size_t len : {std::size_t{0}, std::size_t{1}, cells * 2 - 1, cells * 2,
                                  cells * 2 + 1, cells * 64, cells * 70 - 5}) {
      const Case c(n, len);
      for (const Axis axis : kAxes) {
        Decoder decoder = c.decoder(axis);
        push_last(decoder, c, axis);
        for (const Check check : {Check::kSkip, Check::kStandard, Check::kStrict}) {
          const auto report = decoder.finish(check);
          REQUIRE(report.ok());
          REQUIRE(report->blob == c.blob);
          REQUIRE(report->verified);
          REQUIRE(report->check == check);
          REQUIRE(report->used == c.need(axis));
        }
      }
    }
  }
}

TEST_CASE("decode: the largest blob of four shards comes back", "[codec][rule:K-2][rule:K-13]") {
  const Case c(4, 393'204);
  CHECK(c.encoded.symbol_size() == 65'534);
  for (const Axis axis : kAxes) {
    Decoder decoder = c.decoder(axis);
    push_last(decoder, c, axis);
    CHECK(decoder.finish(Check::kStandard)->blob == c.blob);
  }
}

TEST_CASE("decode: each sliver spoiled in turn is passed over, the others still decode",
          "[codec][rule:K-25]") {
  for (const std::uint64_t n : {4u, 7u, 10u}) {
    const Case c(n, 150);
    for (const Axis axis : kAxes) {
      for (std::uint32_t bad = 0; bad < n; ++bad) {
        Decoder decoder = c.decoder(axis);
        for (std::uint32_t i = 0; i < n; ++i) {
          SliverView sliver = c.encoded.sliver(axis, i);
          Bytes body(sliver.body.begin(), sliver.body.end());
          if (i == bad) body[i % body.size()] ^= 0x10;
          sliver.body = body;
          const Verdict verdict = decoder.push(sliver);
          REQUIRE((verdict.kind == Verdict::Kind::kSkipped) == (i == bad));
        }
        const auto report = decoder.finish(Check::kStandard);
        REQUIRE(report.ok());
        REQUIRE(report->blob == c.blob);
        REQUIRE(report->skipped.size() == 1);
        REQUIRE(report->skipped[0].position == bad);
        REQUIRE(report->skipped[0].index == bad);
        REQUIRE(report->skipped[0].code == CodecCode::kSliverHash);
        REQUIRE(report->surplus == n - 1 - c.need(axis));
      }
    }
  }
}

TEST_CASE("decode: each kind of bad sliver has its reason, and the first good copy wins",
          "[codec][rule:K-21]") {
  const Case c(7, 100);
  Decoder decoder = c.decoder(Axis::kPrimary);
  const auto reason = [&](const SliverView& sliver) {
    const Verdict verdict = decoder.push(sliver);
    REQUIRE(verdict.kind == Verdict::Kind::kSkipped);
    return *verdict.reason;
  };
  const SliverView good = c.encoded.sliver(Axis::kPrimary, 4);
  SliverView bad = good;
  bad.index = 70'000;
  CHECK(reason(bad).code == CodecCode::kSliverIndex);
  bad = good;
  bad.body = good.body.first(10);
  CHECK(reason(bad).code == CodecCode::kSliverLength);
  CHECK(reason(bad).numbers == Numbers{10, 40});
  bad = good;
  bad.symbol_size = 0;
  CHECK(reason(bad).code == CodecCode::kSymbolSize);
  bad = good;
  bad.body = c.encoded.sliver(Axis::kPrimary, 5).body;
  CHECK(reason(bad).code == CodecCode::kSliverHash);
  bad = c.encoded.sliver(Axis::kSecondary, 4);
  CHECK(reason(bad).code == CodecCode::kSliverHash);
  CHECK(reason(bad).numbers == Numbers{1, 4});
  CHECK(decoder.push(good).kind == Verdict::Kind::kUsed);
  CHECK(reason(good).code == CodecCode::kDuplicate);
  CHECK_FALSE(decoder.complete());

  const auto early = decoder.finish(Check::kStandard);
  REQUIRE_FALSE(early.ok());
  CHECK(early.error().code == CodecCode::kNotEnoughSlivers);
  CHECK(early.error().numbers == Numbers{1, 3});
  CHECK(early.error().skipped.size() == 8);

  CHECK(decoder.push(c.encoded.sliver(Axis::kPrimary, 0)).kind == Verdict::Kind::kUsed);
  CHECK(decoder.push(c.encoded.sliver(Axis::kPrimary, 1)).kind == Verdict::Kind::kUsed);
  CHECK(decoder.complete());
  CHECK(decoder.push(c.encoded.sliver(Axis::kPrimary, 2)).kind == Verdict::Kind::kSurplus);
  CHECK(reason(c.encoded.sliver(Axis::kPrimary, 2)).code == CodecCode::kDuplicate);
  const auto report = decoder.finish(Check::kStandard);
  REQUIRE(report.ok());
  CHECK(report->blob == c.blob);
  CHECK(report->surplus == 1);
  CHECK(report->skipped.size() == 9);
}

TEST_CASE("decode: metadata that do not hold are refused before any sliver", "[codec][rule:K-21]") {
  const Case c(7, 100);
  Metadata bad = c.encoded.metadata();
  bad.pairs.pop_back();
  CHECK(Decoder::make(c.codec, Axis::kPrimary, bad).error().code == CodecCode::kMetadataCount);
  bad = c.encoded.metadata();
  bad.len = c.codec.params().max_len() + 1;
  CHECK(Decoder::make(c.codec, Axis::kPrimary, bad).error().code == CodecCode::kBlobTooLarge);
  bad = c.encoded.metadata();
  bad.len = 99;
  CHECK(Decoder::make(c.codec, Axis::kPrimary, bad).error().code == CodecCode::kBlobIdMismatch);
  CHECK(Decoder::unverified(c.codec, Axis::kPrimary, c.codec.params().max_len() + 1).error().code ==
        CodecCode::kBlobTooLarge);
}

TEST_CASE("decode: without metadata it works and says that nothing was verified",
          "[codec][rule:K-25]") {
  const Case c(10, 77);
  for (const Axis axis : kAxes) {
    Decoder decoder = Decoder::unverified(c.codec, axis, 77).value();
    push_last(decoder, c, axis);
    const auto report = decoder.finish(Check::kStrict);
    REQUIRE(report.ok());
    CHECK(report->blob == c.blob);
    CHECK_FALSE(report->verified);
  }
}

TEST_CASE("consistency: committed padding that is not zero is found by both checks",
          "[codec][rule:K-25]") {
  // The writer commits to a full matrix and claims that it ends a byte earlier.
  const Codec codec = codec_of(7);
  const Bytes blob = Prng(25).bytes(120);
  const Encoded full = encode(codec, blob).value();
  REQUIRE(full.bodies(Axis::kPrimary)[119] != 0);
  const Metadata claim = wald::shape::make_metadata(119, full.metadata().pairs);
  for (const Axis axis : kAxes) {
    Decoder decoder = Decoder::make(codec, axis, claim).value();
    for (std::uint32_t i = 0; i < codec.params().needed(axis); ++i)
      REQUIRE(decoder.push(full.sliver(axis, 6 - i)).kind == Verdict::Kind::kUsed);
    CHECK(decoder.finish(Check::kSkip).ok());
    for (const Check check : {Check::kStandard, Check::kStrict}) {
      const auto report = decoder.finish(check);
      REQUIRE_FALSE(report.ok());
      CHECK(report.error().code == CodecCode::kInvalidBlob);
      CHECK(report.error().numbers == Numbers{kind(InvalidBlobKind::kPadding), 119});
    }
  }
}

TEST_CASE("consistency: a row that was never encoded is found from the other axis",
          "[codec][rule:K-25]") {
  const Case c(7, 120);
  std::vector<PairEntry> pairs = c.encoded.metadata().pairs;
  pairs[1].primary = pairs[2].primary;
  const Metadata claim = wald::shape::make_metadata(120, pairs);
  Decoder decoder = Decoder::make(c.codec, Axis::kSecondary, claim).value();
  push_last(decoder, c, Axis::kSecondary);
  CHECK(decoder.finish(Check::kSkip).ok());
  const auto standard = decoder.finish(Check::kStandard);
  REQUIRE_FALSE(standard.ok());
  CHECK(standard.error().code == CodecCode::kInvalidBlob);
  CHECK(standard.error().numbers == Numbers{kind(InvalidBlobKind::kRow), 1});
  const auto strict = decoder.finish(Check::kStrict);
  REQUIRE_FALSE(strict.ok());
  CHECK(strict.error().numbers == Numbers{kind(InvalidBlobKind::kBlobId), 0});
}

TEST_CASE("consistency: hashes outside the data rows are for the strict check",
          "[codec][rule:K-25]") {
  const Case c(7, 120);
  std::vector<PairEntry> pairs = c.encoded.metadata().pairs;
  pairs[6].primary = pairs[2].primary;
  const Metadata claim = wald::shape::make_metadata(120, pairs);
  Decoder decoder = Decoder::make(c.codec, Axis::kSecondary, claim).value();
  push_last(decoder, c, Axis::kSecondary);
  CHECK(decoder.finish(Check::kStandard).ok());
  CHECK(decoder.finish(Check::kStrict).error().code == CodecCode::kInvalidBlob);
}

TEST_CASE("decode: random foreign views get a verdict, never more", "[codec][rule:K-21]") {
  const Case c(10, 500);
  Prng prng(99);
  Decoder decoder = c.decoder(Axis::kSecondary);
  for (int i = 0; i < 3000; ++i) {
    const Bytes body = prng.bytes(prng.below(200));
    const SliverView sliver{Axis::kSecondary, static_cast<std::uint32_t>(prng.below(20)),
                            static_cast<std::uint32_t>(prng.below(100)), body};
    REQUIRE(decoder.push(sliver).kind == Verdict::Kind::kSkipped);
  }
  push_last(decoder, c, Axis::kSecondary);
  CHECK(decoder.finish(Check::kStrict)->blob == c.blob);
}
