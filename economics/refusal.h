// SPDX-License-Identifier: Apache-2.0
// Refusal: every reason for which a function of this module says no. One enum for the whole module;
// the ledger maps each to a code of its own. refusal_name gives the name used in
// specs/economics.md. Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/base/result.h"

namespace wald::economics {

enum class Refusal : std::uint8_t {
  kOverflow,          // a sum or product beyond its type (M-1, M-3)
  kInsufficient,      // a difference below zero (M-1)
  kDivZero,           // a divisor of zero (M-3)
  kBadRange,          // epochs, slots or parts out of range (M-7, S-4)
  kBadSize,           // a size of zero (S-4)
  kCapacity,          // no room in a slot (S-4)
  kCostAboveLimit,    // dearer than the buyer's limit (S-2)
  kBadSplit,          // S-5
  kBadFuse,           // S-5
  kBadPercent,        // S-5
  kBadShards,         // shard count out of range (S-6)
  kBlobTooLarge,      // S-6
  kStakeTooSmall,     // P-4, P-12
  kPoolImpaired,      // P-4
  kNodeLeaving,       // P-4
  kStakeNotMature,    // P-8
  kExitNotRequested,  // P-8
  kAlreadyLeaving,    // P-9
  kUseDirectExit,     // P-9
  kRateTooHigh,       // P-11
  kRateStep,          // P-11
  kMergeMismatch,     // P-12
  kSameNode,          // P-12
  kBondFixed,         // P-12
  kBondLeaving,       // P-12
  kNoStake,           // C-2, C-3
  kBadAssignment,     // C-5
  kNoVotes,           // V-2, V-4
  kBadVote,           // V-2
  kOutOfBounds,       // a parameter outside its bounds (section 8, R-8)
};

inline constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::kOutOfBounds) + 1;

std::string_view refusal_name(Refusal refusal);

template <class T>
using Outcome = base::Result<T, Refusal>;

}  // namespace wald::economics
