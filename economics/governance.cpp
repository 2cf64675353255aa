// SPDX-License-Identifier: Apache-2.0
#include "economics/governance.h"

#include <algorithm>

#include "economics/pricing.h"
#include "economics/wide.h"

namespace wald::economics {
namespace {

constexpr std::uint64_t kCapacityFloorBps = 8000;

}  // namespace

Thresholds thresholds(std::uint16_t shards) {
  const std::uint32_t n = shards;
  return {max_faulty(shards), (2 * n + 1 + 2) / 3, (n + 1 + 2) / 3};
}

Outcome<std::uint64_t> quorum_below(std::vector<Vote> votes, std::uint16_t shards) {
  std::sort(votes.begin(), votes.end(),
            [](const Vote& a, const Vote& b) { return a.value < b.value; });
  std::uint64_t weight = 0;
  for (const Vote& vote : votes) {
    // The first value to reach a quorum does so whatever the order of equal values is.
    weight += vote.weight;
    if (is_quorum(weight, shards)) return vote.value;
  }
  return base::Err{Refusal::kNoVotes};
}

Outcome<std::uint64_t> quorum_above(std::vector<Vote> votes, std::uint16_t shards) {
  std::sort(votes.begin(), votes.end(),
            [](const Vote& a, const Vote& b) { return a.value > b.value; });
  std::uint64_t weight = 0;
  for (const Vote& vote : votes) {
    weight += vote.weight;
    if (is_quorum(weight, shards)) return vote.value;
  }
  return base::Err{Refusal::kNoVotes};
}

Outcome<void> check_price_vote(std::uint64_t price) {
  if (price > kMaxPrice) return base::Err{Refusal::kBadVote};
  return {};
}

std::uint64_t price_step(std::uint64_t old, std::uint64_t target, std::uint64_t step) {
  WALD_CHECK(old <= kMaxPrice && step >= 1 && step <= kBps);
  const std::uint64_t low = exact_ratio({old, kBps - step}, {kBps}, Round::kDown);
  const std::uint64_t raised = exact_ratio({old, kBps + step}, {kBps}, Round::kUp);
  const std::uint64_t high = std::max(raised, old + 1);
  WALD_CHECK(low <= old && old < high);
  return std::min({std::max(target, low), high, kMaxPrice});
}

std::uint64_t scaled_capacity(std::uint64_t capacity, std::uint16_t weight, std::uint16_t shards) {
  WALD_CHECK(weight > 0);
  const U128 scaled = product(capacity, shards) / weight;
  return scaled > kMaxU64 ? kMaxU64 : static_cast<std::uint64_t>(scaled);
}

Outcome<std::uint64_t> capacity_target(const std::vector<Vote>& votes, std::uint16_t shards) {
  std::vector<Vote> scaled;
  for (const Vote& vote : votes) {
    if (vote.weight == 0) continue;
    scaled.push_back({scaled_capacity(vote.value, vote.weight, shards), vote.weight});
  }
  return quorum_above(std::move(scaled), shards);
}

std::uint64_t capacity_step(std::uint64_t old, std::uint64_t target, bool first,
                            std::uint64_t largest_used) {
  std::uint64_t next = std::min(target, kMaxAmount);  // 2^63-1 bytes
  if (!first && old != 0) {
    const std::uint64_t low = exact_ratio({old, kCapacityFloorBps}, {kBps}, Round::kDown);
    const std::uint64_t high = old > kMaxAmount / 2 ? kMaxAmount : 2 * old;
    next = std::min(std::max(next, low), high);
  }
  return std::max(next, largest_used);
}

}  // namespace wald::economics
