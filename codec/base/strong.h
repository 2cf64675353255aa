// SPDX-License-Identifier: Apache-2.0
// Strong types: Ordinal<Tag, Rep> counts or numbers one kind of thing, Id32<Tag> names one. Kinds
// do not convert into each other; integers go in explicitly and come out by value(). narrow<>() is
// the only way to a smaller integer: it CHECKs. Rules M-2, A-24.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>

#include "codec/base/bytes.h"
#include "codec/base/check.h"

namespace wald::base {

// Narrows an integer that our own code proved to fit.
template <std::integral To, std::integral From>
constexpr To narrow(From from) {
  const To to = static_cast<To>(from);
  WALD_CHECK(static_cast<From>(to) == from && ((to < To{}) == (from < From{})));
  return to;
}

template <class Tag, std::unsigned_integral Rep>
class Ordinal {
 public:
  using rep = Rep;
  constexpr Ordinal() = default;
  constexpr explicit Ordinal(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }
  constexpr Ordinal next() const {
    WALD_CHECK(value_ != std::numeric_limits<Rep>::max());
    return Ordinal(static_cast<Rep>(value_ + 1));
  }
  friend constexpr auto operator<=>(const Ordinal&, const Ordinal&) = default;

 private:
  Rep value_ = 0;
};

template <class Tag>
class Id32 {
 public:
  static constexpr std::size_t kSize = 32;
  constexpr Id32() = default;
  constexpr explicit Id32(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}

  // view must hold exactly 32 bytes (CHECK): lengths are tested where bytes come in.
  static Id32 from(ByteView view) {
    WALD_CHECK(view.size() == kSize);
    Id32 id;
    std::copy(view.begin(), view.end(), id.bytes_.begin());
    return id;
  }
  constexpr const std::array<std::uint8_t, 32>& bytes() const { return bytes_; }
  ByteView view() const { return ByteView(bytes_); }
  constexpr bool is_zero() const { return bytes_ == std::array<std::uint8_t, 32>{}; }
  friend constexpr auto operator<=>(const Id32&, const Id32&) = default;

 private:
  std::array<std::uint8_t, 32> bytes_{};
};

}  // namespace wald::base
