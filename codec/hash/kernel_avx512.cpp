// SPDX-License-Identifier: Apache-2.0
// BLAKE2b in eight lanes of AVX-512 (F, BW, VL). Built with its own flags and reached only through
// the dispatch of codec/kernels.cpp for what this file may include.
#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "codec/hash/lanes.h"

namespace wald::codec {
namespace {

struct V {
  __m512i w;
  static V all(std::uint64_t x) { return {_mm512_set1_epi64(static_cast<long long>(x))}; }
  V plus(V o) const { return {_mm512_add_epi64(w, o.w)}; }
  V exclusive(V o) const { return {_mm512_xor_si512(w, o.w)}; }
  V up8() const { return {_mm512_slli_epi64(w, 8)}; }
  V down56() const { return {_mm512_srli_epi64(w, 56)}; }
  template <int kBits>
  V right() const {
    return {_mm512_ror_epi64(w, kBits)};
  }
  V settled() const {
    __m512i same = w;
    asm volatile("" : "+v"(same));
    return {same};
  }
};

[[gnu::always_inline]] inline V pick(V a, V b, __m512i which) {
  return {_mm512_permutex2var_epi64(a.w, which, b.w)};
}
[[gnu::always_inline]] inline V low(V a, V b) { return {_mm512_unpacklo_epi64(a.w, b.w)}; }
[[gnu::always_inline]] inline V high(V a, V b) { return {_mm512_unpackhi_epi64(a.w, b.w)}; }

// r[i] holds four words of lane i, then four of lane i + 4; out comes one word of all eight lanes
// in each. Its own inverse.
[[gnu::always_inline]] inline void transpose4(V* r) {
  const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const __m512i odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  const V a = low(r[0], r[1]), b = high(r[0], r[1]);
  const V c = low(r[2], r[3]), d = high(r[2], r[3]);
  r[0] = pick(a, c, even);
  r[1] = pick(b, d, even);
  r[2] = pick(a, c, odd);
  r[3] = pick(b, d, odd);
}

inline __m512i both(__m256i a, __m256i b) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(a), b, 1);
}
inline __m512i two(const std::uint8_t* a, const std::uint8_t* b) {
  return both(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)),
              _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b)));
}

void finish(V* h, std::uint8_t* to) {
  transpose4(h);
  for (int i = 0; i < 4; ++i) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32 * i), _mm512_castsi512_si256(h[i].w));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32 * (i + 4)),
                        _mm512_extracti64x4_epi64(h[i].w, 1));
  }
}

// Bits [from, to) of 32.
inline __mmask32 bits(std::size_t from, std::size_t to) {
  const std::uint32_t all = ~std::uint32_t{0};
  return (to >= 32 ? all : (std::uint32_t{1} << to) - 1) & all << from;
}

// The block at `at` of messages of `total` bytes, prefix 00 included, which shifts everything by
// one byte: the block begins with byte at - 1. What is behind the end is zero; a block that lies
// behind it as a whole is left alone.
struct Words {
  V* m;
  const std::uint8_t* const* from;
  std::size_t at, total;
  [[gnu::always_inline]] void four(std::size_t which) const {
    if (at >= total) return;
    const std::size_t begin = at + 32 * which;
    const __mmask32 there = bits(begin == 0 ? 1 : 0, begin < total ? total - begin : 0);
    // As a number: the address may lie one byte before the message, and is not read there.
    const auto lane = [&](std::size_t i) {
      const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(from[i]) + begin - 1;
      return _mm256_maskz_loadu_epi8(there, reinterpret_cast<const void*>(address));
    };
    V r[4] = {{both(lane(0), lane(4))},
              {both(lane(1), lane(5))},
              {both(lane(2), lane(6))},
              {both(lane(3), lane(7))}};
    transpose4(r);
    for (std::size_t i = 0; i < 4; ++i) m[4 * which + i] = r[i];
  }
  template <int kRound>
  [[gnu::always_inline]] void after_round() const {
    if constexpr (kRound % 2 == 1 && kRound < 8) four(kRound / 2);
  }
};

void leaves(const std::uint8_t* const* from, std::size_t bytes, std::uint8_t* to) {
  V h[8], m[2][16];
  begin(h);
  const std::size_t total = bytes + 1;
  const Words words{m[0], from, 0, total};
  for (std::size_t i = 0; i < 4; ++i) words.four(i);
  for (std::size_t at = 0; at < total; at += 128) {
    V* const now = m[at / 128 % 2];
    const std::size_t left = total - at;
    // The words of the next block are brought together meanwhile.
    const Words next{m[(at / 128 + 1) % 2], from, at + 128, total};
    if (left > 72)
      compress<V, 16>(h, now, left <= 128 ? total : at + 128, left <= 128, next);
    else
      compress<V, 9>(h, now, total, true);
  }
  finish(h, to);
}

// The message words of a group of nodes.
struct Children {
  V* m;
  const std::uint8_t* left;
  const std::uint8_t* right;
  std::size_t step;
  bool there;  // else they are left alone
  [[gnu::always_inline]] void child(std::size_t which) const {
    if (!there) return;
    const std::uint8_t* const from = which == 0 ? left : right;
    V r[4] = {{two(from, from + 4 * step)},
              {two(from + step, from + 5 * step)},
              {two(from + 2 * step, from + 6 * step)},
              {two(from + 3 * step, from + 7 * step)}};
    transpose4(r);
    for (std::size_t i = 0; i < 4; ++i) m[4 * which + i] = r[i];
  }
  [[gnu::always_inline]] void shift() const {
    if (there) node_words(m);
  }
  template <int kRound>
  [[gnu::always_inline]] void after_round() const {
    if constexpr (kRound == 1) child(0);
    if constexpr (kRound == 3) child(1);
    if constexpr (kRound == 6) shift();
  }
};

void nodes(const std::uint8_t* left, const std::uint8_t* right, std::size_t step,
           std::size_t groups, std::uint8_t* to) {
  V h[8], m[2][9];
  const auto children = [&](std::size_t g) {
    return Children{m[g % 2], left + 8 * g * step, right + 8 * g * step, step, g < groups};
  };
  const Children first = children(0);
  first.child(0);
  first.child(1);
  first.shift();
  for (std::size_t g = 0; g < groups; ++g) {
    begin(h);
    compress<V, 9>(h, m[g % 2], 65, true, children(g + 1));
    finish(h, to + 256 * g);
  }
}

}  // namespace

const HashKernels kAvx512Hash = {"avx512", 8, leaves, nodes};

}  // namespace wald::codec

#endif
