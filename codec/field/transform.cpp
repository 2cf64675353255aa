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
    : inverse_(inverse), origin_(origin), used_(used.size() + 1, 0) {
  const auto size = static_cast<std::uint32_t>(used.size());
  WALD_CHECK(ceil2(size) == size && origin % size == 0 && origin + size <= 65'536);
  for (std::uint32_t i = 0; i < size; ++i) used_[i + 1] = used_[i] + (used[i] ? 1 : 0);
  range(0, size);
  used_ = {};
}

std::uint32_t Transform::constant(std::uint32_t at, std::uint32_t distance) const {
  return (origin_ + at) >> log2_of(distance);
}

void Transform::single(std::uint32_t at, std::uint32_t distance) {
  steps_.push_back(Step{at, distance, constant(at, distance), 0, 0, false});
  cost_ += distance;
}

// The layers of distances below `size` over [at, at + size): the parts first (inverse) or last.
void Transform::range(std::uint32_t at, std::uint32_t size) {
  if (size < 2 || !any(at, size)) return;
  const std::uint32_t half = size / 2, part = size / 4;
  // An odd layer is the widest one, where the constant is zero half of the time.
  const bool pair = size >= 4 && log2_of(size) % 2 == 0 && any(at, half) && any(at + half, half);
  const std::uint32_t step = pair ? part : half;
  const auto parts = [&] {
    for (std::uint32_t i = at; i < at + size; i += step) range(i, step);
  };
  if (inverse_) parts();
  if (pair) {
    steps_.push_back(
        Step{at, part, constant(at, half), constant(at, part), constant(at + half, part), true});
    cost_ += size;
  } else {
    single(at, half);
  }
  if (!inverse_) parts();
}

Transform Transform::inverse(std::uint32_t origin, const std::vector<bool>& live) {
  return Transform(true, origin, live);
}

Transform Transform::forward(std::uint32_t origin, const std::vector<bool>& wanted) {
  return Transform(false, origin, wanted);
}

void Transform::run(const Kernels& kernels, const MulTables& tables, std::uint8_t* tile,
                    std::size_t width) const {
  for (const Step& step : steps_) {
    // The rows of a part lie one after the other, so a step is one call.
    std::uint8_t* rows = tile + step.at * width;
    const std::size_t bytes = step.distance * width;
    WALD_CHECK(step.constant < tables.size() && step.two < tables.size());
    const MulTable* c = &tables[step.constant];
    if (step.pair)
      (inverse_ ? kernels.inverse2 : kernels.forward2)(rows, bytes, c, &tables[step.one],
                                                       &tables[step.two]);
    else if (step.constant == 0)
      kernels.add(rows + bytes, rows, bytes);
    else
      (inverse_ ? kernels.inverse : kernels.forward)(rows, rows + bytes, bytes, c);
  }
}

}  // namespace wald::codec
