// SPDX-License-Identifier: Apache-2.0
// Pot, held part, split, unspent, conservation, credits, O-29 to O-31; ex-11, ex-20,
// ex-21.
#include "economics/rewards.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "economics/boundary.h"
#include "economics/credits.h"
#include "tests/support/canary.h"

using namespace wald::economics;
using wald::base::Prng;

namespace {

constexpr std::uint64_t kTib = std::uint64_t{1} << 40;

MemberScore member(std::uint16_t weight, std::uint64_t denied, std::uint64_t s,
                   std::uint64_t q = 0) {
  return {Weight(weight), denied, Ppm::of(s), Ppm::of(q)};
}

MemberScore random_member(Prng& prng, std::uint64_t used) {
  return member(static_cast<std::uint16_t>(1 + prng.below(400)),
                prng.below(4) == 0 ? prng.below(used + 1) : 0, prng.below(kPpm + 1),
                prng.below(kPpm + 1));
}

U128 paid(const PotSplit& split) {
  U128 total = 0;
  for (const MemberReward& row : split.rows) total += row.reward.value();
  return total;
}

RoundTally round_of(std::uint32_t due, std::uint32_t ok, CommitTime commit) {
  RoundTally tally;
  tally.due = due;
  tally.ok = ok;
  tally.commit = commit;
  tally.reveal = tally.row = true;
  return tally;
}

// Scores of others do not matter; or for whom one did.
std::string neighbour_breach(int rounds) {
  Prng prng(5);
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t used = prng.next() >> (1 + prng.below(60));
    const Amount pot = Amount::of(prng.next() >> (1 + prng.below(60)));
    std::vector<MemberScore> members;
    for (std::size_t i = 0; i < 1 + prng.below(8); ++i) {
      members.push_back(random_member(prng, used));
    }
    const PotSplit split = split_pot(pot, used, members, 4);
    REQUIRE(paid(split) + split.unspent.value() + split.carry.value() == pot.value());
    const std::size_t other = prng.below(members.size());
    members[other].score = Ppm::of(prng.below(kPpm + 1));
    members[other].bad = Ppm::of(prng.below(kPpm + 1));
    const PotSplit again = split_pot(pot, used, members, 4);
    for (std::size_t i = 0; i < members.size(); ++i) {
      REQUIRE(again.rows[i].full == split.rows[i].full);
      if (i != other && again.rows[i] != split.rows[i])
        return std::to_string(split.rows[i].reward.value()) + " FROST became " +
               std::to_string(again.rows[i].reward.value()) + " by another's score";
    }
  }
  return "";
}

}  // namespace

TEST_CASE("ex-20: the burn, and the part held for void rounds", "[economics][rule:R-2]") {
  const Pot pot = make_pot(Amount::of(4770), 300);
  CHECK(pot.burn == Amount::of(143));
  CHECK(pot.pot == Amount::of(4627));
  CHECK(held_part(pot.pot, 3, 14) == Amount::of(991));
  CHECK(held_part(pot.pot, 0, 14) == Amount());
  CHECK(held_part(pot.pot, 14, 14) == Amount::of(4627));
}

TEST_CASE("ex-11: pay by weight and score, a lie costs a multiple", "[economics][rule:R-3]") {
  const PotSplit split =
      split_pot(Amount::of(250'000 * kFrostPerWal), 800 * kTib,
                {member(400, 0, kPpm), member(250, 0, 964'285), member(200, 8 * kTib, 979'980),
                 member(100, 0, 692'856), member(50, 0, 500'000, 500'000)},
                4);
  const std::uint64_t rewards[] = {100'200'400'801'603, 60'388'589'679'358, 48'606'222'444'889,
                                   17'356'112'224'448, 6'262'525'050'100};
  for (std::size_t i = 0; i < 5; ++i) CHECK(split.rows[i].reward.value() == rewards[i]);
  CHECK(split.rows[4].fine.value() == 18'787'575'150'300);
  CHECK(split.unspent.value() == 17'186'149'799'602);
  CHECK(split.carry == Amount());
}

TEST_CASE("ex-21: a deny list counts by its share at the worst moment", "[economics][rule:R-3]") {
  CHECK(denied_bytes(800 * kTib, {{8 * kTib, 800 * kTib}, {8 * kTib, 400 * kTib}, {0, 0}}) ==
        16 * kTib);
  CHECK(denied_bytes(10, {{1, 3}}) == 4);
  CHECK(denied_bytes(10, {{kMaxU64, 1}}) == 10);
  CHECK(denied_bytes(10, {}) == 0);
  CHECK(denied_bytes(kMaxAmount, {{kMaxU64 - 1, kMaxU64}}) == kMaxAmount);
}

TEST_CASE("nothing stored, or everything denied by all: the pot goes on whole",
          "[economics][rule:R-4]") {
  for (const std::uint64_t used : {std::uint64_t{0}, std::uint64_t{10}}) {
    const PotSplit split =
        split_pot(Amount::of(1000), used, {member(4, 10, kPpm), member(3, 99, kPpm)}, 4);
    CHECK(split.carry == Amount::of(1000));
    CHECK(split.unspent == Amount());
    CHECK(split.rows[0] == MemberReward{});
  }
  CHECK(split_pot(Amount::of(7), 10, {}, 4).carry == Amount::of(7));
}

TEST_CASE("every FROST of a pot is a reward, unspent or carried; scores of others do not matter",
          "[economics][rule:I20][rule:R-3][rule:R-5][rule:R-6]") {
  CHECK(neighbour_breach(2000) == "");
}

#ifdef WALD_CANARY
TEST_CASE("canary: a reward is a part of what others left", "[canary][rule:A-32][rule:I20]") {
  wald::tests::check_canary("I20", [] { return neighbour_breach(1000); });
}
#endif

TEST_CASE("splitting a member never pays", "[economics][rule:R-3]") {
  Prng prng(6);
  for (int round = 0; round < 2000; ++round) {
    const std::uint64_t used = 1 + (prng.next() >> (1 + prng.below(60)));
    const Amount pot = Amount::of(prng.next() >> (1 + prng.below(60)));
    std::vector<MemberScore> members = {random_member(prng, used), random_member(prng, used)};
    members[0].weight = Weight(static_cast<std::uint16_t>(2 + prng.below(300)));
    const Amount whole = split_pot(pot, used, members, 4).rows[0].reward;
    std::vector<MemberScore> parts = members;
    const std::uint16_t first =
        static_cast<std::uint16_t>(1 + prng.below(members[0].weight.value() - 1u));
    parts[0].weight = Weight(first);
    MemberScore second = members[0];
    second.weight = Weight(static_cast<std::uint16_t>(members[0].weight.value() - first));
    parts.push_back(second);
    const PotSplit split = split_pot(pot, used, parts, 4);
    REQUIRE(split.rows[0].reward.value() + split.rows[2].reward.value() <= whole.value());
  }
}

TEST_CASE("a close conserves money: in equals burned, paid, unspent and carried",
          "[economics][rule:R-6][rule:R-7]") {
  Prng prng(8);
  for (int round = 0; round < 500; ++round) {
    Funds funds;
    funds.supply = kGenesisSupply;
    funds.subsidy = Amount::of(prng.below(1'000'000'000));
    Slot slot{Epoch(4), prng.next() >> (1 + prng.below(60)), Amount::of(prng.below(1u << 30)),
              Amount()};
    slot.sold = Amount::of(prng.below(slot.money.value() + 1));
    Params params;
    params.rho = prng.below(20'001);
    params.per_shard = prng.below(1000);
    std::vector<MemberScore> members = {random_member(prng, slot.used),
                                        random_member(prng, slot.used)};
    const Amount subsidy = funds.subsidy;
    const Settlement done = settle(funds, slot, members, prng.below(15), 100, params).value();
    REQUIRE(conserves(slot, done));
    REQUIRE(funds.subsidy.value() + done.match.value() + done.fixed.value() == subsidy.value());
    REQUIRE(funds.burned.epoch == done.burn);
    REQUIRE(funds.supply.value() + done.burn.value() == kGenesisSupply.value());
  }
}

TEST_CASE("credits of a round: lists taken out once, unconfirmed counts what is proven",
          "[economics][rule:O-29]") {
  RoundRecord record;
  record.points = 10;
  record.commit = CommitTime::kOnTime;
  record.confirmed = true;
  record.excused = {1, 2};
  record.unavailable = {2, 3};
  record.denied = {2, 4, 5};
  record.lost = {6};
  record.withheld = {5, 7};
  RoundTally tally = tally_round(record);
  CHECK(tally.due == 7);
  CHECK(tally.ok == 3);
  record.confirmed = false;
  record.proven = {0, 4, 7};
  tally = tally_round(record);
  CHECK(tally.due == 7);
  CHECK(tally.ok == 1);
  record.commit = CommitTime::kNone;
  tally = tally_round(record);
  CHECK(tally.due == 8);
  CHECK(tally.ok == 0);
  record.excused = {1, 99};  // a leaf that does not exist takes nothing out
  CHECK(tally_round(record).due == 9);
}

TEST_CASE("the best quarter of late rounds is paid, and a bad one costs nobody his place",
          "[economics][rule:O-29][rule:O-30]") {
  std::vector<RoundTally> rounds;
  for (const std::uint32_t ok : {3u, 9u, 9u, 5u, 10u}) {
    rounds.push_back(round_of(10, ok, CommitTime::kLate));
  }
  EpochScore score = score_epoch(rounds, 8);
  CHECK(score.credits == std::vector<std::uint64_t>{0, 9, 0, 0, 10});
  rounds[4].bad = rounds[4].void_of_credit = true;
  score = score_epoch(rounds, 8);
  CHECK(score.credits == std::vector<std::uint64_t>{0, 9, 9, 0, 0});
  CHECK(score.bad[4] == 10);
  CHECK(score.bad_part == Ppm::of(200'000));
}

TEST_CASE("scores: nothing due is full, always late is under half, duty is a tenth",
          "[economics][rule:O-30]") {
  const EpochScore none = score_epoch({}, 14);
  CHECK(none.score == Ppm::of(kPpm));
  CHECK(none.bad_part == Ppm());
  const std::vector<RoundTally> late(14, round_of(1024, 1024, CommitTime::kLate));
  CHECK(score_epoch(late, 14).store == Ppm::of(142'857));
  std::vector<RoundTally> lazy(4, round_of(10, 10, CommitTime::kOnTime));
  for (RoundTally& tally : lazy) tally.reveal = tally.row = false;
  CHECK(score_epoch(lazy, 14).score == Ppm::of(900'000));
  CHECK(score_of(Ppm::of(714'285), Ppm::of(700'000)) == Ppm::of(692'856));
}

TEST_CASE("credits never fall with an answer, late or partial", "[economics][rule:O-30]") {
  Prng prng(9);
  for (int round = 0; round < 2000; ++round) {
    std::vector<RoundTally> rounds;
    for (std::size_t i = 0; i < 2 + prng.below(12); ++i) {
      const auto due = static_cast<std::uint32_t>(1 + prng.below(50));
      const auto ok = static_cast<std::uint32_t>(prng.below(due + 1u));
      const auto commit = static_cast<CommitTime>(prng.below(3));
      rounds.push_back(round_of(due, commit == CommitTime::kNone ? 0 : ok, commit));
    }
    const Ppm before = score_epoch(rounds, 16).score;
    RoundTally& tally = rounds[prng.below(rounds.size())];
    if (tally.commit == CommitTime::kNone) tally.commit = CommitTime::kLate;
    if (tally.ok < tally.due) ++tally.ok;
    REQUIRE(score_epoch(rounds, 16).score >= before);
    if (tally.commit == CommitTime::kLate) tally.commit = CommitTime::kOnTime;
    REQUIRE(score_epoch(rounds, 16).score >= before);
  }
}
