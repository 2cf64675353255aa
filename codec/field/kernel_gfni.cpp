// SPDX-License-Identifier: Apache-2.0
// The GFNI tier: a constant is a 16 x 16 matrix of bits over a word, four 8 x 8 blocks. A register
// holds a whole block, 32 low and 32 high bytes: one affine step takes each half to itself, another
// to the opposite half, which is then swapped. Built with its own flags and reached only through
// the dispatch of codec/kernels.cpp for what this file may include.
#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "codec/field/kernel.h"

namespace wald::codec {
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

void add_all(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; i += 64) store(to + i, add(load(to + i), load(from + i)));
}

void mul_all(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes, const MulTable* c) {
  const Constant k = spread(c);
  for (std::size_t i = 0; i < bytes; i += 64) {
    const Block w = load(from + i);
    store(to + i, add(straight(w, k), swap(across(w, k))));
  }
}

void mul_add_all(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes, const MulTable* c) {
  const Constant k = spread(c);
  for (std::size_t i = 0; i < bytes; i += 64)
    store(to + i, mul_add(load(to + i), load(from + i), k));
}

inline void inverse_step(Block& a, Block& b, const Constant& c) {
  b = add(b, a);
  a = mul_add(a, b, c);
}
inline void forward_step(Block& a, Block& b, const Constant& c) {
  a = mul_add(a, b, c);
  b = add(b, a);
}

void inverse(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c) {
  const Constant k = spread(c);
  for (std::size_t i = 0; i < bytes; i += 64) {
    Block wa = load(a + i), wb = load(b + i);
    inverse_step(wa, wb, k);
    store(a + i, wa);
    store(b + i, wb);
  }
}

void forward(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c) {
  const Constant k = spread(c);
  for (std::size_t i = 0; i < bytes; i += 64) {
    Block wa = load(a + i), wb = load(b + i);
    forward_step(wa, wb, k);
    store(a + i, wa);
    store(b + i, wb);
  }
}

// Where the constants of `both` and `one` are zero, as in the first group of every layer of a
// transform at the origin, the steps are additions.
template <bool kPlain>
inline void inverse2_loop(std::uint8_t* parts, std::size_t bytes, const MulTable* both,
                          const MulTable* one, const MulTable* two) {
  const Constant k = spread(both), k1 = spread(one), k2 = spread(two);
  for (std::uint8_t* at = parts; at != parts + bytes; at += 64) {
    Block a = load(at), b = load(at + bytes);
    Block c = load(at + 2 * bytes), d = load(at + 3 * bytes);
    if constexpr (kPlain)
      b = add(b, a);
    else
      inverse_step(a, b, k1);
    inverse_step(c, d, k2);
    if constexpr (kPlain) {
      c = add(c, a);
      d = add(d, b);
    } else {
      inverse_step(a, c, k);
      inverse_step(b, d, k);
    }
    store(at, a);
    store(at + bytes, b);
    store(at + 2 * bytes, c);
    store(at + 3 * bytes, d);
  }
}

template <bool kPlain>
inline void forward2_loop(std::uint8_t* parts, std::size_t bytes, const MulTable* both,
                          const MulTable* one, const MulTable* two) {
  const Constant k = spread(both), k1 = spread(one), k2 = spread(two);
  for (std::uint8_t* at = parts; at != parts + bytes; at += 64) {
    Block a = load(at), b = load(at + bytes);
    Block c = load(at + 2 * bytes), d = load(at + 3 * bytes);
    if constexpr (kPlain) {
      c = add(c, a);
      d = add(d, b);
      b = add(b, a);
    } else {
      forward_step(a, c, k);
      forward_step(b, d, k);
      forward_step(a, b, k1);
    }
    forward_step(c, d, k2);
    store(at, a);
    store(at + bytes, b);
    store(at + 2 * bytes, c);
    store(at + 3 * bytes, d);
  }
}

void inverse2(std::uint8_t* parts, std::size_t bytes, const MulTable* both, const MulTable* one,
              const MulTable* two) {
  if (both->constant == 0 && one->constant == 0)
    return inverse2_loop<true>(parts, bytes, both, one, two);
  inverse2_loop<false>(parts, bytes, both, one, two);
}

void forward2(std::uint8_t* parts, std::size_t bytes, const MulTable* both, const MulTable* one,
              const MulTable* two) {
  if (both->constant == 0 && one->constant == 0)
    return forward2_loop<true>(parts, bytes, both, one, two);
  forward2_loop<false>(parts, bytes, both, one, two);
}

// Eight blocks and the constants of seven groups stay in registers. A part that is zero, or that
// nobody asks for, is known when this is compiled, and what follows from it is left out.
struct Group {
  Constant one0, one1, one2, one3, two0, two1, four;
  explicit Group(const MulTable* const* c)
      : one0(spread(c[0])),
        one1(spread(c[1])),
        one2(spread(c[2])),
        one3(spread(c[3])),
        two0(spread(c[4])),
        two1(spread(c[5])),
        four(spread(c[6])) {}
};

// Of two of which the second is zero.
inline void inverse_copy(Block& a, Block& b, const Constant& c) {
  b = a;
  a = mul_add(a, b, c);
}

// The first group of a transform at the origin: there the largest distance and the first group of
// each smaller one have zero for a constant, and their steps are additions.
inline bool at_origin(const MulTable* const* c) {
  return c[0]->constant == 0 && c[4]->constant == 0 && c[6]->constant == 0;
}

template <std::size_t kLive, bool kSum, bool kPlain>
void inverse3_loop(const std::uint8_t* const* from, std::uint8_t* const* to, std::size_t bytes,
                   const MulTable* const* c) {
  const Group k(c);
  const Block zero = _mm512_setzero_si512();
  const auto step = [](Block& a, Block& b, const Constant& by, bool first, bool second) {
    if (second)
      inverse_step(a, b, by);
    else if (first)
      inverse_copy(a, b, by);
  };
  const auto origin = [&](Block& a, Block& b, const Constant& by, bool first, bool second) {
    if constexpr (kPlain)
      b = second ? add(b, a) : a;
    else
      step(a, b, by, first, second);
  };
  for (std::size_t i = 0; i < bytes; i += 64) {
    const auto in = [&](std::size_t part) { return part < kLive ? load(from[part] + i) : zero; };
    Block w0 = in(0), w1 = in(1), w2 = in(2), w3 = in(3);
    Block w4 = in(4), w5 = in(5), w6 = in(6), w7 = in(7);
    origin(w0, w1, k.one0, kLive > 0, kLive > 1);
    step(w2, w3, k.one1, kLive > 2, kLive > 3);
    step(w4, w5, k.one2, kLive > 4, kLive > 5);
    step(w6, w7, k.one3, kLive > 6, kLive > 7);
    origin(w0, w2, k.two0, kLive > 0, kLive > 2);
    origin(w1, w3, k.two0, kLive > 0, kLive > 2);
    step(w4, w6, k.two1, kLive > 4, kLive > 6);
    step(w5, w7, k.two1, kLive > 4, kLive > 6);
    origin(w0, w4, k.four, kLive > 0, kLive > 4);
    origin(w1, w5, k.four, kLive > 0, kLive > 4);
    origin(w2, w6, k.four, kLive > 0, kLive > 4);
    origin(w3, w7, k.four, kLive > 0, kLive > 4);
    const auto out = [&](std::size_t part, Block w) {
      store(to[part] + i, kSum ? add(load(to[part] + i), w) : w);
    };
    out(0, w0), out(1, w1), out(2, w2), out(3, w3);
    out(4, w4), out(5, w5), out(6, w6), out(7, w7);
  }
}

template <std::size_t kWanted, bool kPlain>
void forward3_loop(const std::uint8_t* const* from, std::uint8_t* const* to, std::size_t bytes,
                   const MulTable* const* c) {
  const Group k(c);
  const auto origin = [](Block& a, Block& b, const Constant& by) {
    if constexpr (kPlain)
      b = add(b, a);
    else
      forward_step(a, b, by);
  };
  for (std::size_t i = 0; i < bytes; i += 64) {
    const auto in = [&](std::size_t part) { return load(from[part] + i); };
    Block w0 = in(0), w1 = in(1), w2 = in(2), w3 = in(3);
    Block w4 = in(4), w5 = in(5), w6 = in(6), w7 = in(7);
    origin(w0, w4, k.four);
    origin(w1, w5, k.four);
    origin(w2, w6, k.four);
    origin(w3, w7, k.four);
    origin(w0, w2, k.two0);
    origin(w1, w3, k.two0);
    forward_step(w4, w6, k.two1);
    forward_step(w5, w7, k.two1);
    origin(w0, w1, k.one0);
    forward_step(w2, w3, k.one1);
    forward_step(w4, w5, k.one2);
    forward_step(w6, w7, k.one3);
    const auto out = [&](std::size_t part, Block w) {
      if (part < kWanted) store(to[part] + i, w);
    };
    out(0, w0), out(1, w1), out(2, w2), out(3, w3);
    out(4, w4), out(5, w5), out(6, w6), out(7, w7);
  }
}

template <bool kSum, bool kPlain>
void inverse3_of(const std::uint8_t* const* from, std::size_t live, std::uint8_t* const* to,
                 std::size_t bytes, const MulTable* const* c) {
  static constexpr decltype(&inverse3_loop<8, kSum, kPlain>) kLoops[] = {
      inverse3_loop<1, kSum, kPlain>, inverse3_loop<2, kSum, kPlain>,
      inverse3_loop<3, kSum, kPlain>, inverse3_loop<4, kSum, kPlain>,
      inverse3_loop<5, kSum, kPlain>, inverse3_loop<6, kSum, kPlain>,
      inverse3_loop<7, kSum, kPlain>, inverse3_loop<8, kSum, kPlain>};
  kLoops[live - 1](from, to, bytes, c);
}

void inverse3(const std::uint8_t* const* from, std::size_t live, std::uint8_t* const* to,
              std::uint8_t* const* sum, std::size_t bytes, const MulTable* const* c) {
  if (sum != nullptr) return inverse3_of<true, false>(from, live, sum, bytes, c);
  if (at_origin(c)) return inverse3_of<false, true>(from, live, to, bytes, c);
  inverse3_of<false, false>(from, live, to, bytes, c);
}

template <bool kPlain>
void forward3_of(const std::uint8_t* const* from, std::uint8_t* const* to, std::size_t wanted,
                 std::size_t bytes, const MulTable* const* c) {
  static constexpr decltype(&forward3_loop<8, kPlain>) kLoops[] = {
      forward3_loop<1, kPlain>, forward3_loop<2, kPlain>, forward3_loop<3, kPlain>,
      forward3_loop<4, kPlain>, forward3_loop<5, kPlain>, forward3_loop<6, kPlain>,
      forward3_loop<7, kPlain>, forward3_loop<8, kPlain>};
  kLoops[wanted - 1](from, to, bytes, c);
}

void forward3(const std::uint8_t* const* from, std::uint8_t* const* to, std::size_t wanted,
              std::size_t bytes, const MulTable* const* c) {
  if (at_origin(c)) return forward3_of<true>(from, to, wanted, bytes, c);
  forward3_of<false>(from, to, wanted, bytes, c);
}

// Straight and crossed products add up apart and are brought together once, at the end. The blocks
// are spelled out, so that the sums stay in registers.
template <std::size_t... kB>
inline void dot_blocks(std::uint8_t* to, const std::uint8_t* const* from, std::size_t count,
                       std::size_t at, const MulTable* const* c) {
  Block here[] = {(static_cast<void>(kB), _mm512_setzero_si512())...};
  Block there[] = {(static_cast<void>(kB), _mm512_setzero_si512())...};
  std::size_t i = 0;
  for (; i + 2 <= count; i += 2) {  // one addition brings in two products
    const Constant k = spread(c[i]), l = spread(c[i + 1]);
    const auto two = [&](Block& straights, Block& crossed, std::size_t offset) {
      const Block w = load(from[i] + at + offset), v = load(from[i + 1] + at + offset);
      straights = add(straights, straight(w, k), straight(v, l));
      crossed = add(crossed, across(w, k), across(v, l));
    };
    (two(here[kB], there[kB], 64 * kB), ...);
  }
  if (i < count) {
    const Constant k = spread(c[i]);
    const auto one = [&](Block& straights, Block& crossed, std::size_t offset) {
      const Block w = load(from[i] + at + offset);
      straights = add(straights, straight(w, k));
      crossed = add(crossed, across(w, k));
    };
    (one(here[kB], there[kB], 64 * kB), ...);
  }
  std::uint8_t* out = to + at;
  (store(out + 64 * kB, add(load(out + 64 * kB), here[kB], swap(there[kB]))), ...);
}

void dot(std::uint8_t* to, const std::uint8_t* const* from, std::size_t count, std::size_t bytes,
         const MulTable* const* c) {
  std::size_t at = 0;
  for (; at + 512 <= bytes; at += 512) dot_blocks<0, 1, 2, 3, 4, 5, 6, 7>(to, from, count, at, c);
  for (; at + 128 <= bytes; at += 128) dot_blocks<0, 1>(to, from, count, at, c);
  for (; at < bytes; at += 64) dot_blocks<0>(to, from, count, at, c);
}

void place(std::uint8_t* to, std::size_t to_step, const std::uint8_t* from, std::size_t from_step,
           std::size_t rows, std::size_t bytes) {
  const auto some = [](std::size_t count) {
    return _cvtu64_mask64((std::uint64_t{1} << count) - 1);
  };
  for (; rows != 0; --rows, to += to_step, from += from_step) {
    // Whole lines of the cache only, what is before and behind them as usual.
    std::size_t i = (64 - reinterpret_cast<std::uintptr_t>(to) % 64) % 64;
    if (i > bytes) i = bytes;
    _mm512_mask_storeu_epi8(to, some(i), _mm512_maskz_loadu_epi8(some(i), from));
    for (; i + 64 <= bytes; i += 64)
      _mm512_stream_si512(reinterpret_cast<Block*>(to + i), load(from + i));
    _mm512_mask_storeu_epi8(to + i, some(bytes - i),
                            _mm512_maskz_loadu_epi8(some(bytes - i), from + i));
  }
  _mm_sfence();  // other threads see it like anything else that was written
}

}  // namespace

const Kernels kGfniKernels = {"gfni",   true,     add_all,  mul_all,  mul_add_all, inverse, forward,
                              inverse2, forward2, inverse3, forward3, dot,         place};

}  // namespace wald::codec

#endif
