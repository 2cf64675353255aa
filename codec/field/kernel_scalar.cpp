// SPDX-License-Identifier: Apache-2.0
// The scalar twin: products by logarithm and antilogarithm, word by word. It shares no table with
// the SIMD tiers, so that agreeing with it means something.
#include <cstring>

#include "codec/field/field.h"
#include "codec/field/kernel.h"

namespace wald::codec {
namespace {

void add(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) to[i] = static_cast<std::uint8_t>(to[i] ^ from[i]);
}

// Calls visit(place of the low byte) for every word; the high byte lies 32 further.
template <class Visit>
void each_word(std::size_t bytes, Visit visit) {
  WALD_CHECK(bytes % 64 == 0);
  for (std::size_t block = 0; block < bytes; block += 64)
    for (std::size_t i = block; i < block + 32; ++i) visit(i);
}

std::uint16_t word(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] | at[32] << 8);
}
void put(std::uint8_t* at, unsigned value) {
  at[0] = static_cast<std::uint8_t>(value);
  at[32] = static_cast<std::uint8_t>(value >> 8);
}

void mul(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes, const MulTable* c) {
  const Field& f = field();
  each_word(bytes, [&](std::size_t i) { put(to + i, f.mul(word(from + i), c->constant)); });
}

void mul_add(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes, const MulTable* c) {
  const Field& f = field();
  each_word(bytes, [&](std::size_t i) {
    put(to + i, unsigned{word(to + i)} ^ f.mul(word(from + i), c->constant));
  });
}

void inverse(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c) {
  add(b, a, bytes);
  mul_add(a, b, bytes, c);
}

void forward(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c) {
  mul_add(a, b, bytes, c);
  add(b, a, bytes);
}

void inverse2(std::uint8_t* parts, std::size_t bytes, const MulTable* both, const MulTable* one,
              const MulTable* two) {
  inverse(parts, parts + bytes, bytes, one);
  inverse(parts + 2 * bytes, parts + 3 * bytes, bytes, two);
  inverse(parts, parts + 2 * bytes, 2 * bytes, both);
}

void forward2(std::uint8_t* parts, std::size_t bytes, const MulTable* both, const MulTable* one,
              const MulTable* two) {
  forward(parts, parts + 2 * bytes, 2 * bytes, both);
  forward(parts, parts + bytes, bytes, one);
  forward(parts + 2 * bytes, parts + 3 * bytes, bytes, two);
}

// Calls one(part, number of the constant, distance) for the first parts of the butterflies of a
// group at this distance.
template <class One>
void each_butterfly(std::uint32_t number, std::size_t distance, One one) {
  for (std::size_t at = 0; at < 8; at += 2 * distance)
    for (std::size_t i = at; i < at + distance; ++i) one(i, (number + at) / distance);
}

void inverse3(const Three& three) {
  const std::size_t bytes = three.bytes;
  WALD_CHECK(three.used >= 1 && three.used <= 8 && three.number % 8 == 0);
  for (std::uint32_t g = 0; g < 8 * three.groups; g += 8) {
    const auto to = [&](std::size_t i) { return three.to[g + i] + three.to_at; };
    for (std::size_t i = 0; i < 8; ++i) {
      if (i >= three.used)
        std::memset(to(i), 0, bytes);
      else if (const std::uint8_t* from = three.from[g + i] + three.from_at; to(i) != from)
        std::memcpy(to(i), from, bytes);
    }
    for (const std::size_t distance : {1U, 2U, 4U})
      each_butterfly(three.number + g, distance, [&](std::size_t i, std::size_t number) {
        inverse(to(i), to(i + distance), bytes, three.c + number);
      });
    for (std::size_t i = 0; three.sum != nullptr && i < 8; ++i)
      add(three.sum[g + i] + three.to_at, to(i), bytes);
  }
}

void forward3(const Three& three) {
  const std::size_t bytes = three.bytes;
  WALD_CHECK(three.used >= 1 && three.used <= 8 && three.number % 8 == 0);
  for (std::uint32_t g = 0; g < 8 * three.groups; g += 8) {
    const auto to = [&](std::size_t i) { return three.to[g + i] + three.to_at; };
    for (std::size_t i = 0; i < 8; ++i)
      if (const std::uint8_t* from = three.from[g + i] + three.from_at; to(i) != from)
        std::memcpy(to(i), from, bytes);
    for (const std::size_t distance : {4U, 2U, 1U})
      each_butterfly(three.number + g, distance, [&](std::size_t i, std::size_t number) {
        forward(to(i), to(i + distance), bytes, three.c + number);
      });
  }
}

bool turn(const Three*, std::size_t, const Three*, std::size_t) { return false; }

void place(std::uint8_t* to, std::size_t to_step, const std::uint8_t* from, std::size_t from_step,
           std::size_t rows, std::size_t bytes) {
  for (std::size_t r = 0; r < rows; ++r) std::memcpy(to + r * to_step, from + r * from_step, bytes);
}

}  // namespace

const Kernels kScalarKernels = {"scalar", false,    add,      mul,      mul_add, inverse, forward,
                                inverse2, forward2, inverse3, forward3, turn,    nullptr, place};

}  // namespace wald::codec
