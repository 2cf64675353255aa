// SPDX-License-Identifier: Apache-2.0
// The kernels of the tiers that multiply by byte shuffle: a product is eight look-ups of nibbles.
// `Half` is what the kernel file defines beforehand: a register of low or of high bytes, with
// load, store, add and the shuffle. Here is arithmetic and nothing else, all of it local to that
// file.
#pragma once

#include <cstddef>
#include <cstdint>

#include "codec/field/kernel.h"

namespace wald::codec {
namespace {

template <class Half>
struct Words {
  Half low, high;
  static Words load(const std::uint8_t* from) { return {Half::load(from), Half::load(from + 32)}; }
  void store(std::uint8_t* to) const {
    low.store(to);
    high.store(to + 32);
  }
  Words add(Words o) const { return {low.add(o.low), high.add(o.high)}; }
};

template <class Half>
struct Shuffles {
  Half low[4], high[4];
  explicit Shuffles(const MulTable* c) {
    for (int i = 0; i < 4; ++i) {
      low[i] = Half::table(c->low[i]);
      high[i] = Half::table(c->high[i]);
    }
  }
  Words<Half> mul(Words<Half> w) const {
    const Half n[4] = {w.low.nibble(), w.low.next().nibble(), w.high.nibble(),
                       w.high.next().nibble()};
    return {
        low[0].pick(n[0]).add(low[1].pick(n[1])).add(low[2].pick(n[2]).add(low[3].pick(n[3]))),
        high[0].pick(n[0]).add(high[1].pick(n[1])).add(high[2].pick(n[2]).add(high[3].pick(n[3])))};
  }
};

// Calls visit(offset) for the start of every register's words within each block.
template <class Half, class Visit>
inline void each(std::size_t bytes, Visit visit) {
  for (std::size_t block = 0; block < bytes; block += 64)
    for (std::size_t i = 0; i < 32; i += sizeof(Half)) visit(block + i);
}

template <class Half>
struct Nibbles {
  using W = Words<Half>;

  // Null stands for zeros.
  static void move(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes) {
    if (from == nullptr) {
      __builtin_memset(to, 0, bytes);
    } else if (to != from) {
      __builtin_memcpy(to, from, bytes);
    }
  }
  static void add(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; i += sizeof(Half))
      Half::load(to + i).add(Half::load(from + i)).store(to + i);
  }
  static void mul(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes,
                  const MulTable* c) {
    const Shuffles<Half> k(c);
    each<Half>(bytes, [&](std::size_t i) { k.mul(W::load(from + i)).store(to + i); });
  }
  static void mul_add(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes,
                      const MulTable* c) {
    const Shuffles<Half> k(c);
    each<Half>(bytes,
               [&](std::size_t i) { W::load(to + i).add(k.mul(W::load(from + i))).store(to + i); });
  }
  static void inverse(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c) {
    if (c->constant == 0) return add(b, a, bytes);
    const Shuffles<Half> k(c);
    each<Half>(bytes, [&](std::size_t i) {
      const W wa = W::load(a + i), wb = W::load(b + i).add(wa);
      wb.store(b + i);
      wa.add(k.mul(wb)).store(a + i);
    });
  }
  static void forward(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c) {
    if (c->constant == 0) return add(b, a, bytes);
    const Shuffles<Half> k(c);
    each<Half>(bytes, [&](std::size_t i) {
      const W wb = W::load(b + i), wa = W::load(a + i).add(k.mul(wb));
      wa.store(a + i);
      wb.add(wa).store(b + i);
    });
  }
  // Eight tables for each of three constants are more than there are registers: layer by layer.
  static void inverse2(std::uint8_t* parts, std::size_t bytes, const MulTable* both,
                       const MulTable* one, const MulTable* two) {
    inverse(parts, parts + bytes, bytes, one);
    inverse(parts + 2 * bytes, parts + 3 * bytes, bytes, two);
    inverse(parts, parts + 2 * bytes, 2 * bytes, both);
  }
  static void forward2(std::uint8_t* parts, std::size_t bytes, const MulTable* both,
                       const MulTable* one, const MulTable* two) {
    forward(parts, parts + 2 * bytes, 2 * bytes, both);
    forward(parts, parts + bytes, bytes, one);
    forward(parts + 2 * bytes, parts + 3 * bytes, bytes, two);
  }
  // Those not read are not written either, as long as nothing comes to them.
  static void inverse3(const Three& three) {
    const std::size_t live = three.used, bytes = three.bytes;
    for (std::size_t g = 0; g < 8 * three.groups; g += 8) {
      const MulTable *one = three.c + three.number + g, *two = three.c + (three.number + g) / 2;
      const auto to = [&](std::size_t i) { return three.to[g + i] + three.to_at; };
      for (std::size_t i = 0; i < 8; ++i)
        move(to(i), i < live ? three.from[g + i] + three.from_at : nullptr, bytes);
      for (std::size_t i = 0; i < live; i += 2) inverse(to(i), to(i + 1), bytes, one + i);
      for (std::size_t i = 0; i < live; i += 4)
        for (std::size_t k = i; k < i + 2; ++k) inverse(to(k), to(k + 2), bytes, two + i / 2);
      for (std::size_t i = 0; i < 4; ++i)
        inverse(to(i), to(i + 4), bytes, three.c + (three.number + g) / 4);
      for (std::size_t i = 0; three.sum != nullptr && i < 8; ++i)
        add(three.sum[g + i] + three.to_at, to(i), bytes);
    }
  }
  static void forward3(const Three& three) {
    const std::size_t wanted = three.used, bytes = three.bytes;
    for (std::size_t g = 0; g < 8 * three.groups; g += 8) {
      const MulTable *one = three.c + three.number + g, *two = three.c + (three.number + g) / 2;
      const auto to = [&](std::size_t i) { return three.to[g + i] + three.to_at; };
      for (std::size_t i = 0; i < 8; ++i) move(to(i), three.from[g + i] + three.from_at, bytes);
      for (std::size_t i = 0; i < 4; ++i)
        forward(to(i), to(i + 4), bytes, three.c + (three.number + g) / 4);
      for (std::size_t i = 0; i < wanted; i += 4)
        for (std::size_t k = i; k < i + 2; ++k) forward(to(k), to(k + 2), bytes, two + i / 2);
      for (std::size_t i = 0; i < wanted; i += 2) forward(to(i), to(i + 1), bytes, one + i);
    }
  }
  static bool turn(const Three*, std::size_t, const Three*, std::size_t) { return false; }

  static void place(std::uint8_t* to, std::size_t to_step, const std::uint8_t* from,
                    std::size_t from_step, std::size_t rows, std::size_t bytes) {
    for (std::size_t r = 0; r < rows; ++r)
      __builtin_memcpy(to + r * to_step, from + r * from_step, bytes);
  }

  static constexpr Kernels table(const char* name) {
    return {name,     false,    add,      mul,      mul_add, inverse, forward,
            inverse2, forward2, inverse3, forward3, turn,    nullptr, place};
  }
};

}  // namespace
}  // namespace wald::codec
