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

void inverse3(const std::uint8_t* const* from, std::size_t live, std::uint8_t* const* to,
              std::uint8_t* const* sum, std::size_t bytes, const MulTable* const* c, bool) {
  WALD_CHECK(live >= 1 && live <= 8);
  for (std::size_t i = 0; i < 8; ++i) {
    if (i >= live)
      std::memset(to[i], 0, bytes);
    else if (to[i] != from[i])
      std::memcpy(to[i], from[i], bytes);
  }
  for (std::size_t i = 0; i < 8; i += 2) inverse(to[i], to[i + 1], bytes, c[i / 2]);
  for (const std::size_t i : {0U, 1U, 4U, 5U}) inverse(to[i], to[i + 2], bytes, c[4 + i / 4]);
  for (std::size_t i = 0; i < 4; ++i) inverse(to[i], to[i + 4], bytes, c[6]);
  for (std::size_t i = 0; sum != nullptr && i < 8; ++i) add(sum[i], to[i], bytes);
}

void forward3(const std::uint8_t* const* from, std::uint8_t* const* to, std::size_t wanted,
              std::size_t bytes, const MulTable* const* c, bool) {
  WALD_CHECK(wanted >= 1 && wanted <= 8);
  for (std::size_t i = 0; i < 8; ++i)
    if (to[i] != from[i]) std::memcpy(to[i], from[i], bytes);
  for (std::size_t i = 0; i < 4; ++i) forward(to[i], to[i + 4], bytes, c[6]);
  for (const std::size_t i : {0U, 1U, 4U, 5U}) forward(to[i], to[i + 2], bytes, c[4 + i / 4]);
  for (std::size_t i = 0; i < 8; i += 2) forward(to[i], to[i + 1], bytes, c[i / 2]);
}

void dot(std::uint8_t* to, const std::uint8_t* const* from, std::size_t count, std::size_t bytes,
         const MulTable* const* c) {
  for (std::size_t i = 0; i < count; ++i) mul_add(to, from[i], bytes, c[i]);
}

void place(std::uint8_t* to, std::size_t to_step, const std::uint8_t* from, std::size_t from_step,
           std::size_t rows, std::size_t bytes) {
  for (std::size_t r = 0; r < rows; ++r) std::memcpy(to + r * to_step, from + r * from_step, bytes);
}

}  // namespace

const Kernels kScalarKernels = {"scalar", false,    add,      mul,      mul_add, inverse, forward,
                                inverse2, forward2, inverse3, forward3, dot,     place};

}  // namespace wald::codec
