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

void Transform::add_step(Kind kind, std::uint32_t at, std::uint32_t distance) {
  steps_.push_back(Step{kind, at, distance, constant(at, distance), 0, 0});
  cost_ += distance;
}

// One layer of one group. A forward one of which nobody asks for the second half leaves it alone.
void Transform::single(std::uint32_t at, std::uint32_t distance) {
  const bool plain = constant(at, distance) == 0;
  if (inverse_ || any(at + distance, distance))
    add_step(plain ? Kind::kAdd : Kind::kButterfly, at, distance);
  else if (!plain)
    add_step(Kind::kMulAdd, at, distance);
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
    add_step(Kind::kPair, at, part);
    steps_.back().constant = constant(at, half);
    steps_.back().one = constant(at, part);
    steps_.back().two = constant(at + half, part);
    cost_ += size - part;
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

std::vector<bool> Transform::needed(const std::vector<bool>& wanted) const {
  WALD_CHECK(!inverse_);
  std::vector<bool> out = wanted;
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) {
    const std::uint32_t parts = step->kind == Kind::kPair ? 4 : 2;
    for (std::uint32_t i = step->at; i < step->at + step->distance; ++i) {
      bool asked = false;
      for (std::uint32_t k = 0; k < parts; ++k) asked |= out[i + k * step->distance];
      if (step->kind == Kind::kAdd) {
        if (out[i + step->distance]) out[i] = true;
      } else {
        for (std::uint32_t k = 0; k < parts; ++k) out[i + k * step->distance] = asked;
      }
    }
  }
  return out;
}

void Transform::run(const Kernels& kernels, const MulTables& tables, std::uint8_t* tile,
                    std::size_t width) const {
  for (const Step& step : steps_) {
    // The rows of a part lie one after the other, so a step is one call.
    std::uint8_t* a = tile + step.at * width;
    const std::size_t bytes = step.distance * width;
    std::uint8_t* b = a + bytes;
    WALD_CHECK(step.constant < tables.size() && step.two < tables.size());
    const MulTable* c = &tables[step.constant];
    switch (step.kind) {
      case Kind::kAdd:
        kernels.add(b, a, bytes);
        break;
      case Kind::kMulAdd:
        kernels.mul_add(a, b, bytes, c);
        break;
      case Kind::kButterfly:
        (inverse_ ? kernels.inverse : kernels.forward)(a, b, bytes, c);
        break;
      case Kind::kPair:
        (inverse_ ? kernels.inverse2 : kernels.forward2)(a, bytes, c, &tables[step.one],
                                                         &tables[step.two]);
        break;
    }
  }
}

}  // namespace wald::codec
