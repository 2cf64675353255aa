// SPDX-License-Identifier: Apache-2.0
// Amount: money in FROST, 1 WAL = 10^9 FROST, 0..2^63-1, one 64-bit word (M-1). Nothing saturates
// and there are no operators but comparison: plus refuses with kOverflow, minus with kInsufficient,
// mul_div with kDivZero or kOverflow, and its rounding is always written (M-3, M-4).
// Also what every place of money needs: sink, halves and spread (M-6, M-7).
// Thread rule: plain values, pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "economics/refusal.h"
#include "economics/wide.h"

namespace wald::economics {

class Amount {
 public:
  constexpr Amount() = default;
  // A value our own code bounded (CHECK); make() is for values that come from elsewhere.
  static constexpr Amount of(std::uint64_t frost) {
    WALD_CHECK(frost <= kMaxAmount);
    return Amount(frost);
  }
  static Outcome<Amount> make(std::uint64_t frost) {
    if (frost > kMaxAmount) return base::Err{Refusal::kOverflow};
    return Amount(frost);
  }

  constexpr std::uint64_t value() const { return frost_; }
  constexpr bool is_zero() const { return frost_ == 0; }

  Outcome<Amount> plus(Amount other) const { return make(frost_ + other.frost_); }
  Outcome<Amount> minus(Amount other) const {
    if (other.frost_ > frost_) return base::Err{Refusal::kInsufficient};
    return Amount(frost_ - other.frost_);
  }
  Outcome<Amount> mul_div(std::uint64_t num, std::uint64_t den, Round round) const {
    TRY_ASSIGN(const std::uint64_t frost, economics::mul_div(frost_, num, den, round, kMaxAmount));
    return Amount(frost);
  }

  friend constexpr auto operator<=>(const Amount&, const Amount&) = default;

 private:
  constexpr explicit Amount(std::uint64_t frost) : frost_(frost) {}
  std::uint64_t frost_ = 0;  // plus cannot wrap: two values below 2^63 sum below 2^64
};

inline constexpr std::uint64_t kFrostPerWal = 1'000'000'000;
inline constexpr Amount kGenesisSupply = Amount::of(5'000'000'000'000'000'000);

// The smaller of two. Legal for takings, caps and funds that give what they have, never for a
// payout that is owed (M-5).
inline constexpr Amount lesser(Amount a, Amount b) { return a < b ? a : b; }

// M-6: money without an owner. into_fund + burned = x.
struct Sunk {
  Amount into_fund;
  Amount burned;
};
Sunk sink(Amount x, Amount fund, Amount cap);

// M-7: burn = x - floor(x/2), rest = floor(x/2).
struct Halves {
  Amount burn;
  Amount rest;
};
Halves halves(Amount x);

// M-7: floor(x/places) to each, x mod places more to the first. kBadRange for no places.
Outcome<std::vector<Amount>> spread(Amount x, std::size_t places);

}  // namespace wald::economics
