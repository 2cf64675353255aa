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

}  // namespace

const Kernels kAvx2Kernels = {"avx2", add_all, mul_all, mul_add, inverse, forward};

}  // namespace wald::codec

#endif
