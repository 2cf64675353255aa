// SPDX-License-Identifier: Apache-2.0
// The first step of an inverse and the last of a forward transform in the GFNI tier, between words
// where they lie and pairs in a tile (codec/field/gfni.h). Built with its own flags and reached
// only through the dispatch of codec/kernels.cpp for what this file may include.
#if defined(__x86_64__)

#include "codec/field/gfni.h"

namespace wald::codec {
namespace {

constexpr std::size_t kTwoBlocks = 128;

// Low and high halves of two blocks, or of one, each in a register of its own. With x and y of
// pairs apart a product takes no swap, and one by c = e + b*f three steps instead of four: p = e*x,
// x' = p + g*f*y, y' = p + (e + f)*(x + y), where g = b*b + b.
struct Two {
  Block x, y;
};
struct One {
  __m256i x, y;
};
inline __m256i add(__m256i a, __m256i b) { return _mm256_xor_si256(a, b); }
inline __m256i add(__m256i a, __m256i b, __m256i c) {
  return _mm256_ternarylogic_epi64(a, b, c, 0x96);
}
inline Block through(Block w, std::uint64_t matrix) {
  return _mm512_gf2p8affine_epi64_epi8(w, _mm512_set1_epi64(static_cast<long long>(matrix)), 0);
}
inline __m256i through(__m256i w, std::uint64_t matrix) {
  return _mm256_gf2p8affine_epi64_epi8(w, _mm256_set1_epi64x(static_cast<long long>(matrix)), 0);
}

inline __m256i half(const std::uint8_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
inline Block halves(const std::uint8_t* first, const std::uint8_t* second) {
  return _mm512_inserti64x4(_mm512_castsi256_si512(half(first)), half(second), 1);
}
inline void store(std::uint8_t* to, __m256i w) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), w);
}

// Blocks as they are.
inline void take(const std::uint8_t* from, Two& w) {
  w = {halves(from, from + 64), halves(from + 32, from + 96)};
}
inline void take(const std::uint8_t* from, One& w) { w = {half(from), half(from + 32)}; }
inline void give(std::uint8_t* to, const Two& w) {
  store(to, _mm512_inserti64x4(w.x, _mm512_castsi512_si256(w.y), 1));
  store(to + 64, _mm512_shuffle_i64x2(w.x, w.y, 0xEE));
}
inline void give(std::uint8_t* to, const One& w) {
  store(to, w.x);
  store(to + 32, w.y);
}
// With the halves of two blocks apart.
inline void take_apart(const std::uint8_t* from, Two& w) { w = {load(from), load(from + 64)}; }
inline void take_apart(const std::uint8_t* from, One& w) { take(from, w); }
inline void give_apart(std::uint8_t* to, const Two& w) {
  store(to, w.x);
  store(to + 64, w.y);
}
inline void give_apart(std::uint8_t* to, const One& w) { give(to, w); }

inline void clear(Two& w) { w.x = w.y = _mm512_setzero_si512(); }
inline void clear(One& w) { w.x = w.y = _mm256_setzero_si256(); }

// From words to pairs and back.
template <class W>
inline void pair(W& w) {
  w.x = add(w.x, through(w.y, kPairing));
}

inline Two add(const Two& a, const Two& b) { return {add(a.x, b.x), add(a.y, b.y)}; }
inline One add(const One& a, const One& b) { return {add(a.x, b.x), add(a.y, b.y)}; }

// A constant of pairs: of the subfield, or any.
struct Lean {
  const MulTable* c;
};
struct Full {
  const MulTable* c;
};
template <class W>
[[gnu::always_inline]] inline W mul_add(const W& a, const W& w, const Lean& k) {
  const std::uint64_t e = k.c->matrix.part[0];
  return {add(a.x, through(w.x, e)), add(a.y, through(w.y, e))};
}
template <class W>
[[gnu::always_inline]] inline W mul_add(const W& a, const W& w, const Full& k) {
  const auto p = through(w.x, k.c->matrix.part[0]);
  return {add(a.x, p, through(w.y, k.c->matrix.part[3])),
          add(a.y, p, through(add(w.x, w.y), k.c->matrix.part[1]))};
}

// The constants of a group, looked up as they are needed: the halves fill the registers.
template <bool kFull>
struct Of {
  static Lean of(const MulTable* c) { return {c}; }
};
template <>
struct Of<true> {
  static Full of(const MulTable* c) { return {c}; }
};

// A tile has two blocks either with their halves apart or as they are. The latter is for codes
// beyond the usual sizes, whose constants are mostly any.
enum class Side : std::uint8_t { kApart, kBlocks };

template <Side kSide, class W>
[[gnu::always_inline]] inline void take_row(const std::uint8_t* from, W& w) {
  if constexpr (kSide == Side::kApart)
    take_apart(from, w);
  else
    take(from, w);
}
template <Side kSide, class W>
[[gnu::always_inline]] inline void give_row(std::uint8_t* to, const W& w) {
  if constexpr (kSide == Side::kApart)
    give_apart(to, w);
  else
    give(to, w);
}

template <class W, std::size_t kLive, bool kSum, Side kSide, Reach kReach>
[[gnu::always_inline]] inline void first(const From& from, const To& to, std::size_t at,
                                         const Group<kReach, Of>& k) {
  W w[8];
  const auto in = [&](std::size_t part) {
    if (part >= kLive) return clear(w[part]);
    take(from[part] + at, w[part]);
    pair(w[part]);
  };
  in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7);
  inverse_eight<kLive, kReach == Reach::kOrigin>(w, k);
  const auto out = [&](std::size_t part) {
    if constexpr (kSum) {
      W sum;
      take_row<kSide>(to[part] + at, sum);
      w[part] = add(w[part], sum);
    }
    give_row<kSide>(to[part] + at, w[part]);
  };
  out(0), out(1), out(2), out(3), out(4), out(5), out(6), out(7);
}

template <std::size_t kLive, bool kSum, Side kSide, Reach kReach>
void first_loop(const Three& three, std::size_t group) {
  const Group<kReach, Of> k(three, group);
  const From from(three, group, kLive);
  const To to((kSum ? three.sum : three.to) + 8 * group, three.to_at, 8);
  const std::size_t bytes = three.bytes;
  std::size_t i = 0;
  for (; i + kTwoBlocks <= bytes; i += kTwoBlocks) first<Two, kLive, kSum, kSide>(from, to, i, k);
  if (i < bytes) first<One, kLive, kSum, kSide>(from, to, i, k);
}

template <class W, std::size_t kWanted, Side kSide, Reach kReach>
[[gnu::always_inline]] inline void last(const From& from, const To& to, std::size_t at,
                                        const Group<kReach, Of>& k) {
  W w[8];
  const auto in = [&](std::size_t part) { take_row<kSide>(from[part] + at, w[part]); };
  in(0), in(1), in(2), in(3), in(4), in(5), in(6), in(7);
  forward_eight<kReach == Reach::kOrigin>(w, k);
  const auto out = [&](std::size_t part) {
    if (part >= kWanted) return;
    pair(w[part]);
    give(to[part] + at, w[part]);
  };
  out(0), out(1), out(2), out(3), out(4), out(5), out(6), out(7);
}

template <std::size_t kWanted, Side kSide, Reach kReach>
void last_loop(const Three& three, std::size_t group) {
  const Group<kReach, Of> k(three, group);
  const From from(three, group, 8);
  const To to(three.to + 8 * group, three.to_at, kWanted);
  const std::size_t bytes = three.bytes;
  std::size_t i = 0;
  for (; i + kTwoBlocks <= bytes; i += kTwoBlocks) last<Two, kWanted, kSide>(from, to, i, k);
  if (i < bytes) last<One, kWanted, kSide>(from, to, i, k);
}

// One loop for each number of parts. Few groups have less than eight, and few codes have a sum
// here: those are left with constants that may be any.
template <bool kSum, Side kSide>
Loop first_of(std::size_t live) {
  static constexpr Loop kLoops[] = {
      first_loop<1, kSum, kSide, Reach::kAny>, first_loop<2, kSum, kSide, Reach::kAny>,
      first_loop<3, kSum, kSide, Reach::kAny>, first_loop<4, kSum, kSide, Reach::kAny>,
      first_loop<5, kSum, kSide, Reach::kAny>, first_loop<6, kSum, kSide, Reach::kAny>,
      first_loop<7, kSum, kSide, Reach::kAny>, first_loop<8, kSum, kSide, Reach::kAny>};
  return kLoops[live - 1];
}
template <Side kSide>
Loop last_of(std::size_t wanted) {
  static constexpr Loop kLoops[] = {
      last_loop<1, kSide, Reach::kAny>, last_loop<2, kSide, Reach::kAny>,
      last_loop<3, kSide, Reach::kAny>, last_loop<4, kSide, Reach::kAny>,
      last_loop<5, kSide, Reach::kAny>, last_loop<6, kSide, Reach::kAny>,
      last_loop<7, kSide, Reach::kAny>, last_loop<8, kSide, Reach::kAny>};
  return kLoops[wanted - 1];
}

// Groups of eight parts and no sum, in a tile of halves apart: most of all.
Loop first_loop_of(const Three& three, Reach reach) {
  static constexpr Loop kWhole[] = {first_loop<8, false, Side::kApart, Reach::kOrigin>,
                                    first_loop<8, false, Side::kApart, Reach::kNone>,
                                    first_loop<8, false, Side::kApart, Reach::kOne>,
                                    first_loop<8, false, Side::kApart, Reach::kTwo>,
                                    first_loop<8, false, Side::kApart, Reach::kAny>};
  if (three.sum != nullptr)
    return (three.apart ? first_of<true, Side::kApart> : first_of<true, Side::kBlocks>)(three.used);
  if (!three.apart) return first_of<false, Side::kBlocks>(three.used);
  return three.used < 8 ? first_of<false, Side::kApart>(three.used)
                        : kWhole[static_cast<std::size_t>(reach)];
}

Loop last_loop_of(const Three& three, Reach reach) {
  static constexpr Loop kWhole[] = {
      last_loop<8, Side::kApart, Reach::kOrigin>, last_loop<8, Side::kApart, Reach::kNone>,
      last_loop<8, Side::kApart, Reach::kOne>, last_loop<8, Side::kApart, Reach::kTwo>,
      last_loop<8, Side::kApart, Reach::kAny>};
  if (!three.apart) return last_of<Side::kBlocks>(three.used);
  return three.used < 8 ? last_of<Side::kApart>(three.used)
                        : kWhole[static_cast<std::size_t>(reach)];
}

}  // namespace

void gfni_first(const Three& three) {
  for (std::size_t g = 0; g < three.groups; ++g) first_loop_of(three, reach(three, g))(three, g);
}

void gfni_last(const Three& three) {
  for (std::size_t g = 0; g < three.groups; ++g) last_loop_of(three, reach(three, g))(three, g);
}

}  // namespace wald::codec

#endif
