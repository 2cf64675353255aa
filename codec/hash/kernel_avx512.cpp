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
};

inline V pick(V a, V b, __m512i which) { return {_mm512_permutex2var_epi64(a.w, which, b.w)}; }
inline V low(V a, V b) { return {_mm512_unpacklo_epi64(a.w, b.w)}; }
inline V high(V a, V b) { return {_mm512_unpackhi_epi64(a.w, b.w)}; }

// r[i] holds four words of lane i, then four of lane i + 4; out comes one word of all eight lanes
// in each. Its own inverse.
inline void transpose4(V* r) {
  const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
  const __m512i odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
  const V a = low(r[0], r[1]), b = high(r[0], r[1]);
  const V c = low(r[2], r[3]), d = high(r[2], r[3]);
  r[0] = pick(a, c, even);
  r[1] = pick(b, d, even);
  r[2] = pick(a, c, odd);
  r[3] = pick(b, d, odd);
}

// r[i] holds eight words of lane i; out comes one word of all lanes in each.
inline void transpose8(V* r) {
  V left[4], right[4];
  for (int i = 0; i < 4; ++i) {
    left[i] = {_mm512_shuffle_i64x2(r[i].w, r[i + 4].w, 0x44)};
    right[i] = {_mm512_shuffle_i64x2(r[i].w, r[i + 4].w, 0xEE)};
  }
  transpose4(left);
  transpose4(right);
  for (int i = 0; i < 4; ++i) {
    r[i] = left[i];
    r[i + 4] = right[i];
  }
}

inline __m512i two(const std::uint8_t* a, const std::uint8_t* b) {
  const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a));
  const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b));
  return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
}

void finish(V* h, std::uint8_t* to) {
  transpose4(h);
  for (int i = 0; i < 4; ++i) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32 * i), _mm512_castsi512_si256(h[i].w));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32 * (i + 4)),
                        _mm512_extracti64x4_epi64(h[i].w, 1));
  }
}

// Bits [from, to) of 64.
inline __mmask64 bits(std::size_t from, std::size_t to) {
  const auto below = [](std::size_t i) {
    return i >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << i) - 1;
  };
  return below(to) & ~below(from);
}

// Eight message words: 64 bytes of each lane that begin `back` bytes before from + at, of which
// only those in `there` are read; the others are zero.
inline void load8(V* m, const std::uint8_t* const* from, std::size_t at, std::size_t back,
                  __mmask64 there) {
  for (int i = 0; i < 8; ++i) {
    // As a number: the address may lie one byte before the message, and is not read there.
    const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(from[i]) + at - back;
    m[i] = {_mm512_maskz_loadu_epi8(there, reinterpret_cast<const void*>(address))};
  }
  transpose8(m);
}

void leaves(const std::uint8_t* const* from, std::size_t bytes, std::uint8_t* to) {
  V h[8], m[16];
  begin(h);
  const std::size_t total = bytes + 1;
  for (std::size_t at = 0; at < total; at += 128) {
    // The prefix 00 shifts everything by one byte: the block at `at` begins with byte at - 1.
    const std::size_t left = total - at;
    load8(m, from, at, 1, bits(at == 0 ? 1 : 0, left));
    if (left > 64) {
      load8(m + 8, from, at + 64, 1, bits(0, left - 64));
      compress<V, 16>(h, m, left <= 128 ? total : at + 128, left <= 128);
    } else {
      m[8] = V::all(0);
      compress<V, 9>(h, m, total, true);
    }
  }
  finish(h, to);
}

void nodes(const std::uint8_t* left, const std::uint8_t* right, std::size_t step,
           std::uint8_t* to) {
  V h[8], a[4], b[4], m[9];
  for (std::size_t i = 0; i < 4; ++i) {
    a[i] = {two(left + i * step, left + (i + 4) * step)};
    b[i] = {two(right + i * step, right + (i + 4) * step)};
  }
  transpose4(a);
  transpose4(b);
  node_words(m, a, b);
  begin(h);
  compress<V, 9>(h, m, 65, true);
  finish(h, to);
}

}  // namespace

const HashKernels kAvx512Hash = {"avx512", 8, leaves, nodes};

}  // namespace wald::codec

#endif
