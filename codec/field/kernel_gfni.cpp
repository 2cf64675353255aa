// SPDX-License-Identifier: Apache-2.0
// The GFNI tier: a constant is a 16 x 16 matrix of bits over a word, four 8 x 8 blocks. A register
// holds a whole block, 32 low and 32 high bytes: one affine step takes each half to itself, another
// to the opposite half, which is then swapped. Of words in pairs the constants below 256, which are
// most of those of a transform, need the first step alone. Built with its own flags and reached
// only through the dispatch of codec/kernels.cpp for what this file may include.
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

// A constant of the subfield, for words in pairs.
struct Narrow {
  Block straight;
};
inline Block mul_add(Block a, Block w, const Narrow& c) {
  return add(a, _mm512_gf2p8affine_epi64_epi8(w, c.straight, 0));
}

// From words to pairs and back.
inline Block pair(Block w) {
  const __m256i high = _mm512_extracti64x4_epi64(w, 1);
  const __m256i matrix = _mm256_set1_epi64x(static_cast<long long>(kPairing));
  return add(w, _mm512_zextsi256_si512(_mm256_gf2p8affine_epi64_epi8(high, matrix, 0)));
}

// Which layers of three have constants beyond the subfield: none, the smallest distance, the two
// smaller, or any. At the origin the largest distance and the first group of each smaller one have
// zero for a constant, their steps are additions, and the others are of the subfield.
enum class Reach : std::uint8_t { kOrigin, kNone, kOne, kTwo, kAny };

Reach reach(const Three& three, std::size_t group) {
  constexpr std::size_t kSubfield = 256;
  const std::size_t number = three.number + 8 * group;
  if (!three.pairs) return Reach::kAny;
  if (number / 4 >= kSubfield) return Reach::kAny;
  if (number / 2 + 2 >= kSubfield) return Reach::kTwo;
  if (number + 6 >= kSubfield) return Reach::kOne;
  return number == 0 ? Reach::kOrigin : Reach::kNone;
}

// Eight blocks and the constants of seven groups stay in registers. A part that is zero, or that
// nobody asks for, is known when this is compiled, and what follows from it is left out.
template <bool kWide>
struct As {
  static Constant of(const MulTable* c) { return spread(c); }
};
template <>
struct As<false> {
  static Narrow of(const MulTable* c) {
    return {_mm512_set1_epi64(static_cast<long long>(c->matrix[0]))};
  }
};
template <Reach kReach>
struct Group {
  using One = As<(kReach >= Reach::kOne)>;
  using Two = As<(kReach >= Reach::kTwo)>;
  using Four = As<(kReach >= Reach::kAny)>;
  decltype(One::of(nullptr)) one0, one1, one2, one3;
  decltype(Two::of(nullptr)) two0, two1;
  decltype(Four::of(nullptr)) four;
  Group(const MulTable* c, std::size_t number)
      : one0(One::of(c + number)),
        one1(One::of(c + number + 2)),
        one2(One::of(c + number + 4)),
        one3(One::of(c + number + 6)),
        two0(Two::of(c + number / 2)),
        two1(Two::of(c + number / 2 + 2)),
        four(Four::of(c + number / 4)) {}
};

// Of two of which the second is zero.
template <class C>
inline void inverse_copy(Block& a, Block& b, const C& c) {
  b = a;
  a = mul_add(a, b, c);
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

template <std::size_t kLive, bool kSum, bool kPairs, Reach kReach>
void inverse3_loop(const Three& three, std::size_t group) {
  const Group<kReach> k(three.c, three.number + 8 * group);
  const From from(three, group, kLive);
  const To to((kSum ? three.sum : three.to) + 8 * group, three.to_at, 8);
  const std::size_t bytes = three.bytes;
  const Block zero = _mm512_setzero_si512();
  const auto step = [](Block& a, Block& b, const auto& by, bool first, bool second) {
    if (second)
      inverse_step(a, b, by);
    else if (first)
      inverse_copy(a, b, by);
  };
  const auto origin = [&](Block& a, Block& b, const auto& by, bool first, bool second) {
    if constexpr (kReach == Reach::kOrigin)
      b = second ? add(b, a) : a;
    else
      step(a, b, by, first, second);
  };
  for (std::size_t i = 0; i < bytes; i += 64) {
    const auto in = [&](std::size_t part) {
      if (part >= kLive) return zero;
      const Block w = load(from[part] + i);
      return kPairs ? pair(w) : w;
    };
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

template <std::size_t kWanted, bool kPairs, Reach kReach>
void forward3_loop(const Three& three, std::size_t group) {
  const Group<kReach> k(three.c, three.number + 8 * group);
  const From from(three, group, 8);
  const To to(three.to + 8 * group, three.to_at, kWanted);
  const std::size_t bytes = three.bytes;
  const auto origin = [](Block& a, Block& b, const auto& by) {
    if constexpr (kReach == Reach::kOrigin)
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
      if (part < kWanted) store(to[part] + i, kPairs ? pair(w) : w);
    };
    out(0, w0), out(1, w1), out(2, w2), out(3, w3);
    out(4, w4), out(5, w5), out(6, w6), out(7, w7);
  }
}

using Loop = void (*)(const Three& three, std::size_t group);

// One loop for each number of parts.
template <bool kSum, bool kPairs, Reach kReach>
Loop inverse3_of(std::size_t live) {
  static constexpr Loop kLoops[] = {
      inverse3_loop<1, kSum, kPairs, kReach>, inverse3_loop<2, kSum, kPairs, kReach>,
      inverse3_loop<3, kSum, kPairs, kReach>, inverse3_loop<4, kSum, kPairs, kReach>,
      inverse3_loop<5, kSum, kPairs, kReach>, inverse3_loop<6, kSum, kPairs, kReach>,
      inverse3_loop<7, kSum, kPairs, kReach>, inverse3_loop<8, kSum, kPairs, kReach>};
  return kLoops[live - 1];
}
template <bool kPairs, Reach kReach>
Loop forward3_of(std::size_t wanted) {
  static constexpr Loop kLoops[] = {
      forward3_loop<1, kPairs, kReach>, forward3_loop<2, kPairs, kReach>,
      forward3_loop<3, kPairs, kReach>, forward3_loop<4, kPairs, kReach>,
      forward3_loop<5, kPairs, kReach>, forward3_loop<6, kPairs, kReach>,
      forward3_loop<7, kPairs, kReach>, forward3_loop<8, kPairs, kReach>};
  return kLoops[wanted - 1];
}

// Between the first step and the last, and where there are no pairs, only codes beyond the usual
// sizes have constants that reach further in one layer than in another.
Loop inverse3_loop_of(std::size_t live, bool sum, bool pairing, Reach reach) {
  if (sum && pairing) return inverse3_of<true, true, Reach::kAny>(live);
  if (sum && reach <= Reach::kNone) return inverse3_of<true, false, Reach::kNone>(live);
  if (sum) return inverse3_of<true, false, Reach::kAny>(live);
  if (!pairing && reach == Reach::kOrigin) return inverse3_of<false, false, Reach::kOrigin>(live);
  if (!pairing && reach == Reach::kNone) return inverse3_of<false, false, Reach::kNone>(live);
  if (!pairing) return inverse3_of<false, false, Reach::kAny>(live);
  switch (reach) {
    case Reach::kOrigin:
      return inverse3_of<false, true, Reach::kOrigin>(live);
    case Reach::kNone:
      return inverse3_of<false, true, Reach::kNone>(live);
    case Reach::kOne:
      return inverse3_of<false, true, Reach::kOne>(live);
    case Reach::kTwo:
      return inverse3_of<false, true, Reach::kTwo>(live);
    case Reach::kAny:
      break;
  }
  return inverse3_of<false, true, Reach::kAny>(live);
}

Loop forward3_loop_of(std::size_t wanted, bool pairing, Reach reach) {
  if (!pairing && reach == Reach::kOrigin) return forward3_of<false, Reach::kOrigin>(wanted);
  if (!pairing && reach == Reach::kNone) return forward3_of<false, Reach::kNone>(wanted);
  if (!pairing) return forward3_of<false, Reach::kAny>(wanted);
  switch (reach) {
    case Reach::kOrigin:
      return forward3_of<true, Reach::kOrigin>(wanted);
    case Reach::kNone:
      return forward3_of<true, Reach::kNone>(wanted);
    case Reach::kOne:
      return forward3_of<true, Reach::kOne>(wanted);
    case Reach::kTwo:
      return forward3_of<true, Reach::kTwo>(wanted);
    case Reach::kAny:
      break;
  }
  return forward3_of<true, Reach::kAny>(wanted);
}

void inverse3(const Three& three) {
  for (std::size_t g = 0; g < three.groups; ++g)
    inverse3_loop_of(three.used, three.sum != nullptr, three.pairing, reach(three, g))(three, g);
}

void forward3(const Three& three) {
  for (std::size_t g = 0; g < three.groups; ++g)
    forward3_loop_of(three.used, three.pairing, reach(three, g))(three, g);
}

// Some sources at once, in pairs, each from its begin to its end, so that all are read as one
// stream. Straight and crossed products add up apart and are brought together once. What `ahead`
// names, as many, comes closer meanwhile.
template <std::size_t... kPair>
inline void dot_pairs(std::uint8_t* to, const std::uint8_t* const* from, std::size_t bytes,
                      const MulTable* const* c, const std::uint8_t* const* ahead) {
  const Constant k[] = {spread(c[2 * kPair])..., spread(c[2 * kPair + 1])...};
  constexpr std::size_t kPairs = sizeof...(kPair);
  for (std::size_t at = 0; at < bytes; at += 64) {
    Block here = load(to + at), there = _mm512_setzero_si512();
    const auto two = [&](std::size_t pair) {
      const Constant &x = k[pair], &y = k[kPairs + pair];
      const Block w = load(from[2 * pair] + at), v = load(from[2 * pair + 1] + at);
      here = add(here, straight(w, x), straight(v, y));
      there = add(there, across(w, x), across(v, y));
      if (ahead == nullptr) return;
      __builtin_prefetch(ahead[2 * pair] + at);
      __builtin_prefetch(ahead[2 * pair + 1] + at);
    };
    (two(kPair), ...);
    store(to + at, add(here, swap(there)));
  }
}

void dot(std::uint8_t* to, const std::uint8_t* const* from, std::size_t count, std::size_t bytes,
         const MulTable* const* c) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8)
    dot_pairs<0, 1, 2, 3>(to, from + i, bytes, c + i, i + 16 <= count ? from + i + 8 : nullptr);
  for (; i + 2 <= count; i += 2) dot_pairs<0>(to, from + i, bytes, c + i, nullptr);
  if (i < count) mul_add_all(to, from[i], bytes, c[i]);
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
