// SPDX-License-Identifier: Apache-2.0
// The timetable of rounds: when phases begin and end, and what makes a round void.
#include <catch2/catch.hpp>

#include "ledger/challenges.h"
#include "ledger/rounds/close.h"
#include "ledger/timetable.h"
#include "tests/support/round_bot.h"

using namespace wald;
using namespace wald::ledger;
using tests::RoundWorld;

namespace {

constexpr std::uint64_t kTenHours = 36'000'000;

template <class Has>
bool emitted(const BlockOutput& out, Has has) {
  return std::any_of(out.events.begin(), out.events.end(), has);
}

spec::VoidCause void_cause(const RoundWorld& world) {
  return static_cast<spec::VoidCause>(world.round().record.void_cause);
}

}  // namespace

TEST_CASE("round: it opens in the first block at or past its drawn start, and not before",
          "[ledger][rounds][rule:O-6]") {
  RoundWorld world;
  world.block(1);
  const std::uint64_t start = world.clock().rounds.start.value().value();
  REQUIRE(start >= tests::kStart + 5'000);
  const proofs::RoundId id{world.chain(), base::Epoch(1), base::Round(0)};
  const std::uint64_t slot = (144'000'000 - 5'000) / 2;
  const std::uint64_t need = 2'500 + 3'500 + 3'000 + 1'500 + 1'000;
  proofs::Words words("wald.start", proofs::first_prev(world.chain()).view(), id, {});
  REQUIRE(start == tests::kStart + 5'000 + words.uniform(slot - need + 1));
  REQUIRE(next_due_time(world.view()) == base::TimeMs(start));

  world.block(start - 1 - world.time().value());
  REQUIRE_FALSE(world.clock().rounds.open);
  world.block(1);
  REQUIRE(world.clock().rounds.open);
  REQUIRE(world.phase() == RoundPhase::kFreeze);
  REQUIRE(world.round().record.opened->height == world.height());
  REQUIRE(world.round().record.index_count == 3);
  REQUIRE(world.round().record.prev == proofs::first_prev(world.chain()));
  REQUIRE(emitted(world.last(), [](const auto& e) { return e.has_proof_round_opened(); }));
  REQUIRE(wants_steady_blocks(world.view()));
}

TEST_CASE("round: phases begin one block at a time, each at its own moment and not one before",
          "[ledger][rounds][rule:O-5]") {
  RoundWorld world;
  world.open();
  const auto opened = world.round().record;
  REQUIRE(next_due_time(world.view()) == base::TimeMs(opened.opened->time.value() + 2'500));
  for (std::size_t i = 0; i < world.members(); ++i) world.send(world.reveal(i));
  world.block(100);
  REQUIRE(world.round().record.reveals_met->height == world.height());
  REQUIRE(next_due_time(world.view()) == base::TimeMs(world.time().value() + 300));
  world.block(299);
  REQUIRE(world.phase() == RoundPhase::kFreeze);
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kCommit);

  for (std::size_t i = 0; i < world.members(); ++i) world.send(world.commit(i));
  world.block(100);
  REQUIRE(next_due_time(world.view()) == base::TimeMs(world.time().value() + 1'000));
  world.block(999);
  REQUIRE(world.phase() == RoundPhase::kCommit);
  const base::Hash prior = world.last().state_root;
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kVerify);
  REQUIRE(world.round().record.assign_key ==
          proofs::assignment_key(world.round().record.seed, prior));
  REQUIRE_FALSE(wants_steady_blocks(world.view()));

  world.block(2'999);
  REQUIRE(world.phase() == RoundPhase::kVerify);
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kInspect);
  world.block(1'499);
  REQUIRE(world.phase() == RoundPhase::kInspect);
  REQUIRE(next_due_time(world.view()) == base::TimeMs(world.time().value() + 1));
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kSettled);
  REQUIRE_FALSE(world.clock().rounds.open);
  REQUIRE(world.clock().rounds.start.has_value());  // of round 1
  REQUIRE(emitted(world.last(), [](const auto& e) { return e.has_proof_round_settled(); }));
}

TEST_CASE("round: block minima hold a phase open however much time has passed",
          "[ledger][rounds][rule:O-5]") {
  tests::RoundSetup setup;
  setup.params = {
      {"beacon_blocks", 3}, {"commit_blocks", 4}, {"verify_blocks", 5}, {"inspect_blocks", 2}};
  RoundWorld world(setup);
  world.open();
  for (std::size_t i = 0; i < world.members(); ++i) world.send(world.reveal(i));
  world.block(100);
  world.block(kTenHours / 10);  // 1
  world.block(1);               // 2
  REQUIRE(world.phase() == RoundPhase::kFreeze);
  REQUIRE(next_due_time(world.view()).has_value());
  world.block(1);  // 3
  REQUIRE(world.phase() == RoundPhase::kCommit);
  for (std::size_t i = 0; i < world.members(); ++i) world.send(world.commit(i));
  world.block(5'000);
  for (int k = 0; k < 2; ++k) world.block(1);
  REQUIRE(world.phase() == RoundPhase::kCommit);
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kVerify);
  for (int k = 0; k < 4; ++k) world.block(5'000);
  REQUIRE(world.phase() == RoundPhase::kVerify);
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kInspect);
  world.block(5'000);
  REQUIRE(world.phase() == RoundPhase::kInspect);
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kSettled);
}

TEST_CASE("round: seeds follow from prev, the reveals of hS to hC-1 and the rows before hV",
          "[ledger][rounds][rule:O-8]") {
  RoundWorld world;
  world.open();
  world.reach_commit({4});
  const auto view = world.round();
  std::vector<proofs::NodeOutput> reveals;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto beta = world.tally(i).beta;
    proofs::NodeOutput& one = reveals.emplace_back();
    one.node = world.node(i);
    std::copy(beta.begin(), beta.end(), one.output.begin());
  }
  REQUIRE(view.record.seed == proofs::round_seed(view.record.prev, view.id, reveals));
  REQUIRE(world.clock().prev_seed == view.record.seed);
  const auto draw = rounds::draw_of(world.view(), view);
  REQUIRE(draw.blobs.size() == 64);
  for (const DrawnBlob& blob : draw.blobs) REQUIRE(blob.length == 100 + 37 * blob.leaf);

  world.reach_verify({4});
  world.rows({3, 4});
  world.reach_inspect();
  std::vector<proofs::NodeOutput> rows;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto beta = world.tally(i).beta2;
    proofs::NodeOutput& one = rows.emplace_back();
    one.node = world.node(i);
    std::copy(beta.begin(), beta.end(), one.output.begin());
  }
  REQUIRE(world.round().record.seed2 == proofs::second_seed(view.record.seed, view.id, rows));
  // A row after hV changes nothing about it, nor is it a duty done.
  REQUIRE(world.run(world.row(3, {0})) == spec::OK);
  REQUIRE_FALSE(world.tally(3).row_in_time);
  world.reach_end();
  REQUIRE(world.phase() == RoundPhase::kSettled);
}

TEST_CASE("round: without a quorum of reveals it is void at void_max, f silent cannot do that",
          "[ledger][rounds][rule:O-10]") {
  RoundWorld world;
  world.open();
  for (const std::size_t i : {0u, 1u, 2u}) world.send(world.reveal(i));
  world.block(100);
  REQUIRE_FALSE(world.round().record.reveals_met);
  world.block(2'399);
  REQUIRE(world.phase() == RoundPhase::kFreeze);
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kVoid);
  REQUIRE(void_cause(world) == spec::VOID_FEW_REVEALS);
  REQUIRE(emitted(world.last(), [](const auto& e) { return e.has_proof_round_voided(); }));
  REQUIRE_FALSE(world.clock().rounds.frozen);
  REQUIRE(world.clock().prev_seed == world.round().record.prev);  // it reached no seed
  REQUIRE(world.clock().rounds.start.has_value());

  RoundWorld other;  // n = 10, f = 3: one member of two shards is silent
  other.play({2});
  REQUIRE(other.phase() == RoundPhase::kSettled);
}

TEST_CASE("round: without a quorum of commits it is void at commit_max, and its seed stays prev",
          "[ledger][rounds][rule:O-10]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  const base::Hash seed = world.round().record.seed;
  for (const std::size_t i : {0u, 1u, 2u}) world.send(world.commit(i));
  world.block(100);
  REQUIRE(next_due_time(world.view()) ==
          base::TimeMs(world.round().record.commit->time.value() + 3'500));
  world.block(3'399);
  REQUIRE(world.phase() == RoundPhase::kCommit);
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kVoid);
  REQUIRE(void_cause(world) == spec::VOID_FEW_COMMITS);
  REQUIRE(world.clock().prev_seed == seed);
  world.open();
  REQUIRE(world.round().record.prev == seed);
}

TEST_CASE("round: with a quorum COMMIT ends at commit_max even while the grace runs",
          "[ledger][rounds][rule:O-7]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  world.block(3'400);
  for (const std::size_t i : {0u, 1u, 2u, 3u}) world.send(world.commit(i));
  world.block(99);
  REQUIRE(world.phase() == RoundPhase::kCommit);
  world.block(1);
  REQUIRE(world.phase() == RoundPhase::kVerify);
}

TEST_CASE("round: an empty index makes it void at once", "[ledger][rounds][rule:O-7]") {
  tests::RoundSetup setup;
  setup.blobs = 0;
  RoundWorld world(setup);
  world.open();
  REQUIRE(world.phase() == RoundPhase::kVoid);
  REQUIRE(void_cause(world) == spec::VOID_EMPTY_INDEX);
  REQUIRE_FALSE(world.round().record.opened);
}

TEST_CASE("round: without enough time before the end of the epoch it is void without a snapshot",
          "[ledger][rounds][rule:O-10]") {
  RoundWorld world;
  world.block(1);
  const std::uint64_t end = tests::kStart + 144'000'000;
  const std::uint64_t need = 2'500 + 3'500 + 3'000 + 1'500;
  world.block(end - need + 1 - world.time().value());
  REQUIRE(world.phase() == RoundPhase::kVoid);
  REQUIRE(void_cause(world) == spec::VOID_NO_TIME);
  REQUIRE_FALSE(world.round().record.opened);
  world.block(1);
  REQUIRE(world.clock().rounds.next == base::Round(2));
  world.block(1);  // no third one
  REQUIRE(world.clock().rounds.next == base::Round(2));

  RoundWorld just;
  just.block(1);
  just.block(end - need - just.time().value());
  REQUIRE(just.phase() == RoundPhase::kFreeze);
}

TEST_CASE("round: a halt of ten hours ends no phase before its blocks, and the round goes on",
          "[ledger][rounds][rule:O-5]") {
  for (int halt = 0; halt < 4; ++halt) {
    tests::RoundSetup setup;
    setup.params = {
        {"void_blocks", 5}, {"commit_blocks", 3}, {"verify_blocks", 3}, {"inspect_blocks", 3}};
    RoundWorld world(setup);
    world.open();
    if (halt == 0) world.block(kTenHours);
    REQUIRE(world.phase() == RoundPhase::kFreeze);
    world.reach_commit();
    if (halt == 1) world.block(kTenHours);
    REQUIRE(world.phase() == RoundPhase::kCommit);
    for (std::size_t i = 0; i < world.members(); ++i) world.send(world.commit(i));
    world.block(100);
    while (world.phase() == RoundPhase::kCommit) world.block(1'000);
    if (halt == 2) world.block(kTenHours);
    REQUIRE(world.phase() == RoundPhase::kVerify);
    world.rows();
    while (world.phase() == RoundPhase::kVerify) world.block(3'000);
    if (halt == 3) world.block(kTenHours);
    REQUIRE(world.phase() == RoundPhase::kInspect);
    while (world.phase() == RoundPhase::kInspect) world.block(1'500);
    REQUIRE(world.phase() == RoundPhase::kSettled);
    for (std::size_t i = 0; i < world.members(); ++i)
      REQUIRE(world.tally(i).outcome == spec::OUTCOME_ON_TIME);
  }
}

TEST_CASE("round: the index stands still from hS to the draw", "[ledger][rounds][rule:O-7]") {
  RoundWorld world;
  world.open();
  world.end_blob(0);
  world.block(100);
  REQUIRE(must_load(world.view(), kIndexTop).root == world.round().record.index_root);
  world.reach_commit();
  world.block(100);
  REQUIRE(must_load(world.view(), kIndexTop).count == 2);
  // What was drawn of it is excused for all.
  world.reach_verify();
  world.rows();
  world.reach_inspect();
  world.reach_end();
  const auto draw = rounds::draw_of(world.view(), world.round());
  REQUIRE_FALSE(draw.excused.empty());
  for (std::size_t i = 0; i < world.members(); ++i) {
    REQUIRE(world.tally(i).excused == draw.excused.size());  // c = B: each place is asked once
    REQUIRE(world.tally(i).due == 64 - draw.excused.size());
    REQUIRE(world.tally(i).ok == world.tally(i).due);
  }
}

TEST_CASE("round: what the epoch's close finds open, or never opened, is void",
          "[ledger][rounds][rule:O-10]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  rounds::EpochScores scores;
  world.change([&](Context& ctx) { scores = rounds::close_epoch(ctx); });
  REQUIRE(scores.settled == 0);
  REQUIRE(scores.void_rounds == 2);
  REQUIRE(void_cause(world) == spec::VOID_EPOCH_CLOSED);
  const auto never =
      rounds::find_round(world.view(), world.chain(), base::Epoch(1), base::Round(1));
  REQUIRE(never->record.phase == RoundPhase::kVoid);
  REQUIRE_FALSE(world.clock().rounds.open);
  REQUIRE_FALSE(world.clock().rounds.frozen);
  for (const auto& [node, result] : scores.members) {
    REQUIRE(result.s.value() == economics::kPpm);
    REQUIRE(result.due == 0);
  }
}

TEST_CASE("round: the same blocks give the same roots", "[ledger][rounds]") {
  RoundWorld world;
  world.play({1}, {2});
  tests::MapView view;
  view.records = world.origin().records;
  view.state_tree = world.origin().state_tree;
  std::size_t at = 0;
  for (const BlockInput& input : world.inputs()) {
    const BlockOutput out = world.machine().apply_block(view, input);
    REQUIRE(out.state_root == world.roots().at(at++));
    view.records.merge(out.changes);
    view.state_tree = out.tree;
  }
  REQUIRE(at > 5);
}

TEST_CASE("round: every point of a member has its verifiers, never the member itself",
          "[ledger][rounds][rule:O-14]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  world.reach_verify();
  const auto view = world.round();
  const auto assignment = rounds::assignment_of(view);
  std::vector<std::size_t> checkers(64);
  for (std::uint16_t v = 0; v < 5; ++v)
    for (const std::uint16_t t : rounds::assigned_points(view, assignment, v, 2)) {
      REQUIRE(v != 2);
      ++checkers.at(t);
    }
  for (const std::size_t count : checkers) REQUIRE(count == 4);  // min(verifiers, m - 1)
}
