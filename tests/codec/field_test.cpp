// SPDX-License-Identifier: Apache-2.0
#include "codec/field/field.h"

#include <bit>
#include <catch2/catch.hpp>
#include <numeric>

#include "codec/base/prng.h"
#include "codec/field/batch.h"
#include "codec/field/line_code.h"
#include "codec/field/lines.h"
#include "codec/kernels.h"

using namespace wald::codec;
using wald::base::Prng;

namespace {
Word any_word(Prng& prng) { return static_cast<Word>(prng.next()); }
}  // namespace

TEST_CASE("field: logarithms, products and quotients are the known ones", "[codec][rule:K-6]") {
  const Field& f = field();
  CHECK(f.log[1] == 0);
  CHECK(f.log[2] == 21'845);
  CHECK(f.log[3] == 43'690);
  CHECK(f.log[0x8000] == 26'315);
  CHECK(f.log[0xFFFF] == 45'925);
  CHECK(f.exp[1] == 0x4690);
  CHECK(f.exp[2] == 0x65D8);
  CHECK(f.exp[65'534] == 0x2646);
  CHECK(f.mul(2, 2) == 3);
  CHECK(f.mul(4, 4) == 6);
  CHECK(f.mul(0x1234, 0xABCD) == 0x43C1);
  CHECK(f.mul(0xFFFF, 0xFFFF) == 0x8000);
  CHECK(f.div(1, 2) == 3);
  CHECK(f.div(1, 0x1234) == 0x371E);
  CHECK(f.div(1, 0xFFFF) == 0x0D5C);
}

TEST_CASE("field: the laws of a field hold, and small words are subfields", "[codec][rule:K-6]") {
  const Field& f = field();
  Prng prng(6);
  for (int i = 0; i < 20'000; ++i) {
    const Word a = any_word(prng), b = any_word(prng), c = any_word(prng);
    REQUIRE(f.mul(a, b) == f.mul(b, a));
    REQUIRE(f.mul(a, f.mul(b, c)) == f.mul(f.mul(a, b), c));
    REQUIRE(f.mul(a, static_cast<Word>(b ^ c)) == (f.mul(a, b) ^ f.mul(a, c)));
    REQUIRE(f.mul(a, 1) == a);
    if (b != 0) REQUIRE(f.mul(f.div(a, b), b) == a);
  }
  for (const Word limit : {Word{4}, Word{16}, Word{256}})
    for (Word a = 1; a < limit; ++a)
      for (Word b = 1; b < limit; ++b)
        if (f.mul(a, b) >= limit || f.div(a, b) >= limit) FAIL("left the subfield");
}

TEST_CASE("pack: words lie where the table of K-7 says", "[codec][rule:K-7]") {
  const auto places = [](std::size_t z, std::size_t word) {
    // Every byte of the symbol carries its own place; z stays below 256.
    Bytes symbol(z);
    for (std::size_t i = 0; i < z; ++i) symbol[i] = static_cast<std::uint8_t>(i);
    Bytes blocks(padded(z));
    each_tile(Batch{1, z, 0, 0}, 2048, [&](const Tile& tile) {
      REQUIRE(tile.width == blocks.size());
      load_row(tile, Batch{1, z, 0, 0}, blocks.data(), symbol.data());
    });
    const std::size_t at = word / 32 * 64 + word % 32;
    return std::pair<int, int>(blocks[at], blocks[at + 32]);
  };
  CHECK(places(2, 0) == std::pair<int, int>(0, 1));
  CHECK(places(64, 31) == std::pair<int, int>(31, 63));
  CHECK(places(66, 31) == std::pair<int, int>(31, 63));
  CHECK(places(66, 32) == std::pair<int, int>(64, 65));
  CHECK(places(100, 32) == std::pair<int, int>(64, 82));
  CHECK(places(100, 49) == std::pair<int, int>(81, 99));
}

TEST_CASE("pack: tails of every size share blocks, word after word, and come back",
          "[codec][rule:K-7]") {
  Prng prng(7);
  for (std::size_t t = 2; t < 64; t += 2) {
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{33}, 2048 / t}) {
      const std::size_t stride = t + prng.below(9);
      const Bytes tails = prng.bytes((count - 1) * stride + t);
      Bytes blocks(padded(count * t) + 1, 0xEE);
      pack_tails(blocks.data(), tails.data(), stride, count, t);
      for (std::size_t word = 0; word < padded(count * t) / 2; ++word) {
        const std::size_t at = word / 32 * 64 + word % 32;
        const std::size_t from = word / (t / 2) * stride + word % (t / 2);
        const bool there = word < count * t / 2;
        REQUIRE(blocks[at] == (there ? tails[from] : 0));
        REQUIRE(blocks[at + 32] == (there ? tails[from + t / 2] : 0));
      }
      REQUIRE(blocks.back() == 0xEE);
      // Back over other bytes: those between the tails stay.
      Bytes back(tails.size() + 1, 0xEE);
      unpack_tails(blocks.data(), back.data(), stride, count, t);
      for (std::size_t i = 0; i < back.size(); ++i)
        REQUIRE(back[i] == (i < tails.size() && i % stride < t ? tails[i] : 0xEE));
    }
  }
}

TEST_CASE("tiles: every byte of every symbol is in one of them, whatever the sizes",
          "[codec][rule:K-7]") {
  Prng prng(8);
  for (std::size_t z = 2; z <= 400; z += 2) {
    for (const std::size_t width : {std::size_t{64}, std::size_t{128}, std::size_t{512}}) {
      const Batch batch{1 + prng.below(40), z, z + prng.below(5), z + prng.below(5)};
      const Bytes in = prng.bytes(batch.count * batch.in_stride);
      Bytes out(batch.count * batch.out_stride, 0xEE), row(width);
      each_tile(batch, width, [&](const Tile& tile) {
        REQUIRE(tile.width <= width);
        REQUIRE(tile.width <= padded(batch.count * z));
        REQUIRE(tile.width % kBlock == 0);
        load_row(tile, batch, row.data(), in.data());
        store_row(tile, batch, row.data(), out.data());
      });
      for (std::size_t g = 0; g < batch.count; ++g)
        for (std::size_t i = 0; i < batch.out_stride; ++i)
          REQUIRE(out[g * batch.out_stride + i] == (i < z ? in[g * batch.in_stride + i] : 0xEE));
    }
  }
}

TEST_CASE(
    "kernels: of words in pairs a constant of the subfield takes both halves through one matrix",
    "[codec][rule:K-10]") {
  const auto through = [](std::uint64_t matrix, unsigned byte) {
    unsigned out = 0;
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint64_t row = matrix >> (8 * (7 - i)) & 0xFF;
      out |= static_cast<unsigned>(std::popcount(row & byte) % 2) << i;
    }
    return out;
  };
  const Field& f = field();
  Prng prng(15);
  for (std::uint32_t c = 0; c < 65'536; ++c) {
    const MulTable table = pair_table(static_cast<Word>(c));
    REQUIRE(table.constant == c);
    const Word word = any_word(prng), pair = paired(word);
    REQUIRE(paired(pair) == word);
    REQUIRE((pair & 0xFF) == ((word & 0xFFU) ^ through(kPairing, word >> 8)));
    const unsigned low = pair & 0xFF, high = pair >> 8;
    const auto& m = table.matrix.part;
    const unsigned product = (through(m[0], low) ^ through(m[3], high)) |
                             (through(m[1], high) ^ through(m[2], low)) << 8;
    REQUIRE(product == paired(f.mul(word, static_cast<Word>(c))));
    if (c < 256) REQUIRE((m[0] == m[1] && m[2] == 0 && m[3] == 0));
    if (c >= 256) REQUIRE(m[3] != 0);  // by which a kernel tells them apart
  }
}

TEST_CASE("kernels: every tier multiplies by all constants like the logarithms",
          "[codec][rule:K-10]") {
  const Field& f = field();
  Prng prng(10);
  const Bytes from = prng.bytes(64);
  const Tier before = tier();
  for (const Tier use : tiers()) {
    REQUIRE(force_tier(use));
    for (std::uint32_t c = 0; c < 65'536; ++c) {
      const MulTable table = mul_table(static_cast<Word>(c));
      Bytes to(64);
      kernels().mul(to.data(), from.data(), 64, &table);
      const std::size_t i = c % 32;
      const auto word = [&](const Bytes& b) { return static_cast<Word>(b[i] | b[i + 32] << 8); };
      REQUIRE(word(to) == f.mul(word(from), static_cast<Word>(c)));
    }
  }
  force_tier(before);
}

TEST_CASE("kernels: every tier agrees with the scalar one on any length and alignment",
          "[codec][rule:K-10]") {
  Prng prng(11);
  const Tier before = tier();
  for (const Tier use : tiers()) {
    REQUIRE(force_tier(use));
    const Kernels& fast = kernels();
    for (std::size_t bytes = 64; bytes <= 1024; bytes += 64) {
      const std::size_t shift = prng.below(33);
      const Bytes a = prng.bytes(bytes + shift), b = prng.bytes(bytes + shift);
      const MulTable c = mul_table(any_word(prng));
      for (int which = 0; which < 5; ++which) {
        Bytes x[2] = {a, a}, y[2] = {b, b};
        for (int k = 0; k < 2; ++k) {
          const Kernels& one = k == 0 ? fast : kScalarKernels;
          std::uint8_t* p = x[k].data() + shift;
          std::uint8_t* q = y[k].data() + shift;
          if (which == 0) one.add(p, q, bytes);
          if (which == 1) one.mul(p, q, bytes, &c);
          if (which == 2) one.mul_add(p, q, bytes, &c);
          if (which == 3) one.inverse(p, q, bytes, &c);
          if (which == 4) one.forward(p, q, bytes, &c);
        }
        REQUIRE(x[0] == x[1]);
        REQUIRE(y[0] == y[1]);
      }
    }
  }
  force_tier(before);
}

TEST_CASE("kernels: two layers at once are one after the other, at every tier, zeros included",
          "[codec][rule:K-10]") {
  Prng prng(12);
  const Tier before = tier();
  for (const Tier use : tiers()) {
    REQUIRE(force_tier(use));
    for (std::size_t bytes = 64; bytes <= 512; bytes += 64) {
      for (int zeros = 0; zeros < 8; ++zeros) {
        const std::size_t shift = prng.below(33);
        const Bytes a = prng.bytes(4 * bytes + shift + 64);  // what lies behind stays as it is
        MulTable c[3];
        for (int k = 0; k < 3; ++k)
          c[k] = mul_table((zeros >> k & 1) != 0 ? Word{0} : any_word(prng));
        for (const bool inverse : {false, true}) {
          Bytes x[2] = {a, a};
          for (int k = 0; k < 2; ++k) {
            const Kernels& one = k == 0 ? kernels() : kScalarKernels;
            (inverse ? one.inverse2 : one.forward2)(x[k].data() + shift, bytes, &c[0], &c[1],
                                                    &c[2]);
          }
          REQUIRE(x[0] == x[1]);
        }
      }
    }
  }
  force_tier(before);
}

TEST_CASE("kernels: dot products are sums of products, at every tier that has them",
          "[codec][rule:K-14]") {
  Prng prng(13);
  const Tier before = tier();
  const Bytes data = prng.bytes(4096);
  std::vector<MulTable> tables;
  std::array<Matrix, 128> c;
  for (Matrix& one : c) one = tables.emplace_back(mul_table(any_word(prng))).matrix;
  for (const Tier use : tiers()) {
    REQUIRE(force_tier(use));
    REQUIRE((kernels().dot != nullptr) == kernels().matrices);
    for (std::size_t bytes = 64; kernels().matrices && bytes <= 1280; bytes += 64) {
      const std::size_t count = 1 + prng.below(40), step = prng.below(70);
      const std::size_t first = prng.below(128 - count), mask = prng.below(128);
      Bytes sum(bytes + 64, 0xEE), want = sum;
      kernels().dot(sum.data(), data.data(), step, count, bytes, c.data(), first, mask);
      for (std::size_t i = 0; i < count; ++i)
        kScalarKernels.mul_add(want.data(), data.data() + i * step, bytes,
                               &tables[(first + i) ^ mask]);
      REQUIRE(sum == want);
    }
  }
  force_tier(before);
}

TEST_CASE("line codes: rates are those of K-8", "[codec][rule:K-8]") {
  // k and m of both axes by shard count, without building the codes of each.
  const auto high = [](std::uint32_t k, std::uint32_t m) { return LineCode(k, m).high_rate(); };
  for (std::uint32_t n = 4; n <= 120; ++n) {
    const std::uint32_t f = (n - 1) / 3, p = n - 2 * f, s = n - f;
    REQUIRE(high(s, f));
    // Low, but for n = 5, 6, 9 and for K = M with k <= m, where both forms coincide.
    const bool coincide = ceil2(p) == ceil2(n - p) && p <= n - p;
    REQUIRE(high(p, n - p) == (n == 5 || n == 6 || n == 9 || coincide));
  }
  CHECK_FALSE(high(334, 666));
  CHECK(high(667, 333));
}

TEST_CASE("generator: the check values of K-9", "[codec][rule:K-9]") {
  const LineCode column(334, 666), row(667, 333), two(2, 2), nine(9, 4);
  CHECK(column.generator(0, 0) == 0xE146);
  CHECK(column.generator(0, 333) == 0xBBCC);
  CHECK(column.generator(665, 0) == 0x7E79);
  CHECK(column.generator(665, 333) == 0x5073);
  CHECK(column.generator(333, 167) == 0xA2E4);
  CHECK(row.generator(0, 666) == 0x678E);
  CHECK(row.generator(332, 0) == 0xA711);
  CHECK(row.generator(332, 666) == 0xFB96);
  CHECK(row.generator(166, 333) == 0x1FB7);
  CHECK(two.generator(0, 0) == 3);
  CHECK(two.generator(0, 1) == 2);
  CHECK(two.generator(1, 0) == 2);
  CHECK(two.generator(1, 1) == 3);
  CHECK(nine.generator(0, 0) == 0xC);
  CHECK(nine.generator(0, 8) == 0xF);
  CHECK(nine.generator(3, 0) == 8);
  CHECK(nine.generator(3, 8) == 0xC);
}

TEST_CASE("generator: a single recovery symbol is plain XOR", "[codec][rule:K-9]") {
  for (const std::uint32_t k : {3U, 4U, 5U})
    for (std::uint32_t j = 0; j < k; ++j) CHECK(LineCode(k, 1).generator(0, j) == 1);
}
