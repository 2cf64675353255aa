// SPDX-License-Identifier: Apache-2.0
// Deny lists in rounds: the list of the snapshot alone excuses, by proof where nobody vouches, and
// its size costs its largest share of what was stored.
#include <catch2/catch.hpp>

#include "economics/credits.h"
#include "ledger/rounds/close.h"
#include "ledger/rounds/explain.h"
#include "tests/support/round_bot.h"

using namespace wald;
using namespace wald::ledger;
using namespace wald::tests;

namespace {

// A round in which member 0 denies these leaves; the others see its answers, or do not.
void play(RoundWorld& world, const std::function<Leaves()>& denied, bool seen = true) {
  world.open();
  world.reach_commit();
  const Leaves leaves = denied();
  REQUIRE(world.run(world.commit_naming(0, {{}, leaves})) == spec::OK);
  world.reach_verify({0});
  if (world.phase() == RoundPhase::kCommit) world.block(1000);
  REQUIRE(world.phase() == RoundPhase::kVerify);
  world.rows({}, seen ? std::set<std::size_t>{} : std::set<std::size_t>{0});
  world.reach_inspect();
}

rounds::EpochScores close(RoundWorld& world) {
  rounds::EpochScores scores;
  world.change([&](Context& ctx) { scores = rounds::close_epoch(ctx); });
  return scores;
}
// d of a member if the epoch closed now.
std::uint64_t denied(const RoundWorld& world, std::size_t i) {
  Overlay overlay(&world.view());
  const BlockFacts facts = world.machine().next_facts(world.view());
  Context ctx(overlay, facts, base::AccountId(), base::TxId());
  return rounds::close_epoch(ctx).members.at(world.node(i)).denied;
}
std::uint32_t size_of(const Leaves& leaves) { return static_cast<std::uint32_t>(leaves.size()); }

}  // namespace

TEST_CASE("deny list: what a vouched member denies is not due, and costs no score",
          "[ledger][rounds][rule:O-29][rule:O-18]") {
  RoundWorld world;
  deny(world, 0, list_over(world, {1}));
  Leaves leaves;
  play(world, [&] { return leaves = leaves_about(world, 0, 1); });
  REQUIRE(world.round().record.denied.size() == 1);
  REQUIRE(world.tally(0).denied == leaves);
  world.reach_end();
  const TallyRecord tally = world.tally(0);
  REQUIRE(tally.outcome == spec::OUTCOME_ON_TIME);
  REQUIRE(tally.due == 64 - size_of(leaves));
  REQUIRE((tally.ok == tally.due && tally.credits == 2 * tally.due));
  bool told = false;
  for (const auto& event : world.last().events)
    if (event.has_proof_round_settled())
      for (const auto& status : event.proof_round_settled().statuses())
        if (status.status() == spec::LEAF_DENIED) told = status.leaves() == leaves.size();
  REQUIRE(told);
  REQUIRE(world.tally(1).due == 64);  // nobody else's
  const auto scores = close(world);
  REQUIRE(scores.members.at(world.node(0)).s.value() == economics::kPpm);
  REQUIRE(scores.members.at(world.node(0)).due == 64 - leaves.size());
}

TEST_CASE("deny list: who has none in the snapshot denies nothing, whatever came later",
          "[ledger][rounds][rule:O-7][rule:O-28]") {
  RoundWorld world;
  deny(world, 0, list_over(world, {0}));
  world.open();
  const proofs::DenyList later = list_over(world, {2});
  put_in_force(world, 0, {later.root(), later.size(), 2});
  put_in_force(world, 1, {later.root(), later.size(), 1});
  world.reach_commit();
  REQUIRE(world.run(world.commit_naming(1, {{}, leaves_about(world, 1, 2)})) == spec::MALFORMED);
  REQUIRE(world.run(world.commit_naming(0, {{}, leaves_about(world, 0, 0)})) == spec::OK);
  REQUIRE(world.last().events.at(0).proof_committed().denied() == leaves_about(world, 0, 0).size());
  const auto listed = rounds::deny_list_of(world.round(), 0);
  REQUIRE(listed->root == list_over(world, {0}).root());
  REQUIRE(listed->size == list_over(world, {0}).size());
  REQUIRE_FALSE(rounds::deny_list_of(world.round(), 1));
  // The next round knows them.
  world.reach_verify({0});
  world.rows();
  world.reach_inspect();
  world.reach_end();
  world.open();
  REQUIRE(rounds::deny_list_of(world.round(), 0)->root == later.root());
  REQUIRE(rounds::deny_list_of(world.round(), 1)->size == later.size());
}

TEST_CASE("deny list: where nobody vouches a denied leaf counts as far as it was proved",
          "[ledger][rounds][rule:O-18][rule:O-22][rule:O-29]") {
  RoundWorld world;
  deny(world, 0, list_over(world, {1}));
  Leaves leaves;
  play(
      world, [&] { return leaves = leaves_about(world, 0, 1); }, false);
  REQUIRE(leaves.size() > 2);
  REQUIRE(world.run(world.self_proof(0, {leaves[0], leaves[1]})) == spec::OK);
  world.denies(0, list_over(world, {1, 2}));  // another list than the snapshot's
  REQUIRE(world.run(world.self_proof(0, {leaves[2]})) == spec::BAD_OPENING);
  world.denies(0, list_over(world, {2}));  // no proof at all
  REQUIRE(world.run(world.self_proof(0, {leaves[2]})) == spec::BAD_OPENING);
  world.reach_end();
  REQUIRE(world.tally(0).outcome == spec::OUTCOME_SELF_PROVEN);
  REQUIRE(world.tally(0).due == 62);
  REQUIRE(world.tally(0).ok == 0);
  REQUIRE(world.tally(0).claimed == 64 - leaves.size());
  REQUIRE(world.tally(0).claimed_due == 64 - leaves.size());
}

TEST_CASE("deny list: an entry of another length, or of another blob, excuses nothing",
          "[ledger][rounds][rule:O-18]") {
  RoundWorld world;
  deny(world, 0, list_over(world, {1}, 1));  // one byte longer than the blob is
  Leaves wrong, other;
  play(
      world,
      [&] {
        wrong = leaves_about(world, 0, 1);
        other = leaves_about(world, 0, 2);  // not on the list
        Leaves both = wrong;
        both.insert(both.end(), other.begin(), other.end());
        std::sort(both.begin(), both.end());
        return both;
      },
      false);
  REQUIRE(world.run(world.self_proof(0, {wrong[0]})) == spec::BAD_OPENING);
  REQUIRE(world.run(world.self_proof(0, {other[0]})) == spec::BAD_OPENING);
  world.reach_end();
  REQUIRE(world.tally(0).due == 64);
  REQUIRE(world.tally(0).ok == 0);
}

TEST_CASE("deny list: leaves on a shard declared lost stay due, whatever a commit says of them",
          "[ledger][rounds][rule:O-17][rule:O-27]") {
  RoundWorld world;
  deny(world, 0, list_over(world, {0, 1, 2}));
  world.change([&](Context& ctx) {
    NodeRecord node = must_load(ctx.state(), kNodes, world.node(0));
    node.losses = {{base::ShardIndex(0), base::Epoch(1), true, false}};
    save(ctx.state(), kNodes, node, world.node(0));
  });
  play(world, [&] {
    Leaves all(64);
    for (std::uint16_t t = 0; t < 64; ++t) all[t] = t;
    return all;
  });
  world.reach_end();
  const TallyRecord tally = world.tally(0);
  REQUIRE(tally.lost > 0);
  REQUIRE(tally.due == tally.lost);
  REQUIRE(tally.denied.size() == 64 - tally.lost);
  REQUIRE(tally.ok == 0);
  const auto scores = close(world);
  const auto& result = scores.members.at(world.node(0));
  REQUIRE(result.store.value() == 0);
  // For the chronic mark what was denied is neither due nor unavailable.
  REQUIRE((result.due == tally.lost && result.unavailable == tally.lost));
  REQUIRE(result.bad_shards == std::vector<base::ShardIndex>{base::ShardIndex(0)});
}

TEST_CASE("deny list: its largest share of what was stored, of all snapshots and the close, is d",
          "[ledger][rounds][rule:O-30][rule:L-14]") {
  constexpr std::uint64_t kUsed = 1'000'003;
  RoundWorld world;
  world.change([&](Context& ctx) {
    RingSlot slot = must_load(ctx.state(), kRing, base::Epoch(1));
    slot.used = kUsed;
    save(ctx.state(), kRing, slot, base::Epoch(1));
  });
  const std::uint64_t stored = must_load(world.view(), kIndexTop).stored;
  const auto share = [&](std::uint64_t size) { return (kUsed * size + stored - 1) / stored; };
  const base::Hash root = list_over(world, {0}).root();
  REQUIRE(denied(world, 0) == 0);
  put_in_force(world, 0, {root, stored / 5, 1});
  REQUIRE(denied(world, 0) == share(stored / 5));  // at the close
  world.play();
  REQUIRE(denied(world, 1) == 0);
  put_in_force(world, 0, {root, stored / 3, 2});
  world.open();
  put_in_force(world, 0, {root, stored / 7, 3});
  world.block(2'500);
  REQUIRE(world.phase() == RoundPhase::kVoid);
  REQUIRE(denied(world, 0) == share(stored / 3));  // of the void round
  put_in_force(world, 0, {root, stored + 1, 4});
  REQUIRE(denied(world, 0) == kUsed);  // never more than all
  put_in_force(world, 0, {root, ~std::uint64_t{0}, 5});
  REQUIRE(denied(world, 0) == kUsed);
  world.change([&](Context& ctx) {  // nothing is stored at the close
    save(ctx.state(), kIndexTop, IndexTop());
  });
  REQUIRE(denied(world, 0) == share(stored / 3));
}
