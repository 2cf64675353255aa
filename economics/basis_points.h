// SPDX-License-Identifier: Apache-2.0
// Rates as integers: Bps in ten-thousandths (0..10^4), Ppm in millionths (0..10^6), and the small
// counters of this module (M-2). Kinds do not convert into each other. Some parameters in bps may
// exceed one (subsidy rates): they are plain integers with bounds of their own, see params.h.
// Errors: make refuses with kOutOfBounds. Thread rule: plain values.
#pragma once

#include <compare>
#include <cstdint>

#include "codec/base/strong.h"
#include "economics/refusal.h"

namespace wald::economics {

template <class Tag, std::uint32_t Whole>
class Fraction {
 public:
  static constexpr std::uint32_t kWhole = Whole;
  constexpr Fraction() = default;
  static constexpr Fraction of(std::uint64_t value) {  // bounded by our own code (CHECK)
    WALD_CHECK(value <= Whole);
    return Fraction(static_cast<std::uint32_t>(value));
  }
  static Outcome<Fraction> make(std::uint64_t value) {
    if (value > Whole) return base::Err{Refusal::kOutOfBounds};
    return of(value);
  }
  constexpr std::uint32_t value() const { return value_; }
  friend constexpr auto operator<=>(const Fraction&, const Fraction&) = default;

 private:
  constexpr explicit Fraction(std::uint32_t value) : value_(value) {}
  std::uint32_t value_ = 0;
};

using Bps = Fraction<struct BpsTag, 10'000>;
using Ppm = Fraction<struct PpmTag, 1'000'000>;
inline constexpr std::uint64_t kBps = Bps::kWhole;
inline constexpr std::uint64_t kPpm = Ppm::kWhole;

using Units = base::Ordinal<struct UnitsTag, std::uint64_t>;    // of 2^20 bytes (S-1)
using Weight = base::Ordinal<struct WeightTag, std::uint16_t>;  // shards
using Scale = base::Ordinal<struct ScaleTag, std::uint16_t>;    // doublings of a pool (P-3)

}  // namespace wald::economics
