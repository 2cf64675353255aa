// SPDX-License-Identifier: Apache-2.0
// What the kernel files of the GFNI tier share. A constant is a 16 x 16 matrix of bits over a word,
// four 8 x 8 blocks. A register holds a whole block, 32 low and 32 high bytes: one affine step
// takes each half to itself, another to the opposite half, which is then swapped. Of words in pairs
// the constants below 256, which are most of those of a transform, need the first step alone. Here
// is arithmetic and nothing else, all of it local to the file that includes it.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "codec/field/kernel.h"

namespace wald::codec {

// Three layers, of kernel_gfni3.cpp.
void gfni_inverse3(const Three& three);
void gfni_forward3(const Three& three);
bool gfni_turn(const Three* inverse, std::size_t inverses, const Three* forward,
               std::size_t forwards);

namespace {

using Block = __m512i;

inline Block load(const std::uint8_t* from) { return _mm512_loadu_si512(from); }
inline void store(std::uint8_t* to, Block w) { _mm512_storeu_si512(to, w); }
inline Block add(Block a, Block b) { return _mm512_xor_si512(a, b); }
inline Block add(Block a, Block b, Block c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }
inline Block swap(Block w) { return _mm512_shuffle_i64x2(w, w, 0x4E); }

struct Constant {
  Block straight, across;
};

inline Constant spread(const MulTable* c) {
  const Block all =
      _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(&c->matrix[0])));
  return {_mm512_permutexvar_epi64(_mm512_setr_epi64(0, 0, 0, 0, 1, 1, 1, 1), all),
          _mm512_permutexvar_epi64(_mm512_setr_epi64(2, 2, 2, 2, 3, 3, 3, 3), all)};
}

inline Block straight(Block w, const Constant& c) {
  return _mm512_gf2p8affine_epi64_epi8(w, c.straight, 0);
}
inline Block across(Block w, const Constant& c) {
  return _mm512_gf2p8affine_epi64_epi8(w, c.across, 0);
}
// a + c * w
inline Block mul_add(Block a, Block w, const Constant& c) {
  return add(a, straight(w, c), swap(across(w, c)));
}

template <class C>
inline void inverse_step(Block& a, Block& b, const C& c) {
  b = add(b, a);
  a = mul_add(a, b, c);
}
template <class C>
inline void forward_step(Block& a, Block& b, const C& c) {
  a = mul_add(a, b, c);
  b = add(b, a);
}

}  // namespace
}  // namespace wald::codec
