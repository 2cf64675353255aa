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

// Message words from kWords on are zero and not added at all.
template <class V, int kWords, int kX, int kY>
[[gnu::always_inline]] inline void mix(V& a, V& b, V& c, V& d, const V* m) {
  if constexpr (kX < kWords) a = a.plus(m[kX]);
  a = a.plus(b);
  d = d.exclusive(a).template right<32>();
  c = c.plus(d);
  b = b.exclusive(c).template right<24>();
  if constexpr (kY < kWords) a = a.plus(m[kY]);
  a = a.plus(b);
  d = d.exclusive(a).template right<16>();
  c = c.plus(d);
  b = b.exclusive(c).template right<63>();
}

template <class V, int kWords, int kRound>
[[gnu::always_inline]] inline void rounds(V* v, const V* m) {
  constexpr const int* s = kSigma[kRound % 10];
  mix<V, kWords, s[0], s[1]>(v[0], v[4], v[8], v[12], m);
  mix<V, kWords, s[2], s[3]>(v[1], v[5], v[9], v[13], m);
  mix<V, kWords, s[4], s[5]>(v[2], v[6], v[10], v[14], m);
  mix<V, kWords, s[6], s[7]>(v[3], v[7], v[11], v[15], m);
  mix<V, kWords, s[8], s[9]>(v[0], v[5], v[10], v[15], m);
  mix<V, kWords, s[10], s[11]>(v[1], v[6], v[11], v[12], m);
  mix<V, kWords, s[12], s[13]>(v[2], v[7], v[8], v[13], m);
  mix<V, kWords, s[14], s[15]>(v[3], v[4], v[9], v[14], m);
  if constexpr (kRound < 11) rounds<V, kWords, kRound + 1>(v, m);
}

template <class V>
inline void begin(V* h) {
  for (int i = 0; i < 8; ++i) h[i] = V::all(kIv[i]);
  h[0] = h[0].exclusive(V::all(kParameters));
}

// One block of kWords words (the rest of its 16 is zero) into the state; `counter` bytes of message
// are in by then.
template <class V, int kWords>
[[gnu::noinline]] void compress(V* h, const V* m, std::uint64_t counter, bool last) {
  V v[16];
  for (int i = 0; i < 8; ++i) {
    v[i] = h[i];
    v[i + 8] = V::all(kIv[i]);
  }
  v[12] = v[12].exclusive(V::all(counter));
  if (last) v[14] = v[14].exclusive(V::all(~std::uint64_t{0}));
  rounds<V, kWords, 0>(v, m);
  for (int i = 0; i < 8; ++i) h[i] = h[i].exclusive(v[i]).exclusive(v[i + 8]);
}

// The nine message words of a node out of the four words of each child: the prefix 01 shifts all by
// one byte.
template <class V>
inline void node_words(V* m, const V* left, const V* right) {
  V before = V::all(std::uint64_t{1} << 56);
  for (int i = 0; i < 8; ++i) {
    const V word = i < 4 ? left[i] : right[i - 4];
    m[i] = word.up8().exclusive(before.down56());
    before = word;
  }
  m[8] = before.down56();
}

}  // namespace
}  // namespace wald::codec
