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

// Three layers, of kernel_gfni3.cpp; and those of pairing, of kernel_gfni_ends.cpp.
void gfni_inverse3(const Three& three);
void gfni_forward3(const Three& three);
bool gfni_turn(const Three* inverse, std::size_t inverses, const Three* forward,
               std::size_t forwards);
void gfni_first(const Three& three);
void gfni_last(const Three& three);

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

inline Constant spread(const Matrix& c) {
  const Block all =
      _mm512_castsi256_si512(_mm256_load_si256(reinterpret_cast<const __m256i*>(c.part)));
  return {_mm512_permutexvar_epi64(_mm512_setr_epi64(0, 0, 0, 0, 1, 1, 1, 1), all),
          _mm512_permutexvar_epi64(_mm512_setr_epi64(2, 2, 2, 2, 3, 3, 3, 3), all)};
}

inline Constant spread(const MulTable* c) { return spread(c->matrix); }

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

// Which layers of three have constants beyond the subfield: none, the smallest distance, the two
// smaller, or any. At the origin the largest distance and the first group of each smaller one have
// zero for a constant, their steps are additions, and the others are of the subfield.
enum class Reach : std::uint8_t { kOrigin, kNone, kOne, kTwo, kAny };

inline Reach reach(const Three& three, std::size_t group) {
  const std::size_t number = three.number + 8 * group;
  if (!three.pairs) return Reach::kAny;
  if (number / 4 >= kSubfield) return Reach::kAny;
  if (number / 2 + 2 >= kSubfield) return Reach::kTwo;
  if (number + 6 >= kSubfield) return Reach::kOne;
  return number == 0 ? Reach::kOrigin : Reach::kNone;
}

// The constants of a group of eight: As<false> makes one of the subfield, As<true> any.
template <Reach kReach, template <bool> class As>
struct Group {
  using One = As<(kReach >= Reach::kOne)>;
  using Two = As<(kReach >= Reach::kTwo)>;
  using Four = As<(kReach >= Reach::kAny)>;
  decltype(One::of(nullptr)) one[4];
  decltype(Two::of(nullptr)) two[2];
  decltype(Four::of(nullptr)) four;
  Group(const MulTable* c, std::size_t n)
      : one{One::of(c + n), One::of(c + n + 2), One::of(c + n + 4), One::of(c + n + 6)},
        two{Two::of(c + n / 2), Two::of(c + n / 2 + 2)},
        four(Four::of(c + n / 4)) {}
  Group(const Three& three, std::size_t group) : Group(three.c, three.number + 8 * group) {}
};

// One butterfly of eight values, of those before kLive that were not zero; if kPlain, of zero for a
// constant. A value is a block or several registers, with add() and mul_add() of its own. A whole
// half of a group is zero or none of it, which is known when this is compiled, and what follows
// from it is left out.
template <std::size_t kA, std::size_t kB, std::size_t kLive, bool kPlain = false, class W, class C>
[[gnu::always_inline]] inline void back(W (&w)[8], const C& c) {
  constexpr std::size_t kDistance = kB - kA;
  if constexpr (kB - kB % kDistance < kLive)
    w[kB] = add(w[kB], w[kA]);
  else
    w[kB] = w[kA];
  if constexpr (!kPlain && kA - kA % kDistance < kLive) w[kA] = mul_add(w[kA], w[kB], c);
}
template <std::size_t kA, std::size_t kB, bool kPlain = false, class W, class C>
[[gnu::always_inline]] inline void forth(W (&w)[8], const C& c) {
  if constexpr (!kPlain) w[kA] = mul_add(w[kA], w[kB], c);
  w[kB] = add(w[kB], w[kA]);
}

template <std::size_t kLive, bool kOrigin, class W, class C>
[[gnu::always_inline]] inline void inverse_eight(W (&w)[8], const C& c) {
  back<0, 1, kLive, kOrigin>(w, c.one[0]);
  back<2, 3, kLive>(w, c.one[1]);
  back<4, 5, kLive>(w, c.one[2]);
  back<6, 7, kLive>(w, c.one[3]);
  back<0, 2, kLive, kOrigin>(w, c.two[0]);
  back<1, 3, kLive, kOrigin>(w, c.two[0]);
  back<4, 6, kLive>(w, c.two[1]);
  back<5, 7, kLive>(w, c.two[1]);
  back<0, 4, kLive, kOrigin>(w, c.four);
  back<1, 5, kLive, kOrigin>(w, c.four);
  back<2, 6, kLive, kOrigin>(w, c.four);
  back<3, 7, kLive, kOrigin>(w, c.four);
}

template <bool kOrigin, class W, class C>
[[gnu::always_inline]] inline void forward_eight(W (&w)[8], const C& c) {
  forth<0, 4, kOrigin>(w, c.four);
  forth<1, 5, kOrigin>(w, c.four);
  forth<2, 6, kOrigin>(w, c.four);
  forth<3, 7, kOrigin>(w, c.four);
  forth<0, 2, kOrigin>(w, c.two[0]);
  forth<1, 3, kOrigin>(w, c.two[0]);
  forth<4, 6>(w, c.two[1]);
  forth<5, 7>(w, c.two[1]);
  forth<0, 1, kOrigin>(w, c.one[0]);
  forth<2, 3>(w, c.one[1]);
  forth<4, 5>(w, c.one[2]);
  forth<6, 7>(w, c.one[3]);
}

// Where the parts of a group lie.
struct From {
  const std::uint8_t* part[8];
  From(const Three& three, std::size_t group, std::size_t used) {
    for (std::size_t i = 0; i < used; ++i) part[i] = three.from[8 * group + i] + three.from_at;
  }
  const std::uint8_t* operator[](std::size_t i) const { return part[i]; }
};
struct To {
  std::uint8_t* part[8];
  To(std::uint8_t* const* to, std::size_t at, std::size_t used) {
    for (std::size_t i = 0; i < used; ++i) part[i] = to[i] + at;
  }
  std::uint8_t* operator[](std::size_t i) const { return part[i]; }
};

using Loop = void (*)(const Three& three, std::size_t group);

}  // namespace
}  // namespace wald::codec
