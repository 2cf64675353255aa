// SPDX-License-Identifier: Apache-2.0
// Election, caps, apportionment, assignment, transition: C-1 to C-6; ex-7, ex-8, ex-18.
#include "economics/committee.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "codec/base/prng.h"
#include "tests/support/canary.h"

using namespace wald::economics;
using wald::base::Epoch;
using wald::base::Hash;
using wald::base::NodeId;
using wald::base::Prng;
using wald::base::ShardIndex;

namespace {

NodeId node_id(std::uint8_t number) {
  std::array<std::uint8_t, 32> bytes{};
  bytes[31] = number;
  return NodeId(bytes);
}

std::vector<Seeker> seekers_of(const std::vector<std::uint64_t>& stakes) {
  std::vector<Seeker> seekers;
  seekers.reserve(stakes.size());
  for (const std::uint64_t stake : stakes) seekers.push_back({Amount::of(stake), std::nullopt});
  return seekers;
}

std::vector<std::uint32_t> seats_of(std::uint16_t n, const std::vector<std::uint64_t>& stakes,
                                    const std::vector<std::uint64_t>& priority = {}) {
  const std::vector<Seeker> seekers = seekers_of(stakes);
  const SeatCaps caps = seat_caps(n, seekers).value();
  std::vector<SeatRow> rows;
  for (std::size_t i = 0; i < stakes.size(); ++i) {
    rows.push_back({Amount::of(stakes[i]), caps.caps[i], priority.empty() ? i : priority[i]});
  }
  return apportion(n, rows).value();
}

using Seats = std::vector<std::uint32_t>;

std::uint64_t sum(const Seats& seats) {
  std::uint64_t total = 0;
  for (const std::uint32_t seat : seats) total += seat;
  return total;
}

// No seat would be worth more to another, and one that is worth the same to two goes as C-3 says;
// or which seat does not.
std::string seat_breach(std::uint16_t n, const std::vector<std::uint64_t>& stakes) {
  const std::vector<Seeker> seekers = seekers_of(stakes);
  const SeatCaps caps = seat_caps(n, seekers).value();
  REQUIRE(sum(caps.caps) >= n);
  const Seats seats = seats_of(n, stakes);
  REQUIRE(sum(seats) == n);
  for (std::size_t i = 0; i < stakes.size(); ++i) {
    REQUIRE(seats[i] <= caps.caps[i]);
    for (std::size_t j = 0; j < stakes.size(); ++j) {
      if (i == j || seats[i] == 0 || seats[j] >= caps.caps[j]) continue;
      const std::uint64_t has = stakes[i] * (seats[j] + 1);
      const std::uint64_t wants = stakes[j] * seats[i];
      const bool first = stakes[i] != stakes[j] ? stakes[i] > stakes[j] : i < j;
      if (has > wants || (has == wants && first)) continue;
      return "of " + std::to_string(n) + " seats one of " + std::to_string(stakes[i]) +
             " belongs to " + std::to_string(stakes[j]);
    }
  }
  return "";
}

// Who stays keeps the smaller of old and new, and every shard is held once; or who does not.
std::string move_breach(int rounds) {
  Prng prng(11);
  for (int round = 0; round < rounds; ++round) {
    const std::uint32_t n = static_cast<std::uint32_t>(1 + prng.below(60));
    const auto counts = [&] {
      std::vector<SeatCount> out;
      std::uint32_t left = n;
      for (std::uint8_t id = 1; left > 0; ++id) {
        if (prng.below(3) == 0) continue;
        const std::uint32_t take = static_cast<std::uint32_t>(1 + prng.below(left));
        out.emplace_back(node_id(id), take);
        left -= take;
      }
      std::reverse(out.begin(), out.end());
      return out;
    };
    const Assignment old = first_assignment(counts()).value();
    const std::vector<SeatCount> wanted = counts();
    std::map<NodeId, std::vector<ShardIndex>> lost;
    if (prng.below(2) == 0) lost[old.begin()->first] = {old.begin()->second.front()};
    const Assignment next = transition(old, wanted, lost).value();
    std::set<ShardIndex> seen;
    for (const auto& [id, count] : wanted) {
      const auto& held = next.at(id);
      REQUIRE(held.size() == count);
      seen.insert(held.begin(), held.end());
      const auto before = old.find(id);
      if (before == old.end()) continue;
      std::size_t kept = 0;
      for (const ShardIndex shard : before->second) {
        kept += static_cast<std::size_t>(std::count(held.begin(), held.end(), shard));
      }
      if (kept != std::min<std::size_t>(before->second.size(), count))
        return "of " + std::to_string(before->second.size()) + " shards " + std::to_string(kept) +
               " stay with a node that has " + std::to_string(count);
      if (lost.count(id) != 0 && count < before->second.size()) {
        REQUIRE(std::count(held.begin(), held.end(), lost.at(id).front()) == 0);
      }
    }
    REQUIRE(seen.size() == n);
  }
  return "";
}

}  // namespace

TEST_CASE("election: value, then key, then id; threshold and number of places",
          "[economics][rule:C-1]") {
  Hash low;
  std::array<std::uint8_t, 32> bytes{};
  bytes[0] = 1;
  const Hash high(bytes);
  const std::vector<Candidate> all = {{node_id(4), Amount::of(50), high},
                                      {node_id(3), Amount::of(50), low},
                                      {node_id(2), Amount::of(50), low},
                                      {node_id(1), Amount::of(9), low},
                                      {node_id(5), Amount::of(60), high}};
  const auto order = elect(all, Amount::of(10), 3);
  REQUIRE(order.size() == 3);
  CHECK(order[0].node == node_id(5));
  CHECK(order[1].node == node_id(2));
  CHECK(order[2].node == node_id(3));
  CHECK(hold_election(all, {}, {}, 10, Amount::of(100), 3).value().order.empty());
}

TEST_CASE("election keys depend on chain, epoch, seed and node", "[economics][rule:C-1]") {
  const wald::base::ChainId chain;
  std::set<Hash> keys;
  std::array<std::uint8_t, 32> one{};
  one[0] = 1;
  keys.insert(election_key(chain, Epoch(1), Hash(), node_id(1)));
  keys.insert(election_key(wald::base::ChainId(one), Epoch(1), Hash(), node_id(1)));
  keys.insert(election_key(chain, Epoch(2), Hash(), node_id(1)));
  keys.insert(election_key(chain, Epoch(1), Hash(one), node_id(1)));
  keys.insert(election_key(chain, Epoch(1), Hash(), node_id(2)));
  CHECK(keys.size() == 5);
}

TEST_CASE("ex-18: caps double until all shards find a place, small stakes stay small",
          "[economics][rule:C-2]") {
  std::vector<std::uint64_t> stakes(3, 100'000'000 * kFrostPerWal);
  stakes.resize(20, 1000 * kFrostPerWal);
  const std::vector<Seeker> seekers = seekers_of(stakes);
  const SeatCaps caps = seat_caps(1000, seekers).value();
  CHECK(caps.widened == 2);
  CHECK(caps.caps[0] == 400);
  CHECK(caps.caps[19] == 1);
  const Seats seats = seats_of(1000, stakes);
  CHECK(seats[0] == 334);
  CHECK(seats[1] == 333);
  CHECK(seats[2] == 333);
  CHECK(seats[3] == 0);
  std::vector<std::uint64_t> giant = {900'000'000 * kFrostPerWal};
  giant.resize(25, 100'000'000 * kFrostPerWal / 24);
  const Seats second = seats_of(1000, giant);
  CHECK(second[0] == 800);
  CHECK(std::count(second.begin(), second.end(), 9u) == 8);
  CHECK(std::count(second.begin(), second.end(), 8u) == 16);
}

TEST_CASE("caps: lost shards are given up, unless then some find no place",
          "[economics][rule:C-2]") {
  const Amount stake = Amount::of(100);
  const std::vector<Seeker> enough = {
      {stake, ShardLoss{4, 1}}, {stake, std::nullopt}, {stake, std::nullopt}};
  const SeatCaps limited = seat_caps(9, enough).value();
  CHECK(limited.caps[0] == 3);
  CHECK_FALSE(limited.limits_dropped);
  const std::vector<Seeker> all = {{stake, ShardLoss{5, 5}}, {stake, ShardLoss{5, 4}}};
  const SeatCaps dropped = seat_caps(10, all).value();
  CHECK(dropped.limits_dropped);
  CHECK(dropped.caps == Seats{10, 10});
  CHECK(seat_caps(10, {{Amount(), std::nullopt}}).error() == Refusal::kNoStake);
}

TEST_CASE("caps: many small candidates get at most twice their share and a seat each",
          "[economics][rule:C-2]") {
  Prng prng(7);
  for (int round = 0; round < 60; ++round) {
    const std::uint16_t n = static_cast<std::uint16_t>(1 + prng.below(400));
    const std::size_t m = 1 + prng.below(40);
    std::vector<std::uint64_t> stakes;
    U128 total = 0;
    for (std::size_t i = 0; i < m; ++i) {
      stakes.push_back(1 + (prng.next() >> (6 + prng.below(50))));
      total += stakes.back();
    }
    const Seats seats = seats_of(n, stakes);
    REQUIRE(sum(seats) == n);
    U128 part = 0;
    std::uint64_t held = 0;
    std::uint64_t k = 0;
    for (std::size_t i = 0; i < m; i += 2, ++k) {
      part += stakes[i];
      held += seats[i];
    }
    REQUIRE(U128{held} * total <= 2 * part * n + k * total);
  }
}

TEST_CASE("ex-7: ties go to the larger stake, then to the earlier candidate",
          "[economics][rule:C-3]") {
  CHECK(seats_of(7, {25'000, 25'000, 25'000, 25'000}, {2, 1, 3, 0}) == Seats{2, 2, 1, 2});
  CHECK(seats_of(7, {200, 200, 200, 100}) == Seats{2, 2, 2, 1});
  CHECK(apportion(4, {{Amount(), 4, 0}}).error() == Refusal::kNoStake);
  CHECK(apportion(4, {{Amount::of(1), 3, 0}}).error() == Refusal::kBadAssignment);
}

TEST_CASE("apportionment is complete and optimal, for every small case",
          "[economics][rule:C-3][rule:I24]") {
  std::uint64_t cases = 0;
  for (std::uint16_t n = 1; n <= 12; ++n) {
    for (std::size_t m = 1; m <= 5; ++m) {
      std::vector<std::uint64_t> stakes(m, 0);
      for (;;) {
        std::size_t digit = 0;
        while (digit < m && stakes[digit] == 6) stakes[digit++] = 0;
        if (digit == m) break;
        ++stakes[digit];
        ++cases;
        REQUIRE(seat_breach(n, stakes) == "");
      }
    }
  }
  CHECK(cases > 200'000);
}

#ifdef WALD_CANARY
TEST_CASE("canary: a tie goes to the smaller stake", "[canary][rule:A-32][rule:I24]") {
  wald::tests::check_canary("I24", [] {
    Prng prng(19);
    std::string breach;
    for (int round = 0; round < 1000 && breach.empty(); ++round) {
      const auto n = static_cast<std::uint16_t>(1 + prng.below(12));
      std::vector<std::uint64_t> stakes{1 + prng.below(6)};
      while (stakes.size() < 5) stakes.push_back(prng.below(7));
      breach = seat_breach(n, stakes);
    }
    return breach;
  });
}
#endif

TEST_CASE("first assignment: members by id, shards in order", "[economics][rule:C-4]") {
  const Assignment seats = first_assignment({{node_id(5), 2}, {node_id(1), 3}}).value();
  CHECK(seats.at(node_id(1)) ==
        std::vector<ShardIndex>{ShardIndex(0), ShardIndex(1), ShardIndex(2)});
  CHECK(seats.at(node_id(5)) == std::vector<ShardIndex>{ShardIndex(3), ShardIndex(4)});
  CHECK(first_assignment({{node_id(1), 1}, {node_id(1), 1}}).error() == Refusal::kBadAssignment);
}

TEST_CASE("ex-8: who shrinks gives up his last shards, who grows takes from the end",
          "[economics][rule:C-5]") {
  const auto shards = [](std::initializer_list<std::uint16_t> list) {
    std::vector<ShardIndex> out;
    for (const std::uint16_t x : list) out.emplace_back(x);
    return out;
  };
  const Assignment old = {{node_id(1), shards({0, 1})},
                          {node_id(2), shards({2, 3})},
                          {node_id(3), shards({4, 5})},
                          {node_id(4), shards({6, 7})},
                          {node_id(5), shards({8, 9})}};
  const Assignment next =
      transition(old, {{node_id(1), 4}, {node_id(2), 3}, {node_id(3), 3}}, {}).value();
  CHECK(next == Assignment{{node_id(1), shards({0, 1, 9, 8})},
                           {node_id(2), shards({2, 3, 7})},
                           {node_id(3), shards({4, 5, 6})}});
  CHECK(transition(old, {{node_id(1), 4}}, {}).error() == Refusal::kBadAssignment);
  CHECK(transition(old, {{node_id(1), 5}, {node_id(1), 5}}, {}).error() == Refusal::kBadAssignment);
}

TEST_CASE("transitions keep the smaller of old and new, and every shard once",
          "[economics][rule:C-5][rule:I23]") {
  CHECK(move_breach(400) == "");
}

#ifdef WALD_CANARY
TEST_CASE("canary: shards are dealt out anew", "[canary][rule:A-32][rule:I23]") {
  wald::tests::check_canary("I23", [] { return move_breach(400); });
}
#endif

TEST_CASE("difference: members of one committee only", "[economics][rule:C-6]") {
  const Assignment a = {{node_id(1), {}}, {node_id(2), {}}, {node_id(3), {}}};
  const Assignment b = {{node_id(2), {}}, {node_id(4), {}}};
  const Difference result = difference(a, b);
  CHECK(result.only_first == std::vector<NodeId>{node_id(1), node_id(3)});
  CHECK(result.only_second == std::vector<NodeId>{node_id(4)});
}
