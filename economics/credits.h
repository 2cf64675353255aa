// SPDX-License-Identifier: Apache-2.0
// From the outcome of challenge rounds to a member's score (O-29, O-30): what was due and shown in
// a round, the credits of an epoch with the rule of the best late rounds, and s, q in ppm. Points
// are leaf numbers 0..c-1, c at most 2^32-1; rounds per epoch R 2..256, at most R entries. Nothing
// refuses. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "economics/basis_points.h"

namespace wald::economics {

enum class CommitTime : std::uint8_t { kNone, kLate, kOnTime };

// What is known of one member at the end of one round; lists in any order, without repeats.
struct RoundRecord {
  std::uint32_t points = 0;  // c
  CommitTime commit = CommitTime::kNone;
  bool confirmed = false;  // by verifiers
  bool unopened = false;   // UNOPENED
  bool bad = false;        // BAD
  bool reveal = false;     // between hS and hC-1
  bool row = false;        // before hV
  std::vector<std::uint32_t> excused;
  std::vector<std::uint32_t> unavailable;
  std::vector<std::uint32_t> denied;
  std::vector<std::uint32_t> lost;
  std::vector<std::uint32_t> withheld;  // demanded and not opened
  std::vector<std::uint32_t> proven;
};

// The same in numbers: all that an epoch needs of a round.
struct RoundTally {
  std::uint32_t due = 0;
  std::uint32_t ok = 0;
  CommitTime commit = CommitTime::kNone;
  bool void_of_credit = false;  // UNOPENED or BAD
  bool bad = false;
  bool reveal = false;
  bool row = false;
};
RoundTally tally_round(const RoundRecord& record);

struct EpochScore {
  std::vector<std::uint64_t> credits;  // by round
  std::vector<std::uint64_t> bad;      // by round: due if BAD, else 0
  Ppm store;
  Ppm duty;
  Ppm score;     // s
  Ppm bad_part;  // q
};
// The non-void rounds of one member in round order; rounds = R, void ones included.
EpochScore score_epoch(const std::vector<RoundTally>& tallies, std::uint64_t rounds);

// floor(store * (9 * PPM + duty) / (10 * PPM)).
Ppm score_of(Ppm store, Ppm duty);

// ceil(R/4): how many late rounds of a member are paid.
inline constexpr std::uint64_t paid_late_rounds(std::uint64_t rounds) { return (rounds + 3) / 4; }

}  // namespace wald::economics
