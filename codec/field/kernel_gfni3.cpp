// SPDX-License-Identifier: Apache-2.0
// Three layers at once in the GFNI tier (codec/field/gfni.h). Built with its own flags and reached
// only through the dispatch of codec/kernels.cpp for what this file may include.
#if defined(__x86_64__)

#include "codec/field/gfni.h"

namespace wald::codec {
namespace {

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

// The constants of seven groups. Those of one reach stay in registers beside eight blocks.
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
  decltype(One::of(nullptr)) one[4];
  decltype(Two::of(nullptr)) two[2];
  decltype(Four::of(nullptr)) four;
  Group(const MulTable* c, std::size_t n)
      : one{One::of(c + n), One::of(c + n + 2), One::of(c + n + 4), One::of(c + n + 6)},
        two{Two::of(c + n / 2), Two::of(c + n / 2 + 2)},
        four(Four::of(c + n / 4)) {}
  Group(const Three& three, std::size_t group) : Group(three.c, three.number + 8 * group) {}
};

// One butterfly of eight blocks, of those before kLive that were not zero; if kPlain, of zero for a
// constant. A whole half of a group is zero or none of it, which is known when this is compiled,
// and what follows from it is left out.
template <std::size_t kA, std::size_t kB, std::size_t kLive, bool kPlain = false, class C>
[[gnu::always_inline]] inline void back(Block (&w)[8], const C& c) {
  constexpr std::size_t kDistance = kB - kA;
  if constexpr (kB - kB % kDistance < kLive)
    w[kB] = add(w[kB], w[kA]);
  else
    w[kB] = w[kA];
  if constexpr (!kPlain && kA - kA % kDistance < kLive) w[kA] = mul_add(w[kA], w[kB], c);
}
template <std::size_t kA, std::size_t kB, bool kPlain = false, class C>
[[gnu::always_inline]] inline void forth(Block (&w)[8], const C& c) {
  if constexpr (!kPlain) w[kA] = mul_add(w[kA], w[kB], c);
  w[kB] = add(w[kB], w[kA]);
}

template <std::size_t kLive, bool kOrigin, class C>
[[gnu::always_inline]] inline void inverse_eight(Block (&w)[8], const C& c) {
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

template <bool kOrigin, class C>
[[gnu::always_inline]] inline void forward_eight(Block (&w)[8], const C& c) {
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

template <std::size_t kLive, bool kSum, bool kPairs, Reach kReach>
void inverse3_loop(const Three& three, std::size_t group) {
  const Group<kReach> k(three, group);
  const From from(three, group, kLive);
  const To to((kSum ? three.sum : three.to) + 8 * group, three.to_at, 8);
  const std::size_t bytes = three.bytes;
  for (std::size_t i = 0; i < bytes; i += 64) {
    const auto in = [&](std::size_t part) {
      if (part >= kLive) return _mm512_setzero_si512();
      const Block block = load(from[part] + i);
      return kPairs ? pair(block) : block;
    };
    Block w[8] = {in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7)};
    inverse_eight<kLive, kReach == Reach::kOrigin>(w, k);
    const auto out = [&](std::size_t part) {
      store(to[part] + i, kSum ? add(load(to[part] + i), w[part]) : w[part]);
    };
    out(0), out(1), out(2), out(3), out(4), out(5), out(6), out(7);
  }
}

template <std::size_t kWanted, bool kPairs, Reach kReach>
void forward3_loop(const Three& three, std::size_t group) {
  const Group<kReach> k(three, group);
  const From from(three, group, 8);
  const To to(three.to + 8 * group, three.to_at, kWanted);
  const std::size_t bytes = three.bytes;
  for (std::size_t i = 0; i < bytes; i += 64) {
    const auto in = [&](std::size_t part) { return load(from[part] + i); };
    Block w[8] = {in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7)};
    forward_eight<kReach == Reach::kOrigin>(w, k);
    const auto out = [&](std::size_t part) {
      if (part < kWanted) store(to[part] + i, kPairs ? pair(w[part]) : w[part]);
    };
    out(0), out(1), out(2), out(3), out(4), out(5), out(6), out(7);
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

// In place of parts that are zero.
constexpr std::size_t kMostBytes = 4096;
alignas(64) constexpr std::uint8_t kZeros[kMostBytes] = {};

// The first group where it lies, and where it goes.
struct Source {
  const std::uint8_t* part[8];
  explicit Source(const Three& three) {
    for (std::size_t i = 0; i < 8; ++i)
      part[i] = i < three.used ? three.from[i] + three.from_at : kZeros;
  }
  [[gnu::always_inline]] void take(Block (&w)[8], std::size_t at) const {
    const auto in = [&](std::size_t i) { w[i] = load(part[i] + at); };
    in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7);
  }
};
[[gnu::always_inline]] inline void give(const Three& three, std::size_t at, const Block (&w)[8]) {
  const auto out = [&](std::size_t i) {
    if (i < three.used) store(three.to[i] + three.to_at + at, w[i]);
  };
  out(0), out(1), out(2), out(3), out(4), out(5), out(6), out(7);
}

using Plain = Group<Reach::kNone>;

// At low rate the inverse transform is the one at the origin.
template <bool kTwo>
void turn_low(const Three& inverse, const Three* forward) {
  const Source from(inverse);
  const Plain back(inverse, 0), one(forward[0], 0), two(forward[kTwo ? 1 : 0], 0);
  // Copies: for all that a compiler knows a store changes what they were made of.
  const Three here = forward[0], there = forward[kTwo ? 1 : 0];
  const std::size_t bytes = inverse.bytes;
  for (std::size_t at = 0; at < bytes; at += 64) {
    Block sum[8];
    from.take(sum, at);
    inverse_eight<8, true>(sum, back);
    if constexpr (kTwo) {
      Block other[8] = {sum[0], sum[1], sum[2], sum[3], sum[4], sum[5], sum[6], sum[7]};
      forward_eight<false>(other, two);
      give(there, at, other);
    }
    forward_eight<false>(sum, one);
    give(here, at, sum);
  }
}

// At high rate it is the forward one.
template <bool kTwo>
void turn_high(const Three* inverse, const Three& forward) {
  const Source from(inverse[0]), more(inverse[kTwo ? 1 : 0]);
  const Plain one(inverse[0], 0), two(inverse[kTwo ? 1 : 0], 0), on(forward, 0);
  const Three here = forward;
  const std::size_t bytes = forward.bytes;
  for (std::size_t at = 0; at < bytes; at += 64) {
    Block sum[8];
    from.take(sum, at);
    inverse_eight<8, false>(sum, one);
    if constexpr (kTwo) {
      Block other[8];
      more.take(other, at);
      inverse_eight<8, false>(other, two);
      const auto join = [&](std::size_t i) { sum[i] = add(sum[i], other[i]); };
      join(0), join(1), join(2), join(3), join(4), join(5), join(6), join(7);
    }
    forward_eight<true>(sum, on);
    give(here, at, sum);
  }
}

}  // namespace

void gfni_inverse3(const Three& three) {
  for (std::size_t g = 0; g < three.groups; ++g)
    inverse3_loop_of(three.used, three.sum != nullptr, three.pairing, reach(three, g))(three, g);
}

void gfni_forward3(const Three& three) {
  for (std::size_t g = 0; g < three.groups; ++g)
    forward3_loop_of(three.used, three.pairing, reach(three, g))(three, g);
}

bool gfni_turn(const Three* inverse, std::size_t inverses, const Three* forward,
               std::size_t forwards) {
  for (std::size_t i = 0; i < inverses; ++i)
    if (reach(inverse[i], 0) > Reach::kNone || inverse[i].bytes > kMostBytes) return false;
  for (std::size_t i = 0; i < forwards; ++i)
    if (reach(forward[i], 0) > Reach::kNone) return false;
  const bool low = inverses == 1 && inverse->number == 0;
  const bool high = forwards == 1 && forward->number == 0;
  if (low && forwards == 1)
    turn_low<false>(*inverse, forward);
  else if (low && forwards == 2)
    turn_low<true>(*inverse, forward);
  else if (high && inverses == 1)
    turn_high<false>(inverse, *forward);
  else if (high && inverses == 2)
    turn_high<true>(inverse, *forward);
  else
    return false;
  return true;
}

}  // namespace wald::codec

#endif
