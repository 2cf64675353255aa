// SPDX-License-Identifier: Apache-2.0
// BLAKE2b in four lanes of AVX2. Built with -mavx2 and reached only through the dispatch of
// codec/kernels.cpp for what this file may include.
#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "codec/hash/lanes.h"

namespace wald::codec {
namespace {

struct V {
  __m256i w;
  static V all(std::uint64_t x) { return {_mm256_set1_epi64x(static_cast<long long>(x))}; }
  V plus(V o) const { return {_mm256_add_epi64(w, o.w)}; }
  V exclusive(V o) const { return {_mm256_xor_si256(w, o.w)}; }
  V up8() const { return {_mm256_slli_epi64(w, 8)}; }
  V down56() const { return {_mm256_srli_epi64(w, 56)}; }
  template <int kBits>
  V right() const {
    if constexpr (kBits == 32) return {_mm256_shuffle_epi32(w, 0xB1)};
    if constexpr (kBits == 24)
      return {_mm256_shuffle_epi8(
          w, _mm256_setr_epi8(3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 3, 4, 5, 6, 7,
                              0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10))};
    if constexpr (kBits == 16)
      return {_mm256_shuffle_epi8(
          w, _mm256_setr_epi8(2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 2, 3, 4, 5, 6,
                              7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9))};
    if constexpr (kBits == 63)
      return {_mm256_xor_si256(_mm256_srli_epi64(w, 63), _mm256_add_epi64(w, w))};
  }
  V settled() const {
    __m256i same = w;
    asm volatile("" : "+x"(same));
    return {same};
  }
};

inline V load(const std::uint8_t* from) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))};
}

// Rows of four words into columns, which is its own inverse.
inline void transpose(V* r) {
  const __m256i a = _mm256_unpacklo_epi64(r[0].w, r[1].w);
  const __m256i b = _mm256_unpackhi_epi64(r[0].w, r[1].w);
  const __m256i c = _mm256_unpacklo_epi64(r[2].w, r[3].w);
  const __m256i d = _mm256_unpackhi_epi64(r[2].w, r[3].w);
  r[0].w = _mm256_permute2x128_si256(a, c, 0x20);
  r[1].w = _mm256_permute2x128_si256(b, d, 0x20);
  r[2].w = _mm256_permute2x128_si256(a, c, 0x31);
  r[3].w = _mm256_permute2x128_si256(b, d, 0x31);
}

void finish(V* h, std::uint8_t* to) {
  transpose(h);
  for (int i = 0; i < 4; ++i) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + 32 * i), h[i].w);
}

void block_words(V* m, const std::uint8_t* const* block) {
  for (int w = 0; w < 16; w += 4) {
    for (int i = 0; i < 4; ++i) m[w + i] = load(block[i] + 8 * w);
    transpose(m + w);
  }
}

void leaves(const std::uint8_t* const* from, std::size_t bytes, std::uint8_t* to) {
  V h[8], m[16];
  begin(h);
  const std::size_t total = bytes + 1;
  for (std::size_t at = 0; at < total; at += 128) {
    const bool last = total - at <= 128;
    // The prefix shifts everything by one byte: the block at `at` begins with byte at - 1.
    std::uint8_t edge[4][128];
    const std::uint8_t* block[4];
    for (int i = 0; i < 4; ++i) {
      block[i] = edge[i];
      if (at != 0 && total - at >= 128) {
        block[i] = from[i] + at - 1;
        continue;
      }
      if (last) __builtin_memset(edge[i], 0, 128);
      if (at == 0) {
        edge[i][0] = 0;
        __builtin_memcpy(edge[i] + 1, from[i], last ? bytes : 127);
      } else {
        __builtin_memcpy(edge[i], from[i] + at - 1, total - at);
      }
    }
    block_words(m, block);
    const std::size_t counter = last ? total : at + 128;
    if (total - at <= 72)
      compress<V, 9>(h, m, counter, last);
    else
      compress<V, 16>(h, m, counter, last);
  }
  finish(h, to);
}

void nodes(const std::uint8_t* left, const std::uint8_t* right, std::size_t step,
           std::size_t groups, std::uint8_t* to) {
  V h[8], m[9];
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t i = 0; i < 4; ++i) {
      m[i] = load(left + (4 * g + i) * step);
      m[i + 4] = load(right + (4 * g + i) * step);
    }
    transpose(m);
    transpose(m + 4);
    node_words(m);
    begin(h);
    compress<V, 9>(h, m, 65, true);
    finish(h, to + 128 * g);
  }
}

}  // namespace

const HashKernels kAvx2Hash = {"avx2", 4, leaves, nodes};

}  // namespace wald::codec

#endif
