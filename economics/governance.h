// SPDX-License-Identifier: Apache-2.0
// Quorums and the votes of members on prices and capacity (V-1 to V-4). Weights are shards, n the
// number of shards; a vote counts with its member's weight, never with its order.
// Errors: kNoVotes where no value gathers a quorum. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/base/mutant.h"
#include "economics/basis_points.h"

namespace wald::economics {

// V-1, exact in 64 bits.
inline bool is_quorum(std::uint64_t weight, std::uint64_t shards) {
  if (base::mutate("I25")) return 3 * weight + 1 >= 2 * shards;
  return 3 * weight >= 2 * shards + 1;
}
inline constexpr bool has_one_honest(std::uint64_t weight, std::uint64_t shards) {
  return 3 * weight >= shards + 1;
}
inline constexpr std::uint16_t max_faulty(std::uint16_t shards) {
  return shards == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>((shards - 1) / 3);
}
struct Thresholds {
  std::uint32_t faulty;      // f
  std::uint32_t quorum;      // least weight of a quorum
  std::uint32_t one_honest;  // least weight with one honest member
};
Thresholds thresholds(std::uint16_t shards);

struct Vote {
  std::uint64_t value;
  std::uint16_t weight;
};

// V-2: the smallest voted value with a quorum of weight at or below it.
Outcome<std::uint64_t> quorum_below(std::vector<Vote> votes, std::uint16_t shards);
// The largest voted value with a quorum of weight at or above it.
Outcome<std::uint64_t> quorum_above(std::vector<Vote> votes, std::uint16_t shards);
inline Outcome<std::uint64_t> price_target(std::vector<Vote> votes, std::uint16_t shards) {
  return quorum_below(std::move(votes), shards);
}
// A transaction may vote 0..10^15: kBadVote above.
Outcome<void> check_price_vote(std::uint64_t price);

// V-3: one step from old towards target, at most step bps (1..10^4) down or up, up to 10^15.
std::uint64_t price_step(std::uint64_t old, std::uint64_t target, std::uint64_t step);

// V-4: a node's capacity scaled to the whole, floor(capacity * n / weight); weight > 0 (CHECK).
std::uint64_t scaled_capacity(std::uint64_t capacity, std::uint16_t weight, std::uint16_t shards);
// votes hold node capacities; members without weight do not count.
Outcome<std::uint64_t> capacity_target(const std::vector<Vote>& votes, std::uint16_t shards);
// The new capacity: bounded around old unless first or old = 0, never below what is in use.
std::uint64_t capacity_step(std::uint64_t old, std::uint64_t target, bool first,
                            std::uint64_t largest_used);

}  // namespace wald::economics
