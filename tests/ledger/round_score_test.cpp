// SPDX-License-Identifier: Apache-2.0
// From rounds to scores: outcomes, the close of an epoch, and the reasons given for it.
#include <catch2/catch.hpp>

#include "economics/rewards.h"
#include "ledger/rounds/close.h"
#include "ledger/rounds/explain.h"
#include "tests/support/round_bot.h"

using namespace wald;
using namespace wald::ledger;
using tests::RoundWorld;

namespace {

constexpr std::uint64_t kHalf = 500'000;

rounds::EpochScores close(RoundWorld& world) {
  rounds::EpochScores scores;
  world.change([&](Context& ctx) { scores = rounds::close_epoch(ctx); });
  return scores;
}

const rounds::MemberResult& of(const RoundWorld& world, const rounds::EpochScores& scores,
                               std::size_t i) {
  return scores.members.at(world.node(i));
}

// A round in which `late` commits after hG and all else is by the book.
void play_late(RoundWorld& world, std::size_t late,
               const std::vector<std::uint16_t>& unavailable = {}) {
  world.open();
  world.reach_commit();
  world.reach_verify({late});
  REQUIRE(world.run(world.commit(late, unavailable)) == spec::OK);
  world.rows();
  world.reach_inspect();
  world.reach_end();
  REQUIRE(world.phase() == RoundPhase::kSettled);
}

// Writes what the settlement of the epoch keeps: pot and scores.
void pay(RoundWorld& world, const rounds::EpochScores& scores, std::uint64_t pot) {
  const std::uint64_t used = 1'000'003;
  world.change([&](Context& ctx) {
    const CommitteeRecord committee = must_load(ctx.state(), kCommittees, base::Epoch(1));
    CloseRecord record;
    record.pot = Noted(Amount::of(pot));
    record.held = Noted(economics::held_part(Amount::of(pot), scores.void_rounds, 2));
    record.used = used;
    record.void_rounds = static_cast<std::uint16_t>(scores.void_rounds);
    record.rounds = 2;
    save(ctx.state(), kCloses, record, base::Epoch(1));
    std::vector<economics::MemberScore> members;
    for (const auto& member : committee.members) {
      const auto& one = scores.members.at(member.node);
      members.push_back({economics::Weight(rounds::weight_of(member)), 0, one.s, one.q});
    }
    const Amount shared = record.pot.amount().minus(record.held.amount()).value();
    const auto split = economics::split_pot(shared, used, members, 4);
    for (std::size_t i = 0; i < members.size(); ++i) {
      ScoreRecord score;
      score.weight = members[i].weight.value();
      score.s = members[i].score;
      score.full = Noted(split.rows[i].full);
      score.reward = Noted(split.rows[i].reward);
      save(ctx.state(), kScores, score, base::Epoch(1), committee.members[i].node);
    }
  });
}

}  // namespace

TEST_CASE("score: everybody on time and confirmed in both rounds has full marks",
          "[ledger][rounds][rule:O-29][rule:O-34]") {
  RoundWorld world;
  world.play();
  for (std::size_t i = 0; i < world.members(); ++i) {
    REQUIRE(world.tally(i).outcome == spec::OUTCOME_ON_TIME);
    REQUIRE(world.tally(i).confirmed == 10);
    REQUIRE(world.tally(i).credits == 128);
  }
  for (const auto& event : world.last().events) {
    if (!event.has_proof_round_settled()) continue;
    const auto& settled = event.proof_round_settled();
    REQUIRE(settled.phases_size() == 5);
    REQUIRE(settled.outcomes_size() == 1);
    REQUIRE(settled.outcomes(0).members() == 5);
    REQUIRE(settled.statuses_size() == 1);
    REQUIRE(settled.statuses(0).leaves() == 5 * 64);
    REQUIRE(settled.largest_operator() == 2);
    REQUIRE(settled.kept() == 9 * 1'000'000 / 11);  // p + s = 4 + 7, b = 2
    REQUIRE(settled.reveals_missing() == 0);
    REQUIRE(settled.points() == 64);
    REQUIRE(settled.blobs() == 64);
  }
  world.play();
  const auto scores = close(world);
  REQUIRE(scores.settled == 2);
  REQUIRE(scores.void_rounds == 0);
  for (std::size_t i = 0; i < world.members(); ++i) {
    REQUIRE(of(world, scores, i).s.value() == economics::kPpm);
    REQUIRE(of(world, scores, i).due == 128);
    REQUIRE(of(world, scores, i).credits == 256);
  }
}

TEST_CASE("score: a silent member earns nothing and nobody else's score changes",
          "[ledger][rounds][rule:O-31]") {
  RoundWorld world;
  world.play({2});
  world.play({2});
  const auto scores = close(world);
  REQUIRE(of(world, scores, 2).s.value() == 0);
  REQUIRE(of(world, scores, 2).store.value() == 0);
  REQUIRE(of(world, scores, 2).duty.value() == 0);
  for (const std::size_t i : {0u, 1u, 3u, 4u})
    REQUIRE(of(world, scores, i).s.value() == economics::kPpm);
}

TEST_CASE("score: of the late rounds only the best quarter is paid, at half",
          "[ledger][rounds][rule:O-29]") {
  RoundWorld world;  // R = 2: one late round is paid
  play_late(world, 1, {1, 2, 3});
  play_late(world, 1);
  REQUIRE(world.tally(1).outcome == spec::OUTCOME_LATE);
  REQUIRE(world.tally(1).credits == 0);  // not before the close
  const auto provisional =
      rounds::explain(world.view(), world.chain(), world.node(1), base::Epoch(1));
  REQUIRE(provisional.has_value());
  REQUIRE_FALSE(provisional->closed);
  REQUIRE(provisional->rounds.at(0).late_place == 1);
  REQUIRE_FALSE(provisional->rounds.at(0).late_paid);
  REQUIRE(provisional->rounds.at(1).late_paid);
  REQUIRE(provisional->rounds.at(1).credits == 64);
  const auto scores = close(world);
  REQUIRE(world.tally(1).credits == 64);
  REQUIRE(of(world, scores, 1).credits == 64);
  REQUIRE(of(world, scores, 1).store.value() == kHalf / 2);  // 64 of 2 * 128
  REQUIRE(of(world, scores, 1).duty.value() == economics::kPpm);
}

TEST_CASE("score: who voids a round takes its part of the pot from all, not their scores",
          "[ledger][rounds][rule:O-10]") {
  RoundWorld world;
  world.play();
  world.open();
  world.block(2'500);
  REQUIRE(world.phase() == RoundPhase::kVoid);
  const auto scores = close(world);
  REQUIRE(scores.settled == 1);
  REQUIRE(scores.void_rounds == 1);
  for (std::size_t i = 0; i < world.members(); ++i)
    REQUIRE(of(world, scores, i).s.value() == economics::kPpm);
  REQUIRE(economics::held_part(Amount::of(1'001), scores.void_rounds, 2) == Amount::of(500));
}

TEST_CASE("score: an unconfirmed member without proof earns nothing for the round",
          "[ledger][rounds][rule:O-20]") {
  RoundWorld world;
  world.play({}, {3});
  REQUIRE(world.tally(3).outcome == spec::OUTCOME_UNCONFIRMED);
  REQUIRE(world.tally(3).confirmed == 2);
  REQUIRE(world.tally(3).ok == 0);
  REQUIRE(world.tally(3).claimed == 64);
  const auto scores = close(world);
  REQUIRE(of(world, scores, 3).store.value() == 0);
  REQUIRE(of(world, scores, 3).duty.value() == economics::kPpm);
}

TEST_CASE("score: points unavailable and on lost shards are counted for the chronic mark",
          "[ledger][rounds][rule:O-27]") {
  RoundWorld world;
  const base::ShardIndex gone(0);  // member 0 holds shards 0 and 1
  const auto declare = [&](bool excused) {
    world.change([&](Context& ctx) {
      NodeRecord node = must_load(ctx.state(), kNodes, world.node(0));
      node.losses = {{gone, base::Epoch(1), true, excused}};
      save(ctx.state(), kNodes, node, world.node(0));
    });
  };
  declare(false);
  world.play();
  const std::uint32_t lost = world.tally(0).lost;
  REQUIRE(lost > 0);
  REQUIRE(world.tally(0).ok == 64 - lost);
  REQUIRE(world.tally(0).due == 64);
  auto scores = close(world);
  REQUIRE(of(world, scores, 0).due == 64);
  REQUIRE(of(world, scores, 0).unavailable == lost);
  REQUIRE(of(world, scores, 0).bad_shards == std::vector<base::ShardIndex>{gone});

  RoundWorld paid;
  paid.change([&](Context& ctx) {
    NodeRecord node = must_load(ctx.state(), kNodes, paid.node(0));
    node.losses = {{gone, base::Epoch(1), true, true}};
    save(ctx.state(), kNodes, node, paid.node(0));
  });
  paid.play();
  scores = close(paid);
  REQUIRE(of(paid, scores, 0).unavailable == 0);
  REQUIRE(of(paid, scores, 0).due == 64 - paid.tally(0).lost);
  REQUIRE(of(paid, scores, 0).bad_shards.empty());
  REQUIRE(of(paid, scores, 0).s.value() < economics::kPpm);  // no credit all the same
}

TEST_CASE("explain: what was lost per cause adds up to full less reward",
          "[ledger][rounds][rule:O-33]") {
  RoundWorld world;
  world.play({2});
  world.play({2}, {3});
  const auto scores = close(world);
  pay(world, scores, 987'654'321'987);
  for (std::size_t i = 0; i < world.members(); ++i) {
    const auto told = rounds::explain(world.view(), world.chain(), world.node(i), base::Epoch(1));
    REQUIRE(told.has_value());
    REQUIRE(told->closed);
    REQUIRE(told->s == of(world, scores, i).s);
    Amount sum;
    for (const auto& loss : told->losses) sum = sum.plus(loss.amount).value();
    REQUIRE(told->score->reward.amount().plus(sum).value() == told->score->full.amount());
  }
  const auto silent = rounds::explain(world.view(), world.chain(), world.node(2), base::Epoch(1));
  REQUIRE(silent->losses.at(0).cause == rounds::LossCause::kSilent);
  REQUIRE(silent->losses.at(0).points == 64 * scores.settled);
  const auto unseen = rounds::explain(world.view(), world.chain(), world.node(3), base::Epoch(1));
  REQUIRE(unseen->losses.at(0).cause == rounds::LossCause::kUnconfirmed);
  REQUIRE(unseen->losses.at(0).points == 64);
  REQUIRE(
      rounds::explain(world.view(), world.chain(), world.node(0), base::Epoch(1))->losses.empty());
}

TEST_CASE("explain: late, unavailable and undone duties each have their line",
          "[ledger][rounds][rule:O-33]") {
  RoundWorld world;
  world.open();
  world.reach_commit({1});  // its reveal did not come
  world.reach_verify({1});
  REQUIRE(world.run(world.commit(1, {1, 2, 3})) == spec::OK);
  world.rows();
  world.reach_inspect();
  world.reach_end();
  REQUIRE(world.phase() == RoundPhase::kSettled);
  world.play();
  const auto scores = close(world);
  pay(world, scores, 987'654'321'987);
  const auto told = rounds::explain(world.view(), world.chain(), world.node(1), base::Epoch(1));
  REQUIRE(told->losses.size() == 3);
  REQUIRE(told->losses[0].cause == rounds::LossCause::kLate);
  REQUIRE(told->losses[0].points == 61);
  REQUIRE(told->losses[1].cause == rounds::LossCause::kUnavailable);
  REQUIRE(told->losses[1].points == 3);
  REQUIRE(told->losses[2].cause == rounds::LossCause::kDuty);
  REQUIRE(told->losses[2].points == 1);
  REQUIRE(rounds::loss_cause_name(told->losses[2].cause) == "duty");
  Amount sum;
  for (const auto& loss : told->losses) sum = sum.plus(loss.amount).value();
  REQUIRE(told->score->reward.amount().plus(sum).value() == told->score->full.amount());
  const base::NodeId stranger(base::tagged_hash("test.stranger", {}, {}).bytes());
  REQUIRE_FALSE(rounds::explain(world.view(), world.chain(), stranger, base::Epoch(1)));
  REQUIRE_FALSE(rounds::explain(world.view(), world.chain(), world.node(1), base::Epoch(2)));
}
