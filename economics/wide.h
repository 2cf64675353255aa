// SPDX-License-Identifier: Apache-2.0
// Products and quotients of integers, exact, rounded once and by name (M-3, M-4, A-25). One
// quotient runs in 128 bits where every factor fits into 64, else in 512: at most four factors of
// at most 128 bits each can never overflow that, so nothing here needs a proof of its own. Ranges:
// factors 0..2^128-1, result 0..max. Errors: kDivZero, kOverflow. Thread rule: pure.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "economics/refusal.h"

namespace wald::economics {

__extension__ typedef unsigned __int128 U128;  // pedantic mode needs the marker

inline constexpr std::uint64_t kMaxU64 = UINT64_MAX;
inline constexpr std::uint64_t kMaxAmount = UINT64_MAX >> 1;

enum class Round : std::uint8_t { kDown, kUp };  // there is no default on purpose (M-3)

// a * num / den.
Outcome<std::uint64_t> mul_div(U128 a, U128 num, U128 den, Round round, std::uint64_t max);

// Product of nums over product of dens: all multiplied first, divided last. Each list holds one to
// four factors (CHECK: the lists are written in our own code).
Outcome<std::uint64_t> ratio(std::initializer_list<U128> nums, std::initializer_list<U128> dens,
                             Round round, std::uint64_t max);

// The same for a quotient that the caller proved to exist and to fit (CHECK).
std::uint64_t exact_ratio(std::initializer_list<U128> nums, std::initializer_list<U128> dens,
                          Round round, std::uint64_t max = kMaxU64);

// Narrows what our own code proved to fit (CHECK).
inline constexpr std::uint64_t narrow64(U128 x, std::uint64_t max = kMaxU64) {
  WALD_CHECK(x <= max);
  return static_cast<std::uint64_t>(x);
}

inline constexpr U128 product(std::uint64_t a, std::uint64_t b) { return U128{a} * b; }

}  // namespace wald::economics
