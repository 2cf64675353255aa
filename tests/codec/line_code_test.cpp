// SPDX-License-Identifier: Apache-2.0
#include "codec/field/line_code.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "codec/base/prng.h"
#include "codec/field/line_decoder.h"
#include "codec/field/lines.h"
#include "codec/kernels.h"

using namespace wald::codec;
using wald::base::Prng;

namespace {

// All k + m symbols of one codeword, by the transforms.
Bytes encode_line(const LineCode& code, const Bytes& originals, std::size_t z) {
  Bytes all = originals;
  all.resize((code.k() + code.m()) * z);
  code.encode(pointers(originals.data(), code.k(), z),
              pointers(all.data() + code.k() * z, code.m(), z), Batch{1, z, 0, 0});
  return all;
}

// The same by the matrix, word by word, without kernels or packing: z = 2.
Bytes encode_words(const LineCode& code, const Bytes& originals) {
  const Field& f = field();
  Bytes all = originals;
  for (std::uint32_t i = 0; i < code.m(); ++i) {
    Word sum = 0;
    for (std::uint32_t j = 0; j < code.k(); ++j) {
      const auto word = static_cast<Word>(originals[2 * j] | originals[2 * j + 1] << 8);
      sum = static_cast<Word>(sum ^ f.mul(code.generator(i, j), word));
    }
    all.push_back(static_cast<std::uint8_t>(sum));
    all.push_back(static_cast<std::uint8_t>(sum >> 8));
  }
  return all;
}

std::vector<std::uint32_t> random_set(std::uint32_t n, std::uint32_t count, Prng& prng) {
  std::vector<std::uint32_t> all(n);
  std::iota(all.begin(), all.end(), 0U);
  for (std::uint32_t i = 0; i < count; ++i) std::swap(all[i], all[i + prng.below(n - i)]);
  all.resize(count);
  return all;
}

// Decodes from `have` and demands the originals.
void decode_and_compare(const LineCode& code, const Bytes& all, std::size_t z,
                        const std::vector<std::uint32_t>& have, Method method) {
  std::vector<const std::uint8_t*> in;
  in.reserve(have.size());
  for (const std::uint32_t x : have) in.push_back(all.data() + x * z);
  const LineDecoder decoder(code, have, method);
  Bytes out(decoder.missing().size() * z);
  decoder.decode(in, pointers(out.data(), decoder.missing().size(), z), Batch{1, z, 0, 0});
  for (std::size_t e = 0; e < decoder.missing().size(); ++e)
    REQUIRE(std::equal(out.data() + e * z, out.data() + (e + 1) * z,
                       all.data() + decoder.missing()[e] * z));
}

struct Axes {
  LineCode row, column;
};
Axes axes(std::uint32_t n) {
  const std::uint32_t f = (n - 1) / 3;
  return Axes{LineCode(n - f, f), LineCode(n - 2 * f, 2 * f)};
}

}  // namespace

TEST_CASE("encode: the transforms do what the matrix says, both axes, n = 4 to 110",
          "[codec][rule:K-9][rule:K-10][rule:K-11]") {
  Prng prng(9);
  for (std::uint32_t n = 4; n <= 110; ++n) {
    const Axes both = axes(n);
    for (const LineCode* code : {&both.row, &both.column}) {
      const Bytes originals = prng.bytes(code->k() * 2);
      REQUIRE(encode_line(*code, originals, 2) == encode_words(*code, originals));
    }
  }
}

TEST_CASE(
    "encode: the same for the codes of a thousand shards, with more recoveries than originals",
    "[codec][rule:K-11][rule:K-15]") {
  Prng prng(1000);
  const Axes both = axes(1000);
  for (const LineCode* code : {&both.row, &both.column}) {
    const Bytes originals = prng.bytes(code->k() * 2);
    CHECK(encode_line(*code, originals, 2) == encode_words(*code, originals));
  }
  // Where codes that look alike stop: m > k, symbols of two bytes, and one field word per two
  // bytes, so that a low byte reaches the high byte of a recovery symbol.
  CHECK(both.column.m() > both.column.k());
  Bytes low(both.column.k() * 2, 0);
  low[0] = 1;
  CHECK(encode_line(both.column, low, 2)[both.column.k() * 2 + 1] == 0xE1);
}

TEST_CASE("encode: the largest shard count fits, and a row and a column agree with the matrix",
          "[codec][rule:K-11][rule:K-1]") {
  Prng prng(49'155);
  const std::uint32_t n = 49'155, f = (n - 1) / 3;
  const std::uint32_t shapes[2][2] = {{n - f, f}, {n - 2 * f, 2 * f}};
  for (const auto& shape : shapes) {
    const LineCode code(shape[0], shape[1]);
    const Bytes originals = prng.bytes(code.k() * 2);
    const Bytes all = encode_line(code, originals, 2);
    const auto in = pointers(originals.data(), code.k(), 2);
    // Both ends by single symbols; between them every 61st by the matrix alone.
    for (const std::uint32_t i : {0U, 1U, code.m() / 2, code.m() - 1}) {
      Bytes one(2);
      code.symbol(originals.data(), 2, code.k() + i, 2, one.data());
      CHECK(std::equal(one.begin(), one.end(), all.data() + (code.k() + i) * 2));
    }
    std::size_t wrong = 0;
    for (std::uint32_t i = 0; i < code.m(); i += 61) {
      Word sum = 0;
      for (std::uint32_t j = 0; j < code.k(); ++j) {
        const auto word = static_cast<Word>(originals[2 * j] | originals[2 * j + 1] << 8);
        sum = static_cast<Word>(sum ^ field().mul(code.generator(i, j), word));
      }
      const std::size_t at = (code.k() + i) * std::size_t{2};
      wrong += all[at] != (sum & 0xFF) || all[at + 1] != sum >> 8 ? 1U : 0U;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("encode: words are independent, so sizes, tails and batches do not matter",
          "[codec][rule:K-7][rule:K-11]") {
  Prng prng(12);
  const LineCode code(7, 3);
  for (const std::size_t z : {2u, 4u, 62u, 64u, 66u, 100u, 128u, 2046u, 2048u, 2050u, 6000u}) {
    // Three codewords side by side, symbol i of codeword g at (i * 3 + g) * z.
    const Bytes in = prng.bytes(7 * 3 * z);
    Bytes out(3 * 3 * z);
    code.encode(pointers(in.data(), 7, 3 * z), pointers(out.data(), 3, 3 * z), Batch{3, z, z, z});
    for (std::size_t g = 0; g < 3; ++g) {
      // By hand: each symbol by the dot product of its row.
      for (std::uint32_t i = 0; i < 3; ++i) {
        Bytes one(z);
        code.symbol(in.data() + g * z, 3 * z, 7 + i, z, one.data());
        REQUIRE(std::equal(one.begin(), one.end(), out.data() + (i * 3 + g) * z));
      }
    }
  }
}

TEST_CASE("symbol: one alone is that of the whole codeword, at every tier and both rates",
          "[codec][rule:K-9][rule:K-14]") {
  Prng prng(70);
  const Tier before = tier();
  for (const Tier use : tiers()) {
    REQUIRE(force_tier(use));
    for (const LineCode& code : {LineCode(70, 30), LineCode(35, 70)})
      for (const std::size_t z : {2u, 64u, 200u}) {
        const Bytes originals = prng.bytes(code.k() * z);
        const Bytes all = encode_line(code, originals, z);
        for (std::uint32_t x = 0; x < code.k() + code.m(); ++x) {
          Bytes one(z);
          code.symbol(originals.data(), z, x, z, one.data());
          REQUIRE(std::equal(one.begin(), one.end(), all.data() + x * z));
        }
      }
  }
  force_tier(before);
}

TEST_CASE("encode: missing inputs are zeros and unwanted outputs stay untouched",
          "[codec][rule:K-11]") {
  Prng prng(13);
  const LineCode code(5, 4);
  Bytes originals = prng.bytes(5 * 6);
  std::fill(originals.begin() + 12, originals.begin() + 18, std::uint8_t{0});
  const Bytes all = encode_line(code, originals, 6);
  auto in = pointers(std::as_const(originals).data(), 5, 6);
  in[2] = nullptr;
  Bytes out(4 * 6, 0xEE);
  auto to = pointers(out.data(), 4, 6);
  to[1] = nullptr;
  code.encode(in, to, Batch{1, 6, 0, 0});
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t b = 0; b < 6; ++b)
      REQUIRE(out[i * 6 + b] == (i == 1 ? 0xEE : all[(5 + i) * 6 + b]));
}

TEST_CASE("decode: every set of k symbols gives the originals, by every method, small n",
          "[codec][rule:K-12]") {
  Prng prng(14);
  for (std::uint32_t n = 4; n <= 8; ++n) {
    const Axes both = axes(n);
    for (const LineCode* code : {&both.row, &both.column}) {
      const Bytes all = encode_line(*code, prng.bytes(code->k() * 4), 4);
      for (std::uint32_t mask = 0; mask < (1U << n); ++mask) {
        std::vector<std::uint32_t> have;
        for (std::uint32_t x = 0; x < n; ++x)
          if ((mask >> x & 1) != 0) have.push_back(x);
        if (have.size() != code->k()) continue;
        decode_and_compare(*code, all, 4, have, Method::kDirect);
        decode_and_compare(*code, all, 4, have, Method::kTransform);
      }
    }
  }
}

TEST_CASE("decode: direct and transform agree on random sets, both rates", "[codec][rule:K-12]") {
  Prng prng(15);
  for (std::uint32_t n = 9; n <= 110; ++n) {
    const Axes both = axes(n);
    for (const LineCode* code : {&both.row, &both.column}) {
      const std::size_t z = 2 + 2 * prng.below(70);
      const Bytes all = encode_line(*code, prng.bytes(code->k() * z), z);
      for (int i = 0; i < 3; ++i) {
        const auto have = random_set(n, code->k(), prng);
        for (const Method method : {Method::kDirect, Method::kTransform, Method::kAuto})
          decode_and_compare(*code, all, z, have, method);
      }
    }
  }
}

TEST_CASE("decode: a thousand shards, few and many missing", "[codec][rule:K-12]") {
  Prng prng(16);
  const Axes both = axes(1000);
  for (const LineCode* code : {&both.row, &both.column}) {
    const Bytes all = encode_line(*code, prng.bytes(code->k() * 2), 2);
    std::vector<std::uint32_t> last(code->k());
    for (std::uint32_t i = 0; i < code->k(); ++i) last[i] = 999 - i;
    std::vector<std::uint32_t> nearly(code->k());
    std::iota(nearly.begin(), nearly.end(), 0U);
    nearly[5] = 999;
    nearly[200] = code->k();
    for (const auto& have : {last, nearly, random_set(1000, code->k(), prng)})
      for (const Method method : {Method::kDirect, Method::kTransform})
        decode_and_compare(*code, all, 2, have, method);
  }
}

TEST_CASE("decode: nothing missing needs no work", "[codec][rule:K-12]") {
  const LineCode code(3, 2);
  const LineDecoder decoder(code, {2, 0, 1});
  CHECK(decoder.missing().empty());
}
