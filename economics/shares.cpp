// SPDX-License-Identifier: Apache-2.0
#include "economics/shares.h"

#include "codec/base/mutant.h"

namespace wald::economics {

Outcome<Shares> to_shares(Amount principal, const Rate& rate) {
  if (rate.w.is_zero() && rate.s.is_zero()) return Shares(principal.value());
  TRY_ASSIGN(const std::uint64_t shares,
             mul_div(principal.value(), rate.s.value(), rate.w.value(), Round::kDown, kMaxU64));
  return Shares(shares);
}

Outcome<Amount> to_frost(Shares shares, const Rate& rate) {
  if (shares.is_zero()) return Amount();
  TRY_ASSIGN(const std::uint64_t frost,
             mul_div(shares.value(), rate.w.value(), rate.s.value(), Round::kDown, kMaxAmount));
  if (base::mutate("I7") && frost < kMaxAmount) return Amount::of(frost + 1);
  return Amount::of(frost);
}

Outcome<Shares> lift(Shares shares, Scale from, Scale to) {
  if (to < from) return base::Err{Refusal::kInsufficient};
  const unsigned doublings = static_cast<unsigned>(to.value() - from.value());
  if (shares.is_zero() || doublings == 0) return shares;
  if (doublings >= 64 || shares.value() > (kMaxU64 >> doublings)) {
    return base::Err{Refusal::kOverflow};
  }
  const std::uint64_t lifted = shares.value() << doublings;
  WALD_CHECK((lifted >> doublings) == shares.value());  // exact
  return Shares(lifted);
}

FeeWeight fee_weight(Shares own, Ppm fee) { return FeeWeight{product(own.value(), fee.value())}; }

}  // namespace wald::economics
