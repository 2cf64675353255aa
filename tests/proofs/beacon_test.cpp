// SPDX-License-Identifier: Apache-2.0
#include "proofs/beacon.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

std::vector<NodeOutput> golden_reveals() {
  return {{filled<base::NodeId>(1), filled_array<VrfOutput>(0xA1)},
          {filled<base::NodeId>(2), filled_array<VrfOutput>(0xA2)}};
}
base::Hash golden_seed() {
  const RoundId id = golden_round();
  return round_seed(first_prev(id.chain), id, golden_reveals());
}

}  // namespace

TEST_CASE("beacon: the golden values of seeds and words",
          "[proofs][rule:O-1][rule:O-2][rule:O-8]") {
  const RoundId id = golden_round();
  const base::Hash prev = first_prev(id.chain);
  REQUIRE(head_hex(prev) == "00681fe66ea84b76");
  REQUIRE(head_hex(reveal_alpha(prev, id)) == "09906d110b413d97");
  const base::Hash seed = golden_seed();
  REQUIRE(head_hex(seed) == "b2eb1ccb71087dd4");
  Words words("wald.pt.blobs", seed.view(), id, {});
  REQUIRE(words.next() == 0xa49075c08250bdb9u);
  REQUIRE(words.next() == 0x63e5cd017b55e3e9u);
  Words draws("wald.pt.blobs", seed.view(), id, {});
  for (const std::uint64_t want : {873128u, 322000u, 861781u, 990671u})
    REQUIRE(draws.uniform(1000003) == want);
  REQUIRE(head_hex(assignment_key(seed, filled<base::Hash>(0x33))) == "dcf0aad03199d657");
}

TEST_CASE("beacon: a seed does not depend on the order of reveals, but on each of them",
          "[proofs][rule:O-8]") {
  const RoundId id = golden_round();
  const base::Hash prev = first_prev(id.chain);
  auto reveals = golden_reveals();
  const base::Hash seed = round_seed(prev, id, reveals);
  std::swap(reveals[0], reveals[1]);
  REQUIRE(round_seed(prev, id, reveals) == seed);
  reveals[1].output[63] ^= 1;
  REQUIRE(round_seed(prev, id, reveals) != seed);
  reveals.pop_back();
  REQUIRE(round_seed(prev, id, reveals) != seed);
}

TEST_CASE("beacon: chain, epoch and round enter every seed and alpha", "[proofs][rule:O-8]") {
  const RoundId id = golden_round();
  const base::Hash prev = first_prev(id.chain);
  for (const RoundId& other : {RoundId{filled<base::ChainId>(0x12), id.epoch, id.round},
                               RoundId{id.chain, id.epoch.next(), id.round},
                               RoundId{id.chain, id.epoch, id.round.next()}}) {
    REQUIRE(reveal_alpha(prev, other) != reveal_alpha(prev, id));
    REQUIRE(row_alpha(prev, other) != row_alpha(prev, id));
    REQUIRE(round_seed(prev, other, golden_reveals()) != round_seed(prev, id, golden_reveals()));
    REQUIRE(second_seed(prev, other, {}) != second_seed(prev, id, {}));
  }
  REQUIRE(reveal_alpha(prev, id) != row_alpha(prev, id));
  REQUIRE(round_seed(prev, id, {}) != second_seed(prev, id, {}));
}

TEST_CASE("uniform: chi-square over a million draws is neither too large nor too small",
          "[proofs][rule:O-2]") {
  // Bounds: the quantiles 10^-4 and 1 - 10^-4 of chi-square with m - 1 degrees, times 1000, rounded
  // inwards.
  struct Row {
    std::uint64_t m, low, high;
  };
  constexpr Row kRows[] = {{3, 1, 18420},           {7, 173, 27856},
                           {667, 538741, 810358},   {1000, 841252, 1173850},
                           {1001, 842169, 1174933}, {49155, 47996481, 50328627}};
  constexpr std::uint64_t kDraws = 1'000'000;
  for (const Row& row : kRows) {
    Words words("wald.pt.node", golden_seed().view(), golden_round(),
                base::Writer().le(row.m).bytes());
    std::vector<std::uint64_t> counts(row.m);
    for (std::uint64_t i = 0; i < kDraws; ++i) ++counts[words.uniform(row.m)];
    // sum (count - N/m)^2 / (N/m) = m sum count^2 / N - N, in thousandths.
    std::uint64_t squares = 0;
    for (const std::uint64_t count : counts) squares += count * count;
    const std::uint64_t statistic = row.m * squares / (kDraws / 1000) - kDraws * 1000;
    INFO("m " << row.m << " statistic " << statistic);
    REQUIRE(statistic >= row.low);
    REQUIRE(statistic <= row.high);
  }
}

TEST_CASE("uniform: one and powers of two take one word each, and the stream counts them",
          "[proofs][rule:O-2]") {
  Words words("wald.start", {}, golden_round(), {});
  for (const std::uint64_t m : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{1} << 63})
    REQUIRE(words.uniform(m) < m);
  REQUIRE(words.used() == 3);
  // Just over half of all words are refused for this bound.
  const std::uint64_t half = (std::uint64_t{1} << 63) + 1;
  for (int i = 0; i < 100; ++i) REQUIRE(words.uniform(half) < half);
  REQUIRE(words.used() > 130);
}

TEST_CASE("due: both the time and the blocks must have passed", "[proofs][rule:O-5]") {
  const auto at = [](std::uint64_t h, std::uint64_t t) {
    return BlockTime{base::Height(h), base::TimeMs(t)};
  };
  const BlockTime from = at(100, 50'000);
  REQUIRE(due(from, 5000, 3, at(103, 55'000)));
  REQUIRE_FALSE(due(from, 5000, 3, at(102, 55'000)));
  REQUIRE_FALSE(due(from, 5000, 3, at(103, 54'999)));
  REQUIRE_FALSE(due(from, 5000, 3, at(101, 36'000'000)));  // after a halt of ten hours
  REQUIRE(due(from, 0, 0, from));
  REQUIRE_FALSE(due(from, UINT64_MAX, 0, at(200, UINT64_MAX - 1)));
}

TEST_CASE("start: lies in its slot with room for what the round needs", "[proofs][rule:O-6]") {
  RoundTimes times;
  times.void_max = 2000, times.commit_max = 2000, times.verify = 2000, times.inspect = 1000;
  times.slack = 500, times.tick = 250;
  const EpochSpan span{base::TimeMs(1'000'000), base::TimeMs(1'060'000), 2000, 3};
  REQUIRE(round_need(times) == 7500);
  REQUIRE(round_slot(span) == 19'333);
  std::vector<std::uint64_t> starts;
  for (std::uint16_t r = 0; r < 3; ++r) {
    const RoundId id{filled<base::ChainId>(1), base::Epoch(5), base::Round(r)};
    const auto start = round_start(id, filled<base::Hash>(9), span, times);
    REQUIRE(start.ok());
    const std::uint64_t open = 1'002'000u + r * 19'333u;
    REQUIRE(start->value() >= open);
    REQUIRE(start->value() + 7500 <= open + 19'333);
  }
}

TEST_CASE("start: block minima count where they take longer, and what does not fit is refused",
          "[proofs][rule:O-6]") {
  RoundTimes times;
  times.void_max = 2000, times.commit_max = 2000, times.verify = 2000, times.inspect = 1000;
  times.tick = 250, times.verify_blocks = 10, times.inspect_blocks = 4;
  REQUIRE(round_need(times) == 2000 + 2000 + 2500 + 1000);
  const RoundId id{filled<base::ChainId>(1), base::Epoch(5), base::Round(0)};
  const auto start = [&](std::uint64_t end) {
    return round_start(id, filled<base::Hash>(9), {base::TimeMs(0), base::TimeMs(end), 1000, 2},
                       times);
  };
  REQUIRE(start(1000 + 15'000).ok());
  REQUIRE(start(1000 + 15'000)->value() == 1000);  // no room to draw from
  REQUIRE(start(1000 + 14'999).error() == StartRefusal::kNeedExceedsSlot);
  REQUIRE(start(500).error() == StartRefusal::kNeedExceedsSlot);  // over before it opens
  REQUIRE(round_start(id, filled<base::Hash>(9), {base::TimeMs(9), base::TimeMs(9), UINT64_MAX, 1},
                      RoundTimes{})
              .error() == StartRefusal::kNeedExceedsSlot);  // a slot of nothing fits nothing
  times.tick = UINT64_MAX;
  REQUIRE(round_need(times) == UINT64_MAX);
  REQUIRE(start(UINT64_MAX).error() == StartRefusal::kNeedExceedsSlot);
}
