// SPDX-License-Identifier: Apache-2.0
// Declared losses: what a declaration costs, how it ends, and every refusal.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/ledger/epoch_support.h"
#include "tests/support/round_desk.h"

using namespace wald;
using namespace wald::ledger;
using tests::World;

namespace {

using Kind = proofs::Kind;
constexpr std::uint64_t kUsed = 36 * 5 * 1024 * 1024;  // five units a shard
constexpr std::uint64_t kFee = 2 * 5 * 100'000;        // two epochs at 100,000

// `signer`: another key under the same words.
spec::Operation notice(const World& world, const std::string& node, Kind kind,
                       base::ShardIndex shard, std::uint8_t reason = 1,
                       const std::string& signer = {}) {
  if (signer.empty()) return tests::shard_notice(world, node, kind, shard, reason);
  const proofs::ShardNotice body{shard, reason};
  base::Bytes bytes = tests::statement_of(node, world.chain(), world.epoch(), kind, body);
  const auto other = tests::statement_of(signer, world.chain(), world.epoch(), kind, body);
  std::copy(other.end() - 64, other.end(), bytes.end() - 64);
  return tests::operation_of(kind, bytes);
}

base::ShardIndex shard_of(const World& world, const std::string& node) {
  const CommitteeRecord committee = must_load(world.view(), kCommittees, world.epoch());
  for (const CommitteeMember& member : committee.members)
    if (member.node == tests::node_of(node)) return member.shards.at(0);
  throw std::runtime_error("no member");
}

// Commission that is out of escrow, from the treasury.
void give_free(World& world, const std::string& node, std::uint64_t money) {
  world.edit([&](Overlay& state) {
    auto treasury = must_load(state, kFunds, kFundTreasury);
    auto pool = must_load(state, kPools, tests::node_of(node));
    pool.free.put(treasury.amount.take(state, Amount::of(money)));
    save(state, kFunds, treasury, kFundTreasury);
    save(state, kPools, pool, tests::node_of(node));
  });
}

World make_world() {
  World world(tests::network({2000, 2000, 2000, 2000}));
  world.block();
  tests::fill_slot(world, world.epoch(), 0, kUsed);
  return world;
}

spec::Code run(World& world, const spec::Operation& op) { return world.run_raw(world.bare(op)); }

}  // namespace

TEST_CASE("loss: the fee becomes the shard's earmark, and half of it returns when it is restored",
          "[ledger][rounds][rule:O-27]") {
  World world = make_world();
  give_free(world, "n1", 10 * kFee);
  const base::ShardIndex shard = shard_of(world, "n1");
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareRestored, shard)) == spec::LOSS_STATE);
  const auto lost = notice(world, "n1", Kind::kDeclareLost, shard);
  REQUIRE(run(world, lost) == spec::OK);
  REQUIRE(tests::conserved(world));
  const auto told = tests::events_of<spec::NodeShardLost>(world.last());
  REQUIRE(told.at(0).asked() == kFee);
  REQUIRE(told.at(0).taken() == kFee);
  const Loss loss = must_load(world.view(), kNodes, tests::node_of("n1")).losses.at(0);
  REQUIRE((loss.shard == shard && loss.declared && loss.excused));
  const auto fund = must_load(world.view(), kFunds, kFundRepair);
  REQUIRE(fund.earmarks.at(0).amount.amount() == Amount::of(kFee));
  REQUIRE(fund.amount.is_zero());
  REQUIRE(tests::pool_of(world, "n1").free == Amount::of(9 * kFee));

  REQUIRE(run(world, lost) == spec::REPEATED);
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareLost, shard, 2)) == spec::QUOTA);
  const auto restored = notice(world, "n1", Kind::kDeclareRestored, shard);
  REQUIRE(run(world, restored) == spec::OK);
  REQUIRE(tests::conserved(world));
  REQUIRE(tests::events_of<spec::NodeShardRestored>(world.last()).size() == 1);
  REQUIRE(tests::events_of<spec::RewardRepairPaid>(world.last()).at(0).to_escrow() == kFee / 2);
  REQUIRE(tests::fund_of(world, kFundRepair) == kFee - kFee / 2);
  REQUIRE(must_load(world.view(), kFunds, kFundRepair).earmarks.empty());
  REQUIRE(must_load(world.view(), kNodes, tests::node_of("n1")).losses.empty());
  REQUIRE(run(world, restored) == spec::REPEATED);
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareRestored, shard, 2)) == spec::QUOTA);
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareLost, shard, 3)) == spec::QUOTA);
}

TEST_CASE("loss: a fee that cannot be taken in full excuses nothing",
          "[ledger][rounds][rule:O-27]") {
  World world = make_world();
  give_free(world, "n1", kFee - 1);
  const base::ShardIndex shard = shard_of(world, "n1");
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareLost, shard)) == spec::OK);
  REQUIRE(tests::conserved(world));
  const Loss loss = must_load(world.view(), kNodes, tests::node_of("n1")).losses.at(0);
  REQUIRE((loss.declared && !loss.excused));
  REQUIRE(tests::events_of<spec::NodeShardLost>(world.last()).at(0).taken() == kFee - 1);
  // A node with nothing at all may still say the truth.
  const base::ShardIndex other = shard_of(world, "n2");
  REQUIRE(run(world, notice(world, "n2", Kind::kDeclareLost, other)) == spec::OK);
  REQUIRE(tests::events_of<spec::NodeShardLost>(world.last()).at(0).taken() == 0);
}

TEST_CASE("loss: only the holder may declare, once, with its own key",
          "[ledger][rounds][rule:O-28]") {
  World world = make_world();
  const base::ShardIndex mine = shard_of(world, "n1");
  const base::ShardIndex other = shard_of(world, "n2");
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareLost, other)) == spec::NOT_YOUR_SHARD);
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareRestored, other)) == spec::NOT_YOUR_SHARD);
  REQUIRE(run(world, notice(world, "nobody", Kind::kDeclareLost, mine)) == spec::NOT_YOUR_SHARD);
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareLost, mine, 1, "n2")) ==
          spec::BAD_SIGNATURE);
  spec::Operation past;
  past.mutable_declare_lost()->set_statement(std::string(
      base::as_text(tests::statement_of("n1", world.chain(), world.epoch().next(),
                                        Kind::kDeclareLost, proofs::ShardNotice{mine, 1}))));
  REQUIRE(run(world, past) == spec::NO_ROUND);
  past.mutable_declare_lost()->set_statement(base::string_of(tests::statement_of(
      "n1", base::ChainId(), world.epoch(), Kind::kDeclareLost, proofs::ShardNotice{mine, 1})));
  REQUIRE(run(world, past) == spec::MALFORMED);
  tests::edit_node(world, "n1", [&](NodeRecord& node) {
    node.losses.push_back({mine, base::Epoch(0), true, true});
  });
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareLost, mine)) == spec::LOSS_STATE);
}

TEST_CASE("loss: notices count per epoch and are gone with it", "[ledger][rounds][rule:O-28]") {
  World world = make_world();
  give_free(world, "n1", kFee);
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareLost, shard_of(world, "n1"))) == spec::OK);
  REQUIRE(exists(world.view(), kNotices, world.epoch(), tests::node_of("n1")));
  const base::Epoch before = world.epoch();
  tests::turn_epoch(world);
  REQUIRE_FALSE(exists(world.view(), kNotices, before, tests::node_of("n1")));
  REQUIRE(exists(world.view(), kCloses, before));
}

TEST_CASE("loss: restored before the selection of the next epoch is in time, the shard stays",
          "[ledger][rounds][rule:O-27][rule:X-9]") {
  World world = make_world();
  give_free(world, "n1", kFee);
  const base::ShardIndex shard = shard_of(world, "n1");
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareLost, shard)) == spec::OK);
  tests::turn_epoch(world);  // the selection in the epoch of the declaration is too early
  REQUIRE(shard_of(world, "n1") == shard);
  REQUIRE(must_load(world.view(), kFunds, kFundRepair).earmarks.size() == 1);
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareRestored, shard)) == spec::OK);
  REQUIRE(tests::events_of<spec::RewardRepairPaid>(world.last()).at(0).to_escrow() == kFee / 2);
  REQUIRE(tests::pool_of(world, "n1").escrow.at(base::Epoch(2)) == Amount::of(kFee / 2));
  tests::turn_epoch(world);
  REQUIRE(shard_of(world, "n1") == shard);
  REQUIRE(tests::conserved(world));
}

TEST_CASE("loss: after that selection nothing returns, whoever restores the shard, and it moves",
          "[ledger][rounds][rule:O-27][rule:X-9]") {
  World world = make_world();
  give_free(world, "n1", kFee);
  const base::ShardIndex shard = shard_of(world, "n1");
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareLost, shard)) == spec::OK);
  tests::turn_epoch(world);
  std::vector<spec::RewardRepairPaid> freed;
  while (!must_load(world.view(), kChain).clock.selected) {
    world.block();
    freed = tests::events_of<spec::RewardRepairPaid>(world.last());
  }
  REQUIRE(freed.at(0).to_escrow() == 0);
  REQUIRE(freed.at(0).freed() == kFee);
  REQUIRE(tests::fund_of(world, kFundRepair) == kFee);
  REQUIRE(run(world, notice(world, "n1", Kind::kDeclareRestored, shard)) == spec::OK);
  REQUIRE(tests::events_of<spec::RewardRepairPaid>(world.last()).empty());
  REQUIRE(must_load(world.view(), kNodes, tests::node_of("n1")).losses.empty());
  REQUIRE(tests::pool_of(world, "n1").escrow.empty());
  tests::turn_epoch(world);
  const CommitteeRecord committee = must_load(world.view(), kCommittees, world.epoch());
  for (const CommitteeMember& member : committee.members) {
    const bool has =
        std::find(member.shards.begin(), member.shards.end(), shard) != member.shards.end();
    if (member.node == tests::node_of("n1")) REQUIRE_FALSE(has);
  }
  REQUIRE(tests::conserved(world));
}
