// SPDX-License-Identifier: Apache-2.0
#include "codec/field/transform.h"

#include <array>
#include <cstring>

namespace wald::codec {

namespace {

// Bytes of each part between two looks ahead.
constexpr std::size_t kAtOnce = 4096;

}  // namespace

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

MulTables::MulTables(std::uint32_t count, bool pairs) : pairs_(pairs) {
  WALD_CHECK(count <= 65'536);
  tables_.reserve(count);
  for (std::uint32_t c = 0; c < count; ++c) {
    const auto constant = static_cast<Word>(c);
    tables_.push_back(pairs ? pair_table(constant) : mul_table(constant));
  }
}

void Rows::lay(std::uint8_t* first, std::size_t count, std::size_t width) {
  if (begin_.size() == count && width_ == width && begin_[0] == first) return;
  begin_.resize(count);
  width_ = width;
  for (std::size_t i = 0; i < count; ++i) begin_[i] = first + i * width;
}

Transform::Transform(bool inverse, std::uint32_t origin, const std::vector<bool>& used)
    : inverse_(inverse),
      origin_(origin),
      size_(static_cast<std::uint32_t>(used.size())),
      log2_size_(log2_of(size_)),
      used_(used.size() + 1, 0) {
  WALD_CHECK(origin % size_ == 0 && origin + size_ <= 65'536);
  for (std::uint32_t i = 0; i < size_; ++i) used_[i + 1] = used_[i] + (used[i] ? 1 : 0);
  range(0, size_);
  used_ = {};
}

std::uint32_t Transform::constant(std::uint32_t at, std::uint32_t distance) const {
  return (origin_ + at) >> log2_of(distance);
}

void Transform::add_step(Kind kind, std::uint32_t at, std::uint32_t distance) {
  steps_.push_back(Step{kind, at, distance, constant(at, distance), 0, 0, 0, 1});
}

// One layer of one group. A forward one of which nobody asks for the second half leaves it alone.
void Transform::single(std::uint32_t at, std::uint32_t distance) {
  const bool plain = constant(at, distance) == 0;
  if (inverse_ || any(at + distance, distance))
    add_step(plain ? Kind::kAdd : Kind::kButterfly, at, distance);
  else if (!plain)
    add_step(Kind::kMulAdd, at, distance);
}

std::uint32_t Transform::parts_used(std::uint32_t at, std::uint32_t part,
                                    std::uint32_t parts) const {
  while (!any(at + (parts - 1) * part, part)) --parts;
  return parts;
}

void Transform::clear_unused(std::uint32_t at, std::uint32_t part, std::uint32_t parts) {
  for (std::uint32_t k = 0; k < parts; ++k)
    if (!any(at + k * part, part)) {
      steps_.push_back(Step{Kind::kClear, at + k * part, part, 0, 0, 0, 0, 1});
    }
}

// The layers of distances `part` to size / 2, in one step.
void Transform::layers(std::uint32_t at, std::uint32_t size, std::uint32_t part) {
  const std::uint32_t half = size / 2, parts = size / part;
  const std::uint32_t used = parts_used(at, part, parts);
  if (inverse_) clear_unused(at, part, parts == 8 ? used : parts);
  if (parts == 2) return single(at, part);
  if (part == 1 && used == 8 && !steps_.empty()) {
    // One more group of a step that does the same just before.
    Step& before = steps_.back();
    if (before.kind == Kind::kTriple && before.distance == 1 && before.used == used &&
        before.at + 8 * before.groups == at) {
      ++before.groups;
      return;
    }
  }
  add_step(parts == 4 ? Kind::kPair : Kind::kTriple, at, part);
  Step& step = steps_.back();
  step.used = used;
  if (parts == 8) return;
  step.constant = constant(at, half);
  step.one = constant(at, part);
  step.two = constant(at + half, part);
}

// The layers of distances below `size` over [at, at + size): the parts first (inverse) or last.
void Transform::range(std::uint32_t at, std::uint32_t size) {
  if (size < 2 || !any(at, size)) return;
  const std::uint32_t half = size / 2;
  // Layers that do not go by three are the widest, where the constant is zero half of the time.
  const unsigned over = log2_of(size) % 3;
  std::uint32_t part = half;
  if (over == 0)
    part = size / 8;
  else if (over == 2 && any(at, half) && any(at + half, half))
    part = size / 4;
  const auto parts = [&] {
    for (std::uint32_t i = at; i < at + size; i += part) range(i, part);
  };
  if (inverse_) parts();
  layers(at, size, part);
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
    const std::uint32_t parts = step->kind == Kind::kTriple ? 8 : step->kind == Kind::kPair ? 4 : 2;
    for (std::uint32_t one = 0; one < step->distance * step->groups; ++one) {
      const std::uint32_t group = one / step->distance;
      const std::uint32_t i = step->at + one + group * (parts - 1) * step->distance;
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

void Transform::triple(const Kernels& kernels, const MulTables& tables, const Step& step,
                       const Rows& rows, const Ends& ends) const {
  const std::uint32_t d = step.distance;
  const bool widest = d * 8 == size_;
  const Rows& base = widest && ends.base != nullptr ? *ends.base : rows;
  const Rows* const sum = widest ? ends.sum : nullptr;
  WALD_CHECK(step.constant + 8 * step.groups - 2 < tables.size());
  Three three{};
  three.groups = step.groups;
  three.used = step.used;
  three.c = &tables[0];
  three.number = step.constant;
  three.pairs = tables.pairs();
  const auto work = [&] {
    if (ends.ahead != nullptr) ends.ahead->worked(three.bytes * three.groups);
    (inverse_ ? kernels.inverse3 : kernels.forward3)(three);
  };
  const bool leaf = d == 1, in = leaf && !ends.in.empty(), out = leaf && !ends.out.empty();
  three.pairing = leaf && three.pairs;
  three.apart = tables.apart();
  if (leaf && step.used == 8) {
    three.from = in ? ends.in.data() + step.at : base.at(step.at);
    three.from_at = in ? ends.in_at : 0;
    three.to = out ? ends.out.data() + step.at : rows.at(step.at);
    three.to_at = out ? ends.out_at : 0;
    three.sum = sum == nullptr ? nullptr : sum->at(step.at);
    three.bytes = rows.width();
    return work();
  }
  // One group, and parts that nobody asks for have no other place than their row.
  std::array<const std::uint8_t*, 8> from;
  std::array<std::uint8_t*, 8> to, added{};
  for (std::uint32_t k = 0; k < 8; ++k) {
    const std::uint32_t at = step.at + k * d;
    from[k] = in && k < step.used ? ends.in[at] + ends.in_at : base[at];
    to[k] = out && k < step.used ? ends.out[at] + ends.out_at : rows[at];
    if (sum != nullptr) added[k] = (*sum)[at];
  }
  three.from = from.data();
  three.to = to.data();
  three.sum = sum == nullptr ? nullptr : added.data();
  // The rows of a part lie one after the other.
  const std::size_t bytes = d * rows.width();
  for (std::size_t i = 0; i < bytes; i += kAtOnce) {
    three.from_at = three.to_at = i;
    three.bytes = std::min(kAtOnce, bytes - i);
    work();
  }
}

std::uint64_t Transform::work() const {
  std::uint64_t out = 0;
  for (const Step& step : steps_)
    if (step.kind == Kind::kTriple) out += std::uint64_t{step.distance} * step.groups;
  return out;
}

void Transform::run(const Kernels& kernels, const MulTables& tables, const Rows& rows,
                    const Ends& ends) const {
  if (ends.base != nullptr && !widest_is_triple())
    std::memcpy(rows[0], (*ends.base)[0], size_ * rows.width());
  steps(kernels, tables, rows, ends, 0, steps_.size());
  if (ends.sum != nullptr && !widest_is_triple())
    kernels.add((*ends.sum)[0], rows[0], size_ * rows.width());
}

void Transform::run(const Kernels& kernels, const MulTables& tables, std::span<const Job> jobs) {
  const auto inner = [&](bool inverse) {
    for (const auto& [one, rows, ends] : jobs)
      if (one->inverse_ == inverse)
        one->steps(kernels, tables, *rows, ends, inverse ? 0 : 1,
                   one->steps_.size() - (inverse ? 1 : 0));
  };
  // Groups of eight are the widest step and the ends at once.
  const Transform& any = *jobs[0].transform;
  if (!any.widest_is_triple() || any.size_ == kLeaf || !kernels.matrices) {
    for (const auto& [one, rows, ends] : jobs) one->run(kernels, tables, *rows, ends);
    return;
  }
  inner(true);
  if (!turn(kernels, tables, jobs))
    for (const auto& [one, rows, ends] : jobs)
      one->triple(kernels, tables, one->inverse_ ? one->steps_.back() : one->steps_.front(), *rows,
                  ends);
  inner(false);
}

// The widest steps of jobs, some bytes of all parts at once.
bool Transform::turn(const Kernels& kernels, const MulTables& tables, std::span<const Job> jobs) {
  constexpr std::size_t kJobs = 3;
  if (jobs.size() > kJobs) return false;
  std::array<Three, kJobs> threes{};
  std::array<std::array<const std::uint8_t*, 8>, kJobs> from;
  std::array<std::array<std::uint8_t*, 8>, kJobs> to;
  std::size_t inverses = 0;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Transform& one = *jobs[i].transform;
    WALD_CHECK(one.size_ == jobs[0].transform->size_ && !one.steps_.empty());
    if (one.inverse_) ++inverses;
    const Step& step = one.inverse_ ? one.steps_.back() : one.steps_.front();
    for (std::uint32_t k = 0; k < 8; ++k)
      from[i][k] = to[i][k] = (*jobs[i].rows)[step.at + k * step.distance];
    Three& three = threes[i];
    three.from = from[i].data();
    three.to = to[i].data();
    three.groups = 1;
    three.used = step.used;
    WALD_CHECK(step.constant + 6 < tables.size());
    three.c = &tables[0];
    three.number = step.constant;
    three.pairs = tables.pairs();
  }
  const std::size_t bytes = jobs[0].transform->size_ / 8 * jobs[0].rows->width();
  for (std::size_t at = 0; at < bytes; at += kAtOnce) {
    for (Three& three : threes) {
      three.from_at = three.to_at = at;
      three.bytes = std::min(kAtOnce, bytes - at);
    }
    if (!kernels.turn(threes.data(), inverses, threes.data() + inverses, jobs.size() - inverses)) {
      WALD_CHECK(at == 0);
      return false;
    }
    if (Ahead* ahead = jobs[0].ends.ahead; ahead != nullptr)
      ahead->worked(threes[0].bytes * jobs.size());
  }
  return true;
}

void Transform::steps(const Kernels& kernels, const MulTables& tables, const Rows& rows,
                      const Ends& ends, std::size_t first, std::size_t end) const {
  WALD_CHECK(size_ >= kLeaf || (ends.in.empty() && ends.out.empty() && !tables.pairs()));
  std::uint8_t* const tile = rows[0];
  const std::size_t width = rows.width();
  for (const Step& step : std::span(steps_).subspan(first, end - first)) {
    // The rows of a part lie one after the other, so a step is one call.
    std::uint8_t* a = tile + step.at * width;
    const std::size_t bytes = step.distance * width;
    std::uint8_t* b = a + bytes;
    WALD_CHECK(step.constant < tables.size() && step.two < tables.size());
    const MulTable* c = &tables[step.constant];
    switch (step.kind) {
      case Kind::kClear:
        std::memset(a, 0, bytes);
        break;
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
      case Kind::kTriple:
        triple(kernels, tables, step, rows, ends);
        break;
    }
  }
}

}  // namespace wald::codec
