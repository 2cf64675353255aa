// SPDX-License-Identifier: Apache-2.0
// The GFNI tier (codec/field/gfni.h). Built with its own flags and reached only through the
// dispatch of codec/kernels.cpp for what this file may include.
#if defined(__x86_64__)

#include "codec/field/gfni.h"

namespace wald::codec {
namespace {

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

// Some sources at once, in pairs, each from its begin to its end, so that all are read as one
// stream. Straight and crossed products add up apart and are brought together once.
template <std::size_t... kPair>
inline void dot_pairs(std::uint8_t* to, const std::uint8_t* from, std::size_t step,
                      std::size_t bytes, const Matrix* c, std::size_t first, std::size_t mask) {
  const Constant even[] = {spread(c[(first + 2 * kPair) ^ mask])...};
  const Constant odd[] = {spread(c[(first + 2 * kPair + 1) ^ mask])...};
#pragma GCC unroll 4  // a sixth less time
  for (std::size_t at = 0; at < bytes; at += 64) {
    Block here = load(to + at), there = _mm512_setzero_si512();
    const auto two = [&](std::size_t pair) {
      const std::uint8_t* x = from + 2 * pair * step + at;
      const Block w = load(x), v = load(x + step);
      here = add(here, straight(w, even[pair]), straight(v, odd[pair]));
      there = add(there, across(w, even[pair]), across(v, odd[pair]));
    };
    (two(kPair), ...);
    store(to + at, add(here, swap(there)));
  }
}

void dot(std::uint8_t* to, const std::uint8_t* from, std::size_t step, std::size_t count,
         std::size_t bytes, const Matrix* c, std::size_t first, std::size_t mask) {
  for (; count >= 8; count -= 8, from += 8 * step, first += 8)
    dot_pairs<0, 1, 2, 3>(to, from, step, bytes, c, first, mask);
  for (; count >= 2; count -= 2, from += 2 * step, first += 2)
    dot_pairs<0>(to, from, step, bytes, c, first, mask);
  if (count == 0) return;
  const Constant k = spread(c[first ^ mask]);
  for (std::size_t at = 0; at < bytes; at += 64)
    store(to + at, mul_add(load(to + at), load(from + at), k));
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

const Kernels kGfniKernels = {"gfni",        true,      add_all,  mul_all,  mul_add_all,
                              inverse,       forward,   inverse2, forward2, gfni_inverse3,
                              gfni_forward3, gfni_turn, dot,      place};

}  // namespace wald::codec

#endif
