// SPDX-License-Identifier: Apache-2.0
// Quorums, targets and steps of the votes: V-1 to V-4; ex-9.
#include "economics/governance.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "economics/boundary.h"
#include "tests/support/canary.h"

using namespace wald::economics;
using wald::base::Prng;

namespace {

std::vector<Vote> example() {
  std::vector<Vote> votes;
  for (std::uint64_t i = 1; i <= 10; ++i) votes.push_back({1000 * i, 10});
  return votes;
}

// Two quorums share an honest shard, and those that do not fail reach one; or what is not so.
std::string quorum_breach(std::uint16_t most) {
  for (std::uint16_t n = 1; n <= most; ++n) {
    const Thresholds least = thresholds(n);
    const bool agrees = is_quorum(least.quorum, n) && !is_quorum(least.quorum - 1, n);
    const bool meet = least.faulty == (n - 1u) / 3 && 2 * least.quorum > n + least.faulty;
    if (!agrees || !meet || !is_quorum(n - least.faulty, n))
      return std::to_string(least.quorum) + " of " + std::to_string(n) + " shards";
  }
  return "";
}

}  // namespace

TEST_CASE("quorum: least weights agree with the inequalities", "[economics][rule:V-1][rule:I25]") {
  CHECK(quorum_breach(2000) == "");
  for (std::uint32_t n = 1; n <= 2000; ++n) {
    const Thresholds least = thresholds(static_cast<std::uint16_t>(n));
    REQUIRE(has_one_honest(least.one_honest, n));
    REQUIRE_FALSE(has_one_honest(least.one_honest - 1, n));
  }
  CHECK(thresholds(1000).quorum == 667);
  CHECK(thresholds(1000).one_honest == 334);
  CHECK(thresholds(65'535).quorum == 43'691);
}

#ifdef WALD_CANARY
TEST_CASE("canary: a quorum that is one too small", "[canary][rule:A-32][rule:I25]") {
  wald::tests::check_canary("I25", [] { return quorum_breach(1000); });
}
#endif

TEST_CASE("ex-9: quantiles of ten votes", "[economics][rule:V-2][rule:V-4]") {
  CHECK(price_target(example(), 100).value() == 7000);
  CHECK(capacity_target(example(), 100).value() == 40'000);
  CHECK(price_target({}, 100).error() == Refusal::kNoVotes);
  CHECK(price_target({{5, 66}}, 100).error() == Refusal::kNoVotes);
  CHECK(capacity_target({{5, 0}}, 100).error() == Refusal::kNoVotes);
  CHECK(check_price_vote(kMaxPrice).ok());
  CHECK(check_price_vote(kMaxPrice + 1).error() == Refusal::kBadVote);
}

TEST_CASE("votes: the order is nothing, and no vote moves the target against itself",
          "[economics][rule:V-2]") {
  Prng prng(3);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Vote> votes;
    std::uint16_t n = 0;
    for (std::size_t i = 0; i < 7; ++i) {
      votes.push_back({prng.below(50), static_cast<std::uint16_t>(1 + prng.below(20))});
      n = static_cast<std::uint16_t>(n + votes.back().weight);
    }
    const std::uint64_t price = price_target(votes, n).value();
    const std::uint64_t high = quorum_above(votes, n).value();
    std::vector<Vote> mixed = votes;
    std::rotate(mixed.begin(), mixed.begin() + 3, mixed.end());
    REQUIRE(price_target(mixed, n).value() == price);
    mixed[prng.below(7)].value += 1 + prng.below(9);
    REQUIRE(price_target(mixed, n).value() >= price);
    REQUIRE(quorum_above(mixed, n).value() >= high);
  }
}

TEST_CASE("attack E8: with f of the weight both targets stay among honest votes, with f + 1 not",
          "[economics][rule:V-2][rule:V-4]") {
  Prng prng(8);
  for (int round = 0; round < 5000; ++round) {
    const auto n = static_cast<std::uint16_t>(4 + prng.below(200));
    const std::uint16_t f = max_faulty(n);
    // The minority has several members, who vote as one or each another way, at the ends or not.
    std::vector<Vote> votes;
    const auto deal = [&](std::uint16_t weight, const auto& value) {
      while (weight != 0) {
        const auto some = static_cast<std::uint16_t>(1 + prng.below(weight));
        votes.push_back({value(), some});
        weight = static_cast<std::uint16_t>(weight - some);
      }
    };
    const std::uint64_t around = 1'000 + prng.below(1'000'000);
    deal(static_cast<std::uint16_t>(n - f), [&] { return around + prng.below(around); });
    std::uint64_t low = kMaxPrice, high = 0;
    for (const Vote& vote : votes) {
      low = std::min(low, vote.value);
      high = std::max(high, vote.value);
    }
    const std::size_t honest = votes.size();
    const bool up = prng.below(2) == 0;
    deal(f, [&] {
      const std::uint64_t draw = prng.below(4);
      if (draw == 0) return prng.below(3 * around);
      return up ? kMaxPrice : std::uint64_t{0};
    });
    for (const std::uint64_t target :
         {price_target(votes, n).value(), quorum_above(votes, n).value()}) {
      REQUIRE(target >= low);
      REQUIRE(target <= high);
    }
    // One more, taken from the honest: it raises the price as far as it likes, and holds down what
    // a quorum must be above.
    std::vector<Vote> more(votes.begin(), votes.begin() + static_cast<std::ptrdiff_t>(honest));
    --more[prng.below(honest)].weight;
    more.push_back({kMaxPrice, static_cast<std::uint16_t>(f + 1)});
    REQUIRE(price_target(more, n).value() == kMaxPrice);
    more.back().value = 0;
    REQUIRE(quorum_above(more, n).value() == 0);
  }
}

TEST_CASE("ex-9: a price moves by one bounded step", "[economics][rule:V-3]") {
  CHECK(price_step(100'000, kMaxU64, 2000) == 120'000);
  CHECK(price_step(100'000, 7, 2000) == 80'000);
  CHECK(price_step(100'000, 90'000, 2000) == 90'000);
  CHECK(price_step(3, 9, 2000) == 4);
  CHECK(price_step(0, 5, 2000) == 1);
  CHECK(price_step(kMaxPrice, kMaxU64, 10'000) == kMaxPrice);
}

TEST_CASE("capacity: bounded around the old one, never below what is in use",
          "[economics][rule:V-4]") {
  CHECK(capacity_step(1000, 5000, false, 0) == 2000);
  CHECK(capacity_step(1000, 1, false, 0) == 800);
  CHECK(capacity_step(1000, 1, false, 900) == 900);
  CHECK(capacity_step(1000, 5000, true, 0) == 5000);
  CHECK(capacity_step(0, kMaxU64, false, 0) == kMaxAmount);
  CHECK(scaled_capacity(kMaxAmount, 1, 1000) == kMaxU64);
}

TEST_CASE("market: a committee without a quorum of votes changes nothing, the first sets it",
          "[economics][rule:V-3][rule:V-4]") {
  const Params params;
  const Market old{100, 50, 1000};
  CHECK(revise(old, {}, 10, false, 0, params) == old);
  CHECK(revise(old, {}, 10, false, 5000, params).capacity == 5000);
  const std::vector<MemberVote> votes = {{10, 500, 1, 300}};
  CHECK(revise(old, votes, 10, true, 0, params) == Market{500, 1, 300});
  CHECK(revise(old, votes, 10, false, 0, params) == Market{120, 40, 800});
}
