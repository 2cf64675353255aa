// SPDX-License-Identifier: Apache-2.0
// The pot of an epoch and who gets what of it (R-2 to R-6; Linear Audited Credits). Absolute: no
// member's score enters another member's reward. pot = held + sum of rewards + unspent + carry
// beyond held, exactly. Units: FROST, bytes, ppm. Nothing refuses. Thread rule: pure functions.
#pragma once

#include <vector>

#include "economics/amount.h"
#include "economics/basis_points.h"

namespace wald::economics {

// burn = floor(money * burn_bps / BPS), pot = money - burn.
struct Pot {
  Amount burn;
  Amount pot;
};
Pot make_pot(Amount money, std::uint64_t burn_bps);

// floor(pot * void_rounds / rounds), void_rounds <= rounds (CHECK).
Amount held_part(Amount pot, std::uint64_t void_rounds, std::uint64_t rounds);

// bytes that a member's deny lists take out of its duty, at their worst moment.
struct DenySample {
  std::uint64_t size;    // of the list
  std::uint64_t stored;  // encoded bytes of all eligible leaves at that moment
};
std::uint64_t denied_bytes(std::uint64_t used, const std::vector<DenySample>& samples);

//
struct MemberScore {
  Weight weight;
  std::uint64_t denied = 0;   // bytes; counts up to U
  Ppm score = Ppm::of(kPpm);  // s
  Ppm bad;                    // q
};
struct MemberReward {
  Amount full;
  Amount reward;
  Amount fine;
  friend bool operator==(const MemberReward&, const MemberReward&) = default;
};
struct PotSplit {
  std::vector<MemberReward> rows;  // in the order of the members
  Amount unspent;                  // to the sink
  Amount carry;                    // all of it at A = 0, else nothing; held comes on top
};
// pot = P of R-2 (after held), used = U, kappa 2..16.
PotSplit split_pot(Amount pot, std::uint64_t used, const std::vector<MemberScore>& members,
                   std::uint64_t kappa);

}  // namespace wald::economics
