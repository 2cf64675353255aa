// SPDX-License-Identifier: Apache-2.0
#include "codec/shape/layout.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/shape/accounting.h"

using namespace wald::shape;
using wald::base::Prng;

namespace {
Params params_of(std::uint64_t n) { return Params::make(n).value(); }
BlobId any_id(Prng& prng) { return BlobId::from(prng.bytes(32)); }
}  // namespace

TEST_CASE("params: the counts are those of the table", "[shape][rule:K-1]") {
  struct Row {
    std::uint32_t n, f, p, s;
    std::uint64_t max;
  };
  for (const Row& row :
       {Row{4, 1, 2, 3, 393'204}, Row{7, 2, 3, 5, 983'010}, Row{10, 3, 4, 7, 1'834'952},
        Row{100, 33, 34, 67, 149'286'452}, Row{1000, 333, 334, 667, 14'599'533'452}}) {
    const Params p = params_of(row.n);
    CHECK(p.n() == row.n);
    CHECK(p.f() == row.f);
    CHECK(p.p() == row.p);
    CHECK(p.s() == row.s);
    CHECK(p.max_len() == row.max);
    CHECK(p.symbols(Axis::kPrimary) == row.s);
    CHECK(p.needed(Axis::kPrimary) == row.p);
    CHECK(p.symbols(Axis::kSecondary) == row.p);
  }
}

TEST_CASE("params: a shard count outside 4 to 49155 makes no object", "[shape][rule:K-1]") {
  for (const std::uint64_t n : {0ull, 1ull, 3ull, 49'156ull, 65'536ull, ~0ull}) {
    const auto made = Params::make(n);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == CodecCode::kShardCount);
    CHECK(made.error().numbers == std::vector<std::uint64_t>{n, 4, 49'155});
  }
  CHECK(Params::make(4).ok());
  CHECK(Params::make(49'155).ok());
  CHECK(Params::make(3).error().message() ==
        "ShardCount: the shard count is outside its range (3, 4, 49155)");
}

TEST_CASE("params: 49155 is the last count whose transforms fit the field", "[shape][rule:K-1]") {
  const auto ceil2 = [](std::uint32_t x) {
    std::uint32_t out = 1;
    while (out < x) out *= 2;
    return out;
  };
  const auto fits = [&](std::uint32_t k, std::uint32_t m) {
    return std::min(ceil2(k), ceil2(m)) + std::max(k, m) <= 65'536;
  };
  for (std::uint32_t n = 4; n <= kMaxShards; n += n < 2000 ? 1 : 97) {
    const Params p = params_of(n);
    REQUIRE(fits(p.s(), n - p.s()));
    REQUIRE(fits(p.p(), n - p.p()));
  }
  const Params last = params_of(49'155);
  CHECK(fits(last.p(), 49'155 - last.p()));
  const std::uint32_t n = 49'156, f = (n - 1) / 3, p = n - 2 * f, s = n - f;
  CHECK_FALSE((fits(p, n - p) && fits(s, n - s)));
}

TEST_CASE("symbol_size: smallest even size that holds the blob", "[shape][rule:K-2]") {
  const Params p = params_of(10);
  CHECK(p.symbol_size(0).value() == 2);
  CHECK(p.symbol_size(1).value() == 2);
  CHECK(p.symbol_size(56).value() == 2);
  CHECK(p.symbol_size(57).value() == 4);
  CHECK(p.symbol_size(p.max_len()).value() == 65'534);
  const auto refused = p.symbol_size(p.max_len() + 1);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == CodecCode::kBlobTooLarge);
  CHECK(refused.error().numbers == std::vector<std::uint64_t>{p.max_len() + 1, p.max_len()});
  CHECK(p.symbol_size(~std::uint64_t{0}).error().code == CodecCode::kBlobTooLarge);
  Prng prng(1);
  for (int i = 0; i < 2000; ++i) {
    const Params q = params_of(4 + prng.below(2000));
    const std::uint64_t len = prng.below(q.max_len() + 1);
    const std::uint64_t cells = std::uint64_t{q.p()} * q.s();
    const std::uint64_t z = q.symbol_size(len).value();
    REQUIRE(z % 2 == 0);
    REQUIRE(z * cells >= len);
    REQUIRE((z == 2 || (z - 2) * cells < len));
  }
}

TEST_CASE("sliver_bytes: a primary has s symbols and a secondary p", "[shape][rule:K-4]") {
  const Params p = params_of(4);
  CHECK(p.sliver_bytes(Axis::kPrimary, 13).value() == 12);
  CHECK(p.sliver_bytes(Axis::kSecondary, 13).value() == 8);
  CHECK_FALSE(p.sliver_bytes(Axis::kSecondary, p.max_len() + 1).ok());
}

TEST_CASE("pairs and shards: the offset is the big-endian id mod n", "[shape][rule:K-5]") {
  std::array<std::uint8_t, 32> raw{};
  raw[31] = 7;
  raw[30] = 1;  // 263 = 256 + 7
  const BlobId id(raw);
  CHECK(rotation_offset(params_of(1000), id) == 263);
  CHECK(rotation_offset(params_of(10), id) == 3);
  CHECK(shard_of_pair(params_of(10), id, PairIndex(8)) == ShardIndex(1));
  CHECK(pair_of_shard(params_of(10), id, ShardIndex(1)) == PairIndex(8));
  Prng prng(2);
  for (int i = 0; i < 500; ++i) {
    const Params p = params_of(4 + prng.below(kMaxShards - 3));
    const BlobId some = any_id(prng);
    const PairIndex pair(static_cast<std::uint16_t>(prng.below(p.n())));
    const ShardIndex shard = shard_of_pair(p, some, pair);
    REQUIRE(shard.value() < p.n());
    REQUIRE(pair_of_shard(p, some, shard) == pair);
    REQUIRE(sliver_of_pair(p, Axis::kPrimary, pair).value() == pair.value());
    REQUIRE(sliver_of_pair(p, Axis::kSecondary, pair).value() == p.n() - 1 - pair.value());
    for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
      const SliverIndex sliver = sliver_of_shard(p, some, axis, shard);
      REQUIRE(pair_of_sliver(p, axis, sliver) == pair);
      REQUIRE(shard_of_sliver(p, some, axis, sliver) == shard);
    }
  }
}

TEST_CASE("accounting: the figures that are paid for", "[shape][rule:K-20]") {
  CHECK(encoded_length(params_of(10), 0).value() == 6'940);
  CHECK(encoded_length(params_of(10), 1).value() == 6'940);
  CHECK(encoded_length(params_of(1000), 1).value() == 66'034'000);
  CHECK(metadata_length(params_of(1000)) == 64'032);
  CHECK(metadata_bcs_length(params_of(1000)) == 66'012);
  CHECK(metadata_bcs_length(params_of(127)) == 11 + 66 * 127);
  CHECK(metadata_bcs_length(params_of(128)) == 12 + 66 * 128);
  CHECK(metadata_bcs_length(params_of(16'384)) == 13 + 66 * 16'384);
  const Params p = params_of(10);
  CHECK(encoded_length(p, p.max_len() + 1).error().code == CodecCode::kBlobTooLarge);
  const BlobInfo all = info(p, 33).value();
  CHECK(all.symbol_size == 2);
  CHECK(all.primary_sliver_bytes == 14);
  CHECK(all.secondary_sliver_bytes == 8);
  CHECK(all.encoded_length == slivers_length(p, 33).value() + 10 * metadata_length(p));
  CHECK_FALSE(info(p, p.max_len() + 1).ok());
  // The largest of all neither wraps nor is refused.
  const Params last = params_of(kMaxShards);
  CHECK(encoded_length(last, last.max_len()).ok());
}
