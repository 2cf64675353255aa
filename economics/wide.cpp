// SPDX-License-Identifier: Apache-2.0
#include "economics/wide.h"

#include <boost/multiprecision/cpp_int.hpp>

namespace wald::economics {
namespace {

using U512 = boost::multiprecision::uint512_t;

U512 widen(U128 x) {
  U512 wide = static_cast<std::uint64_t>(x >> 64);
  wide <<= 64;
  wide |= static_cast<std::uint64_t>(x);
  return wide;
}

U512 multiply(std::initializer_list<U128> factors) {
  WALD_CHECK(factors.size() >= 1 && factors.size() <= 4);
  U512 wide = 1;
  for (const U128 factor : factors) wide *= widen(factor);
  return wide;
}

}  // namespace

Outcome<std::uint64_t> mul_div(U128 a, U128 num, U128 den, Round round, std::uint64_t max) {
  if (den == 0) return base::Err{Refusal::kDivZero};
  if (((a | num) >> 64) != 0) return ratio({a, num}, {den}, round, max);
  const U128 whole = a * num;
  U128 quotient = whole / den;
  // quotient < 2^128 - 1 whenever a remainder is left, for then den >= 2.
  if (round == Round::kUp && quotient * den != whole) ++quotient;
  if (quotient > max) return base::Err{Refusal::kOverflow};
  return static_cast<std::uint64_t>(quotient);
}

Outcome<std::uint64_t> ratio(std::initializer_list<U128> nums, std::initializer_list<U128> dens,
                             Round round, std::uint64_t max) {
  const U512 den = multiply(dens);
  if (den == 0) return base::Err{Refusal::kDivZero};
  U512 quotient;
  U512 rest;
  boost::multiprecision::divide_qr(multiply(nums), den, quotient, rest);
  if (round == Round::kUp && rest != 0) ++quotient;
  if (quotient > max) return base::Err{Refusal::kOverflow};
  return static_cast<std::uint64_t>(quotient);
}

std::uint64_t exact_ratio(std::initializer_list<U128> nums, std::initializer_list<U128> dens,
                          Round round, std::uint64_t max) {
  const Outcome<std::uint64_t> quotient = ratio(nums, dens, round, max);
  WALD_CHECK(quotient.ok());
  return quotient.value();
}

}  // namespace wald::economics
