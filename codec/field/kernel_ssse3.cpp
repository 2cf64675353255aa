// SPDX-License-Identifier: Apache-2.0
// The SSSE3 tier: nibble tables in 16-byte registers. Reached only through the dispatch of
// codec/kernels.cpp for what this file may include.
#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "codec/field/nibbles.h"

namespace wald::codec {
namespace {

struct Half {
  __m128i w;
  static Half load(const std::uint8_t* from) {
    return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))};
  }
  static Half table(const std::uint8_t* from) { return load(from); }
  void store(std::uint8_t* to) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), w); }
  Half add(Half o) const { return {_mm_xor_si128(w, o.w)}; }
  Half nibble() const { return {_mm_and_si128(w, _mm_set1_epi8(15))}; }
  Half next() const { return {_mm_srli_epi64(w, 4)}; }
  Half pick(Half which) const { return {_mm_shuffle_epi8(w, which.w)}; }
};

}  // namespace

const Kernels kSsse3Kernels = Nibbles<Half>::table("ssse3");

}  // namespace wald::codec

#endif
