// SPDX-License-Identifier: Apache-2.0
// The trial of a kernel table against its scalar twin, before the first use of a tier.
#include <array>

#include "codec/base/prng.h"
#include "codec/field/field.h"
#include "codec/hash/kernel.h"
#include "codec/kernels.h"

namespace wald::codec {

bool agrees(const Kernels& some) {
  base::Prng prng(0x57414C44);
  const base::Bytes a = prng.bytes(1024);
  const base::Bytes b = prng.bytes(1024);
  for (const Word constant : {Word{1}, Word{2}, Word{0x1234}, Word{0xFFFF}, Word{0x8001}}) {
    const MulTable table = mul_table(constant);
    for (int which = 0; which < 5; ++which) {
      std::array<std::array<base::Bytes, 2>, 2> out;
      for (std::size_t k = 0; k < 2; ++k) {
        const Kernels& use = k == 0 ? some : kScalarKernels;
        base::Bytes x = a, y = b;
        if (which == 0) use.add(x.data(), y.data(), x.size());
        if (which == 1) use.mul(x.data(), y.data(), x.size(), &table);
        if (which == 2) use.mul_add(x.data(), y.data(), x.size(), &table);
        if (which == 3) use.inverse(x.data(), y.data(), x.size(), &table);
        if (which == 4) use.forward(x.data(), y.data(), x.size(), &table);
        out[k] = {std::move(x), std::move(y)};
      }
      if (out[0] != out[1]) return false;
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
