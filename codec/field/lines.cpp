// SPDX-License-Identifier: Apache-2.0
#include "codec/field/lines.h"

#include <algorithm>
#include <utility>

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
      auto symbols = pointers(first + g * stride, line.k(), z);
      const auto rest = pointers(std::as_const(more).data() + g * line.m() * z, line.m(), z);
      symbols.insert(symbols.end(), rest.begin(), rest.end());
      out.push_back(tree_root(leaf_hashes(symbols, z)));
    }
  }
  return out;
}

}  // namespace wald::codec
