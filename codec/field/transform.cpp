// SPDX-License-Identifier: Apache-2.0
#include "codec/field/transform.h"

namespace wald::codec {

std::uint32_t ceil2(std::uint32_t x) {
  WALD_CHECK(x >= 1 && x <= 65'536);
  std::uint32_t out = 1;
  while (out < x) out <<= 1;
  return out;
}

unsigned log2_of(std::uint32_t power) {
  WALD_CHECK(power != 0 && (power & (power - 1)) == 0);
  unsigned out = 0;
  while (power >> out != 1) ++out;
  return out;
}

std::vector<bool> first_of(std::uint32_t count, std::uint32_t size) {
  WALD_CHECK(count <= size);
  std::vector<bool> out(size);
  for (std::uint32_t i = 0; i < count; ++i) out[i] = true;
  return out;
}

MulTables::MulTables(std::uint32_t count) {
  WALD_CHECK(count <= 65'536);
  tables_.reserve(count);
  for (std::uint32_t c = 0; c < count; ++c) tables_.push_back(mul_table(static_cast<Word>(c)));
}

Transform::Transform(bool inverse, std::uint32_t origin, const std::vector<bool>& used)
    : inverse_(inverse) {
  const auto size = static_cast<std::uint32_t>(used.size());
  WALD_CHECK(ceil2(size) == size && origin % size == 0 && origin + size <= 65'536);
  std::vector<std::uint32_t> before(size + 1, 0);
  for (std::uint32_t i = 0; i < size; ++i) before[i + 1] = before[i] + (used[i] ? 1 : 0);
  if (inverse)
    for (std::uint32_t d = 1; d < size; d *= 2) level(origin, d, before);
  else
    for (std::uint32_t d = size / 2; d >= 1; d /= 2) level(origin, d, before);
}

void Transform::level(std::uint32_t origin, std::uint32_t distance,
                      const std::vector<std::uint32_t>& before) {
  const auto size = static_cast<std::uint32_t>(before.size() - 1);
  const unsigned shift = log2_of(distance);
  for (std::uint32_t at = 0; at < size; at += 2 * distance) {
    if (before[at] == before[at + 2 * distance]) continue;
    groups_.push_back(Group{at, distance, (origin + at) >> shift});
    cost_ += distance;
  }
}

Transform Transform::inverse(std::uint32_t origin, const std::vector<bool>& live) {
  return Transform(true, origin, live);
}

Transform Transform::forward(std::uint32_t origin, const std::vector<bool>& wanted) {
  return Transform(false, origin, wanted);
}

void Transform::run(const Kernels& kernels, const MulTables& tables, std::uint8_t* tile,
                    std::size_t width) const {
  for (const Group& group : groups_) {
    // The rows of a half lie one after the other, so a group is one call.
    std::uint8_t* a = tile + group.at * width;
    std::uint8_t* b = a + group.distance * width;
    const std::size_t bytes = group.distance * width;
    if (group.constant == 0) {
      kernels.add(b, a, bytes);
      continue;
    }
    WALD_CHECK(group.constant < tables.size());
    const MulTable& c = tables[group.constant];
    if (inverse_)
      kernels.inverse(a, b, bytes, &c);
    else
      kernels.forward(a, b, bytes, &c);
  }
}

}  // namespace wald::codec
