// SPDX-License-Identifier: Apache-2.0
// Shares: parts of a pool's active value, u64, no operators but comparison; FeeWeight: shares times
// the fee in ppm of those who asked to leave, below 2^84 (P-5). A Rate (w, s, scale) says what
// shares are worth: w FROST for s shares written at that scale; (0, 0) means one share per FROST
// (P-1). Shares of one pool are compared only at one scale: lift doubles exactly (P-3). Errors:
// kOverflow, kInsufficient. Thread rule: plain values.
#pragma once

#include "economics/amount.h"
#include "economics/basis_points.h"

namespace wald::economics {

class Shares {
 public:
  constexpr Shares() = default;
  constexpr explicit Shares(std::uint64_t value) : value_(value) {}
  constexpr std::uint64_t value() const { return value_; }
  constexpr bool is_zero() const { return value_ == 0; }

  Outcome<Shares> plus(Shares other) const {
    if (other.value_ > kMaxU64 - value_) return base::Err{Refusal::kOverflow};
    return Shares(value_ + other.value_);
  }
  Outcome<Shares> minus(Shares other) const {
    if (other.value_ > value_) return base::Err{Refusal::kInsufficient};
    return Shares(value_ - other.value_);
  }
  friend constexpr auto operator<=>(const Shares&, const Shares&) = default;

 private:
  std::uint64_t value_ = 0;
};

struct FeeWeight {
  U128 value = 0;  // sum of own * fee, at most 2^64 * 10^6 < 2^84
  friend constexpr bool operator==(const FeeWeight&, const FeeWeight&) = default;
};

struct Rate {
  Amount w;
  Shares s;
  Scale scale;
  friend constexpr bool operator==(const Rate&, const Rate&) = default;
};

// floor(principal * s / w); principal itself at the rate (0, 0).
Outcome<Shares> to_shares(Amount principal, const Rate& rate);
// floor(shares * w / s); 0 for no shares. kDivZero is unreachable: shares exist only where s > 0.
Outcome<Amount> to_frost(Shares shares, const Rate& rate);
// shares * 2^(to - from), from <= to; kOverflow beyond u64.
Outcome<Shares> lift(Shares shares, Scale from, Scale to);
FeeWeight fee_weight(Shares own, Ppm fee);

}  // namespace wald::economics
