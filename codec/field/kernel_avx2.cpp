// SPDX-License-Identifier: Apache-2.0
// The AVX2 tier: a product is eight table look-ups of nibbles by byte shuffle. Built with -mavx2
// and reached only through the dispatch of kernels.cpp for what this file may include.
#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "codec/field/kernel.h"

namespace wald::codec {
namespace {

struct Words {
  __m256i low;
  __m256i high;
};

inline Words load(const std::uint8_t* from) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + 32))};
}
inline void store(std::uint8_t* to, Words w) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), w.low);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32), w.high);
}
inline Words add(Words a, Words b) {
  return {_mm256_xor_si256(a.low, b.low), _mm256_xor_si256(a.high, b.high)};
}

struct Constant {
  __m256i low[4];
  __m256i high[4];
};

inline Constant spread(const MulTable* c) {
  Constant out;
  for (int i = 0; i < 4; ++i) {
    out.low[i] =
        _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(c->low[i])));
    out.high[i] =
        _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(c->high[i])));
  }
  return out;
}

inline Words mul(Words w, const Constant& c) {
  const __m256i mask = _mm256_set1_epi8(15);
  const __m256i n0 = _mm256_and_si256(w.low, mask);
  const __m256i n1 = _mm256_and_si256(_mm256_srli_epi64(w.low, 4), mask);
  const __m256i n2 = _mm256_and_si256(w.high, mask);
  const __m256i n3 = _mm256_and_si256(_mm256_srli_epi64(w.high, 4), mask);
  const auto sum = [&](const __m256i* t) {
    return _mm256_xor_si256(
        _mm256_xor_si256(_mm256_shuffle_epi8(t[0], n0), _mm256_shuffle_epi8(t[1], n1)),
        _mm256_xor_si256(_mm256_shuffle_epi8(t[2], n2), _mm256_shuffle_epi8(t[3], n3)));
  };
  return {sum(c.low), sum(c.high)};
}

void add_all(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; i += 64) store(to + i, add(load(to + i), load(from + i)));
}

void mul_all(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes, const MulTable* c) {
  const Constant k = spread(c);
  for (std::size_t i = 0; i < bytes; i += 64) store(to + i, mul(load(from + i), k));
}

void mul_add(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes, const MulTable* c) {
  const Constant k = spread(c);
  for (std::size_t i = 0; i < bytes; i += 64)
    store(to + i, add(load(to + i), mul(load(from + i), k)));
}

void inverse(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c) {
  const Constant k = spread(c);
  for (std::size_t i = 0; i < bytes; i += 64) {
    const Words wa = load(a + i);
    const Words wb = add(load(b + i), wa);
    store(b + i, wb);
    store(a + i, add(wa, mul(wb, k)));
  }
}

void forward(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c) {
  const Constant k = spread(c);
  for (std::size_t i = 0; i < bytes; i += 64) {
    const Words wb = load(b + i);
    const Words wa = add(load(a + i), mul(wb, k));
    store(a + i, wa);
    store(b + i, add(wb, wa));
  }
}

constexpr std::uint64_t kIv[8] = {0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B,
                                  0xA54FF53A5F1D36F1, 0x510E527FADE682D1, 0x9B05688C2B3E6C1F,
                                  0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179};
constexpr std::uint8_t kSigma[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                         {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                         {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                         {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                         {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                         {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                         {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                         {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                         {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                         {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

inline void mix(__m256i* v, int a, int b, int c, int d, __m256i x, __m256i y) {
  const __m256i rot24 = _mm256_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 3, 4,
                                         5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10);
  const __m256i rot16 = _mm256_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 2, 3,
                                         4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9);
  v[a] = _mm256_add_epi64(_mm256_add_epi64(v[a], v[b]), x);
  v[d] = _mm256_shuffle_epi32(_mm256_xor_si256(v[d], v[a]), 0xB1);
  v[c] = _mm256_add_epi64(v[c], v[d]);
  v[b] = _mm256_shuffle_epi8(_mm256_xor_si256(v[b], v[c]), rot24);
  v[a] = _mm256_add_epi64(_mm256_add_epi64(v[a], v[b]), y);
  v[d] = _mm256_shuffle_epi8(_mm256_xor_si256(v[d], v[a]), rot16);
  v[c] = _mm256_add_epi64(v[c], v[d]);
  const __m256i last = _mm256_xor_si256(v[b], v[c]);
  v[b] = _mm256_xor_si256(_mm256_srli_epi64(last, 63), _mm256_add_epi64(last, last));
}

void compress(__m256i* h, const __m256i* m, std::uint64_t counter, bool last) {
  __m256i v[16];
  for (int i = 0; i < 8; ++i) {
    v[i] = h[i];
    v[i + 8] = _mm256_set1_epi64x(static_cast<long long>(kIv[i]));
  }
  v[12] = _mm256_xor_si256(v[12], _mm256_set1_epi64x(static_cast<long long>(counter)));
  if (last) v[14] = _mm256_xor_si256(v[14], _mm256_set1_epi64x(-1));
  for (int round = 0; round < 12; ++round) {
    const std::uint8_t* s = kSigma[round % 10];
    mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
    mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
    mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
    mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
    mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
    mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
    mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
    mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
  }
  for (int i = 0; i < 8; ++i) h[i] = _mm256_xor_si256(h[i], _mm256_xor_si256(v[i], v[i + 8]));
}

// Rows of four 64-bit words into columns.
inline void transpose(__m256i* r) {
  const __m256i a = _mm256_unpacklo_epi64(r[0], r[1]), b = _mm256_unpackhi_epi64(r[0], r[1]);
  const __m256i c = _mm256_unpacklo_epi64(r[2], r[3]), d = _mm256_unpackhi_epi64(r[2], r[3]);
  r[0] = _mm256_permute2x128_si256(a, c, 0x20);
  r[1] = _mm256_permute2x128_si256(b, d, 0x20);
  r[2] = _mm256_permute2x128_si256(a, c, 0x31);
  r[3] = _mm256_permute2x128_si256(b, d, 0x31);
}

void hash4(const std::uint8_t* const from[4], std::size_t bytes, std::uint8_t prefix,
           std::uint8_t* to) {
  __m256i h[8];
  for (int i = 0; i < 8; ++i) h[i] = _mm256_set1_epi64x(static_cast<long long>(kIv[i]));
  h[0] = _mm256_xor_si256(h[0], _mm256_set1_epi64x(0x01010020));  // 32 bytes, no key
  const std::size_t total = bytes + 1;
  for (std::size_t at = 0; at < total; at += 128) {
    const bool last = total - at <= 128;
    // The prefix shifts everything by one byte: the block at `at` begins with byte at - 1.
    std::uint8_t edge[4][128] = {};
    const std::uint8_t* block[4];
    for (int i = 0; i < 4; ++i) {
      block[i] = edge[i];
      if (at == 0) {
        edge[i][0] = prefix;
        __builtin_memcpy(edge[i] + 1, from[i], bytes < 127 ? bytes : 127);
      } else if (last) {
        __builtin_memcpy(edge[i], from[i] + at - 1, total - at);
      } else {
        block[i] = from[i] + at - 1;
      }
    }
    __m256i m[16];
    for (int w = 0; w < 16; w += 4) {
      for (int i = 0; i < 4; ++i)
        m[w + i] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block[i] + 8 * w));
      transpose(m + w);
    }
    compress(h, m, last ? total : at + 128, last);
  }
  transpose(h);
  for (int i = 0; i < 4; ++i) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32 * i), h[i]);
}

}  // namespace

const Kernels kAvx2Kernels = {"avx2", add_all, mul_all, mul_add, inverse, forward, hash4};

}  // namespace wald::codec

#endif
