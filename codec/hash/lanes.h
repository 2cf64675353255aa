// SPDX-License-Identifier: Apache-2.0
// The compression function of BLAKE2b (RFC 7693) over vectors whose elements belong to different
// messages. `V` is the vector type with its few operations, which the kernel file defines: here is
// arithmetic and nothing else, and all of it is local to that file, so that no wide code is shared
// by name.
#pragma once

#include <cstdint>

#include "codec/hash/kernel.h"

namespace wald::codec {
namespace {

inline constexpr std::uint64_t kIv[8] = {0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B,
                                         0xA54FF53A5F1D36F1, 0x510E527FADE682D1, 0x9B05688C2B3E6C1F,
                                         0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179};
// Digest of 32 bytes, no key, no salt, no personal string.
inline constexpr std::uint64_t kParameters = 0x01010020;

inline constexpr int kSigma[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                       {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                       {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                       {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                       {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                       {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                       {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                       {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                       {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                       {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

// Message words from kWords on are zero and not added at all. The others are added before what
// comes out of the step before, which compilers would do the other way round: V::settled() is the
// same value, whose sum they do not regroup.
template <class V, int kWords, int kWord>
[[gnu::always_inline]] inline void add_word(V& a, const V* m) {
  if constexpr (kWord < kWords) a = a.plus(m[kWord]).settled();
}

template <int... kI>
struct Columns {};

// The four mixes of half a round, of columns or of diagonals, step by step beside each other: they
// do not depend on each other, and a processor looks only so far ahead.
template <class V, int kWords, int kRound, int kDiagonal, int... kI>
[[gnu::always_inline]] inline void half(V* v, const V* m, Columns<kI...>) {
  constexpr const int* s = kSigma[kRound % 10] + 8 * kDiagonal;
  const auto a = [v](int i) -> V& { return v[i]; };
  const auto b = [v](int i) -> V& { return v[4 + (i + kDiagonal) % 4]; };
  const auto c = [v](int i) -> V& { return v[8 + (i + 2 * kDiagonal) % 4]; };
  const auto d = [v](int i) -> V& { return v[12 + (i + 3 * kDiagonal) % 4]; };
  (add_word<V, kWords, s[2 * kI]>(a(kI), m), ...);
  ((a(kI) = a(kI).plus(b(kI))), ...);
  ((d(kI) = d(kI).exclusive(a(kI))), ...);
  ((d(kI) = d(kI).template right<32>()), ...);
  ((c(kI) = c(kI).plus(d(kI))), ...);
  ((b(kI) = b(kI).exclusive(c(kI))), ...);
  ((b(kI) = b(kI).template right<24>()), ...);
  (add_word<V, kWords, s[2 * kI + 1]>(a(kI), m), ...);
  ((a(kI) = a(kI).plus(b(kI))), ...);
  ((d(kI) = d(kI).exclusive(a(kI))), ...);
  ((d(kI) = d(kI).template right<16>()), ...);
  ((c(kI) = c(kI).plus(d(kI))), ...);
  ((b(kI) = b(kI).exclusive(c(kI))), ...);
  ((b(kI) = b(kI).template right<63>()), ...);
}

template <class V, int kWords, int kRound, class Beside>
[[gnu::always_inline]] inline void rounds(V* v, const V* m, const Beside& beside) {
  half<V, kWords, kRound, 0>(v, m, Columns<0, 1, 2, 3>{});
  half<V, kWords, kRound, 1>(v, m, Columns<0, 1, 2, 3>{});
  beside.template after_round<kRound>();
  if constexpr (kRound < 11) rounds<V, kWords, kRound + 1>(v, m, beside);
}

// Beside a compression: nothing else.
struct Alone {
  template <int kRound>
  void after_round() const {}
};

template <class V>
inline void begin(V* h) {
  for (int i = 0; i < 8; ++i) h[i] = V::all(kIv[i]);
  h[0] = h[0].exclusive(V::all(kParameters));
}

template <class V, int kWords, class Beside, int... kI>
[[gnu::always_inline]] inline void compress_all(V* h, const V* m, V counter, V last,
                                                const Beside& beside, Columns<kI...>) {
  // Spelled out instead of loops, so that compilers keep all of it in registers.
  V v[16] = {h[kI]..., V::all(kIv[kI])...};
  v[12] = v[12].exclusive(counter);
  v[14] = v[14].exclusive(last);
  rounds<V, kWords, 0>(v, m, beside);
  ((h[kI] = h[kI].exclusive(v[kI]).exclusive(v[kI + 8])), ...);
}

// One block of kWords words (the rest of its 16 is zero) into the state; `counter` bytes of message
// are in by then.
template <class V, int kWords, class Beside = Alone>
[[gnu::noinline]] void compress(V* h, const V* m, std::uint64_t counter, bool last,
                                const Beside& beside = {}) {
  compress_all<V, kWords>(h, m, V::all(counter), V::all(last ? ~std::uint64_t{0} : 0), beside,
                          Columns<0, 1, 2, 3, 4, 5, 6, 7>{});
}

// The nine message words of a node where the four words of each child are: the prefix 01 shifts all
// by one byte.
template <class V>
[[gnu::always_inline]] inline void node_words(V* m) {
  V before = V::all(std::uint64_t{1} << 56);
  for (int i = 0; i < 8; ++i) {
    const V word = m[i];
    m[i] = word.up8().exclusive(before.down56());
    before = word;
  }
  m[8] = before.down56();
}

}  // namespace
}  // namespace wald::codec
