// SPDX-License-Identifier: Apache-2.0
// The AVX2 tier: nibble tables in 32-byte registers. Built with -mavx2 and reached only through the
// dispatch of codec/kernels.cpp for what this file may include.
#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "codec/field/nibbles.h"

namespace wald::codec {
namespace {

struct Half {
  __m256i w;
  static Half load(const std::uint8_t* from) {
    return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from))};
  }
  static Half table(const std::uint8_t* from) {
    return {_mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)))};
  }
  void store(std::uint8_t* to) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), w); }
  Half add(Half o) const { return {_mm256_xor_si256(w, o.w)}; }
  Half nibble() const { return {_mm256_and_si256(w, _mm256_set1_epi8(15))}; }
  Half next() const { return {_mm256_srli_epi64(w, 4)}; }
  Half pick(Half which) const { return {_mm256_shuffle_epi8(w, which.w)}; }
};

}  // namespace

const Kernels kAvx2Kernels = Nibbles<Half>::table("avx2");

}  // namespace wald::codec

#endif
