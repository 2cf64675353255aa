// SPDX-License-Identifier: Apache-2.0
// The trial of a kernel table against its scalar twin, before the first use of a tier.
#include <array>

#include "codec/base/prng.h"
#include "codec/field/field.h"
#include "codec/hash/kernel.h"
#include "codec/kernels.h"

namespace wald::codec {

namespace {

constexpr std::array<Word, 6> kTried = {0, 1, 2, 0x1234, 0xFFFF, 0x8001};

// Function `which` of the table over two buffers of 1 KiB.
constexpr int kFunctions = 8;
void run(const Kernels& use, int which, const MulTable (&c)[3], base::Bytes& x, base::Bytes& y) {
  const std::size_t bytes = x.size(), part = bytes / 4;
  if (which == 0) use.add(x.data(), y.data(), bytes);
  if (which == 1) use.mul(x.data(), y.data(), bytes, &c[0]);
  if (which == 2) use.mul_add(x.data(), y.data(), bytes, &c[0]);
  if (which == 3) use.inverse(x.data(), y.data(), bytes, &c[0]);
  if (which == 4) use.forward(x.data(), y.data(), bytes, &c[0]);
  if (which == 5) use.inverse2(x.data(), part, &c[0], &c[1], &c[2]);
  if (which == 6) use.forward2(x.data(), part, &c[0], &c[1], &c[2]);
  const std::uint8_t* const from[3] = {y.data(), y.data() + 65, y.data() + 130};
  const MulTable* const by[3] = {&c[0], &c[1], &c[2]};
  if (which == 7) use.dot(x.data(), from, 3, 832, by);
}

}  // namespace

bool agrees(const Kernels& some) {
  base::Prng prng(0x57414C44);
  const base::Bytes a = prng.bytes(1024);
  const base::Bytes b = prng.bytes(1024);
  for (std::size_t i = 0; i < kTried.size(); ++i) {
    const auto tried = [&](std::size_t k) { return mul_table(kTried[(i + k) % kTried.size()]); };
    // The second is zero with the first as well: that takes a way of its own.
    const MulTable c[3] = {tried(0), kTried[i] == 0 ? tried(0) : tried(1), tried(2)};
    for (int which = 0; which < kFunctions; ++which) {
      base::Bytes x = a, y = b, want_x = a, want_y = b;
      run(some, which, c, x, y);
      run(kScalarKernels, which, c, want_x, want_y);
      if (x != want_x || y != want_y) return false;
    }
  }
  return true;
}

bool agrees(const HashKernels& some) {
  if (some.lanes == 0 || some.lanes > kMaxLanes) return false;
  base::Prng prng(0x57414C44);
  const base::Bytes data = prng.bytes(1024);
  std::array<const std::uint8_t*, kMaxLanes> from;
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = data.data() + 33 * i;
  std::array<std::uint8_t, 32 * kMaxLanes> out{};
  std::array<std::uint8_t, 32> one{};
  const auto same = [&](std::size_t lane) {
    return std::equal(one.begin(), one.end(), out.data() + 32 * lane);
  };
  for (const std::size_t bytes : {0U, 2U, 62U, 64U, 72U, 126U, 127U, 128U, 254U, 256U, 700U}) {
    some.leaves(from.data(), bytes, out.data());
    for (std::size_t i = 0; i < some.lanes; ++i) {
      kScalarHash.leaves(from.data() + i, bytes, one.data());
      if (!same(i)) return false;
    }
  }
  for (const std::size_t step : {32U, 64U}) {
    some.nodes(data.data(), data.data() + 300, step, out.data());
    for (std::size_t i = 0; i < some.lanes; ++i) {
      kScalarHash.nodes(data.data() + i * step, data.data() + 300 + i * step, step, one.data());
      if (!same(i)) return false;
    }
  }
  return true;
}

}  // namespace wald::codec
