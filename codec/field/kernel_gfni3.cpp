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

// Constants that stay in registers beside eight blocks, unless many are of the wide kind.
template <bool kWide>
struct As {
  static Constant of(const MulTable* c) { return spread(c); }
};
template <>
struct As<false> {
  static Narrow of(const MulTable* c) {
    return {_mm512_set1_epi64(static_cast<long long>(c->matrix.part[0]))};
  }
};

template <std::size_t kLive, bool kSum, Reach kReach>
void inverse3_loop(const Three& three, std::size_t group) {
  const Group<kReach, As> k(three, group);
  const From from(three, group, kLive);
  const To to((kSum ? three.sum : three.to) + 8 * group, three.to_at, 8);
  const std::size_t bytes = three.bytes;
  for (std::size_t i = 0; i < bytes; i += 64) {
    const auto in = [&](std::size_t part) {
      return part < kLive ? load(from[part] + i) : _mm512_setzero_si512();
    };
    Block w[8] = {in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7)};
    inverse_eight<kLive, kReach == Reach::kOrigin>(w, k);
    const auto out = [&](std::size_t part) {
      store(to[part] + i, kSum ? add(load(to[part] + i), w[part]) : w[part]);
    };
    out(0), out(1), out(2), out(3), out(4), out(5), out(6), out(7);
  }
}

template <std::size_t kWanted, Reach kReach>
void forward3_loop(const Three& three, std::size_t group) {
  const Group<kReach, As> k(three, group);
  const From from(three, group, 8);
  const To to(three.to + 8 * group, three.to_at, kWanted);
  const std::size_t bytes = three.bytes;
  for (std::size_t i = 0; i < bytes; i += 64) {
    const auto in = [&](std::size_t part) { return load(from[part] + i); };
    Block w[8] = {in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7)};
    forward_eight<kReach == Reach::kOrigin>(w, k);
    const auto out = [&](std::size_t part) {
      if (part < kWanted) store(to[part] + i, w[part]);
    };
    out(0), out(1), out(2), out(3), out(4), out(5), out(6), out(7);
  }
}

// One loop for each number of parts.
template <bool kSum, Reach kReach>
Loop inverse3_of(std::size_t live) {
  static constexpr Loop kLoops[] = {inverse3_loop<1, kSum, kReach>, inverse3_loop<2, kSum, kReach>,
                                    inverse3_loop<3, kSum, kReach>, inverse3_loop<4, kSum, kReach>,
                                    inverse3_loop<5, kSum, kReach>, inverse3_loop<6, kSum, kReach>,
                                    inverse3_loop<7, kSum, kReach>, inverse3_loop<8, kSum, kReach>};
  return kLoops[live - 1];
}
template <Reach kReach>
Loop forward3_of(std::size_t wanted) {
  static constexpr Loop kLoops[] = {forward3_loop<1, kReach>, forward3_loop<2, kReach>,
                                    forward3_loop<3, kReach>, forward3_loop<4, kReach>,
                                    forward3_loop<5, kReach>, forward3_loop<6, kReach>,
                                    forward3_loop<7, kReach>, forward3_loop<8, kReach>};
  return kLoops[wanted - 1];
}

// Between the first step and the last, and where there are no pairs, only codes beyond the usual
// sizes have constants that reach further in one layer than in another.
Loop inverse3_loop_of(std::size_t live, bool sum, Reach reach) {
  if (sum && reach <= Reach::kNone) return inverse3_of<true, Reach::kNone>(live);
  if (sum) return inverse3_of<true, Reach::kAny>(live);
  if (reach == Reach::kOrigin) return inverse3_of<false, Reach::kOrigin>(live);
  if (reach == Reach::kNone) return inverse3_of<false, Reach::kNone>(live);
  return inverse3_of<false, Reach::kAny>(live);
}

Loop forward3_loop_of(std::size_t wanted, Reach reach) {
  if (reach == Reach::kOrigin) return forward3_of<Reach::kOrigin>(wanted);
  if (reach == Reach::kNone) return forward3_of<Reach::kNone>(wanted);
  return forward3_of<Reach::kAny>(wanted);
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

using Plain = Group<Reach::kNone, As>;

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
  if (three.pairing) return gfni_first(three);
  for (std::size_t g = 0; g < three.groups; ++g)
    inverse3_loop_of(three.used, three.sum != nullptr, reach(three, g))(three, g);
}

void gfni_forward3(const Three& three) {
  if (three.pairing) return gfni_last(three);
  for (std::size_t g = 0; g < three.groups; ++g)
    forward3_loop_of(three.used, reach(three, g))(three, g);
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
