// SPDX-License-Identifier: Apache-2.0
#include "codec/field/lines.h"

#include <algorithm>
#include <array>

namespace wald::codec {
namespace {

// Working memory for the recovery symbols of one group of slivers.
constexpr std::size_t kGroupBytes = 4 << 20;

template <class Byte>
std::vector<Byte*> spread(Byte* first, std::size_t count, std::size_t step) {
  std::vector<Byte*> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = first + i * step;
  return out;
}

}  // namespace

std::vector<const std::uint8_t*> pointers(const std::uint8_t* first, std::size_t count,
                                          std::size_t step) {
  return spread(first, count, step);
}
std::vector<std::uint8_t*> pointers(std::uint8_t* first, std::size_t count, std::size_t step) {
  return spread(first, count, step);
}

Hash symbol_leaf(const std::uint8_t* symbol, std::size_t z) {
  // Copying behind the prefix byte is cheaper than feeding the hash twice.
  constexpr std::size_t kShort = 511;
  if (z > kShort) return base::merkle_leaf({symbol, z});
  std::array<std::uint8_t, kShort + 1> in;
  in[0] = 0;
  std::memcpy(in.data() + 1, symbol, z);
  return base::blake2b({in.data(), z + 1});
}

std::vector<Hash> sliver_roots(const Codec& codec, Axis axis, const std::uint8_t* body,
                               std::size_t count, std::size_t stride, std::size_t z) {
  const LineCode& line = codec.along(axis);
  WALD_CHECK(z != 0 && z % 2 == 0);
  const std::size_t group = std::clamp<std::size_t>(kGroupBytes / (line.m() * z), 1, count);
  Bytes more(group * line.m() * z);
  std::vector<Hash> out;
  for (std::size_t at = 0; at < count; at += group) {
    const std::size_t now = std::min(group, count - at);
    const std::uint8_t* first = body + at * stride;
    // Recovery symbol i of sliver g lies at more[(g * m + i) * z].
    line.encode(pointers(first, line.k(), z), pointers(more.data(), line.m(), z),
                Batch{now, z, stride, line.m() * z});
    for (std::size_t g = 0; g < now; ++g) {
      base::MerkleFrontier frontier;
      for (std::size_t i = 0; i < line.k(); ++i)
        frontier.push(symbol_leaf(first + g * stride + i * z, z));
      for (std::size_t i = 0; i < line.m(); ++i)
        frontier.push(symbol_leaf(more.data() + (g * line.m() + i) * z, z));
      out.push_back(frontier.root());
    }
  }
  return out;
}

}  // namespace wald::codec
