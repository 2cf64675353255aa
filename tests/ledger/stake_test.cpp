// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "economics/pricing.h"
#include "ledger/rounds/view.h"
#include "ledger/stakes.h"
#include "ledger/state/form.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

// Four members and a node too small for a committee, in epoch 1.
World stake_world() {
  return World(
      network({4000, 3000, 2000, 1500, 600}, {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}}));
}
std::uint64_t fee(const World& world) { return world.last().receipts.at(0).fee; }
const base::ObjectId kNowhere = base::ObjectId::from(base::Bytes(32, 9));

base::ObjectId staked(World& world, const std::string& node, std::uint64_t amount) {
  REQUIRE(world.run("ann", delegate(node, amount)) == spec::OK);
  return made_stake(world);
}

}  // namespace

TEST_CASE("delegate_stake: the amount waits in the vault for the next epoch",
          "[ledger][tx][rule:P-4]") {
  World world = stake_world();
  const std::uint64_t before = world.balance("ann");
  const auto stake = staked(world, "n1", 10 * kWal);
  REQUIRE(world.balance("ann") == before - 10 * kWal - fee(world));
  REQUIRE(pool_of(world, "n1").vault.value() == 4010 * kWal);
  REQUIRE(pool_of(world, "n1").pend.at(base::Epoch(2)).value() == 10 * kWal);
  REQUIRE(ledger::must_load(world.view(), ledger::kStakes, stake).activation == base::Epoch(2));
  turn_epoch(world);
  REQUIRE(pool_of(world, "n1").live.value() == 4010 * kWal);
  REQUIRE(conserved(world));
}

TEST_CASE("delegate_stake: refusals", "[ledger][tx][rule:P-4][rule:P-12]") {
  World world = stake_world();
  REQUIRE(world.run("ann", delegate("n9", kWal)) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("ann", delegate("n1", kWal, true)) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("ann", delegate("n1", kWal - 1)) == spec::STAKE_TOO_SMALL);
  REQUIRE(world.run("ann", delegate("n1", 6000 * kWal)) == spec::INSUFFICIENT);
  REQUIRE(world.run("n1", delegate("n1", kWal, true)) == spec::OK);
  REQUIRE(world.run("n1", delegate("n1", kWal, true)) == spec::BOND_LEAVING);
  edit_node(world, "n2", [](ledger::NodeRecord& node) { node.leaving = true; });
  REQUIRE(world.run("ann", delegate("n2", kWal)) == spec::NODE_LEAVING);
  world.edit([&](ledger::Overlay& state) {
    ledger::save(state, ledger::kQuarantine, ledger::QuarantineRecord(), node_of("n3"));
    auto pool = ledger::must_load(state, ledger::kPools, node_of("n4"));
    pool.shares = economics::Shares(pool.active.value() * 3);
    ledger::save(state, ledger::kPools, pool, node_of("n4"));
  });
  REQUIRE(world.run("ann", delegate("n3", kWal)) == spec::POOL_QUARANTINED);
  REQUIRE(world.run("ann", delegate("n4", kWal)) == spec::POOL_IMPAIRED);
}

TEST_CASE("stakes: out of a member only by request, and what was put in comes back",
          "[ledger][tx][rule:P-8][rule:P-9]") {
  World world = stake_world();
  const auto stake = staked(world, "n1", 10 * kWal);
  turn_epoch(world);
  REQUIRE(world.run("ann", withdraw({stake})) == spec::EXIT_NOT_REQUESTED);
  REQUIRE(world.run("bob", request_exit(stake)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", request_exit(kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("ann", request_exit(stake, 0)) == spec::BAD_AMOUNT);
  REQUIRE(world.run("ann", request_exit(stake, 11 * kWal)) == spec::BAD_AMOUNT);
  REQUIRE(world.run("ann", request_exit(stake, kWal / 2)) == spec::STAKE_TOO_SMALL);
  REQUIRE(world.run("ann", request_exit(stake)) == spec::OK);
  REQUIRE(world.run("ann", request_exit(stake)) == spec::ALREADY_LEAVING);
  REQUIRE(world.run("ann", withdraw({stake})) == spec::STAKE_NOT_MATURE);
  const auto leaving = ledger::must_load(world.view(), ledger::kStakes, stake).leaving;
  REQUIRE(leaving.has_value());
  while (world.epoch() < leaving->exit) turn_epoch(world);
  const std::uint64_t before = world.balance("ann");
  // One that is not there stands beside one that is paid.
  REQUIRE(world.run("ann", withdraw({stake, kNowhere})) == spec::OK);
  const auto paid = events_of<spec::StakeWithdrawn>(world.last()).at(0);
  REQUIRE(world.balance("ann") ==
          before - fee(world) + paid.principal() + paid.gain() - paid.loss() - paid.fee());
  REQUIRE(paid.principal() == 10 * kWal);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kStakes, stake));
  REQUIRE(world.run("ann", withdraw({stake})) == spec::UNKNOWN_OBJECT);
  REQUIRE(conserved(world));
}

TEST_CASE("stakes: out of a node in no committee at once, and before the start without a fee",
          "[ledger][tx][rule:P-9][rule:X-1]") {
  World world = stake_world();
  const auto waiting = staked(world, "n5", 10 * kWal);
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", request_exit(waiting)) == spec::USE_DIRECT_EXIT);
  REQUIRE(world.run("bob", withdraw({waiting})) == spec::NOT_OWNER);
  const std::uint64_t spent = fee(world);
  REQUIRE(spent > 0);
  REQUIRE(world.run("ann", withdraw({waiting})) == spec::OK);
  REQUIRE(world.balance("ann") > before + 9 * kWal);
  REQUIRE(events_of<spec::StakeWithdrawn>(world.last()).at(0).fee() == 0);
  REQUIRE(conserved(world));
}

TEST_CASE("nodes: votes, commission and who may set them", "[ledger][tx][rule:P-11][rule:X-4]") {
  World world = stake_world();
  REQUIRE(world.run("ann", set_votes("n1", {1, 1, 1})) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("n1", set_votes("n9", {1, 1, 1})) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("n1", set_votes("n1", {economics::kMaxPrice + 1, {}, {}})) == spec::BAD_VOTE);
  REQUIRE(world.run("n1", set_votes("n1", {7, {}, {}})) == spec::OK);
  const auto votes = ledger::must_load(world.view(), ledger::kNodes, node_of("n1")).votes;
  REQUIRE(votes.storage_price.amount().value() == 7);
  REQUIRE(votes.write_price.amount().value() == 20'000);

  REQUIRE(world.run("ann", set_commission("n1", 1000)) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("n1", set_commission("n9", 1000)) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("n1", set_commission("n1", 10'001)) == spec::BAD_RATE);
  REQUIRE(world.run("n1", set_commission("n1", 1501)) == spec::BAD_RATE);
  REQUIRE(world.run("n1", set_commission("n1", 1500)) == spec::OK);
  REQUIRE(pool_of(world, "n1").rate.value() == 1000);
  REQUIRE(pool_of(world, "n1").scheduled.at(base::Epoch(3)).value() == 1500);

  REQUIRE(world.run("ann", collect_commission("n1")) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("n1", collect_commission("n9")) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("n1", collect_commission("n1")) == spec::NOTHING_TO_COLLECT);
  REQUIRE(world.run("ann", add_rewards(1000 * kWal, 1)) == spec::OK);
  // Nothing is earned for an epoch in which nothing is stored.
  REQUIRE(world.run("ann", reserve(std::uint64_t{1} << 30, std::nullopt, 2)) == spec::OK);
  for (int i = 0; i < 6 && pool_of(world, "n1").free.is_zero(); ++i) turn_epoch(world);
  REQUIRE(world.epoch() == base::Epoch(4));  // earned in 1, locked until T_4
  const std::uint64_t free = pool_of(world, "n1").free.value();
  const std::uint64_t before = world.balance("n1");
  REQUIRE(world.run("n1", collect_commission("n1")) == spec::OK);
  REQUIRE(world.balance("n1") == before + free - fee(world));
  REQUIRE(conserved(world));
}

TEST_CASE("add_rewards: spread over the coming slots, the remainder to the first",
          "[ledger][tx][rule:R-8]") {
  World world = stake_world();
  const auto money = [&](std::uint32_t epoch) {
    return ledger::must_load(world.view(), ledger::kRing, base::Epoch(epoch))
        .money.amount()
        .value();
  };
  REQUIRE(world.run("ann", add_rewards(0, 1)) == spec::BAD_AMOUNT);
  REQUIRE(world.run("ann", add_rewards(5, 0)) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", add_rewards(std::vector<std::uint64_t>(54, 1))) == spec::BAD_RANGE);
  REQUIRE(world.run("ann", add_rewards(6000 * kWal, 2)) == spec::INSUFFICIENT);
  REQUIRE(world.run("ann", add_rewards(11, 3)) == spec::OK);
  REQUIRE(money(2) == 3);
  REQUIRE(money(3) == 3);
  REQUIRE(money(4) == 0);
  REQUIRE(world.run("ann", add_rewards({1, 2, 3})) == spec::OK);
  REQUIRE(money(3) == 6);
  REQUIRE(conserved(world));
}

TEST_CASE("is_member: where the committee lies, as where it is decoded", "[ledger][rule:H-6]") {
  World world = stake_world();
  ledger::CommitteeRecord committee =
      ledger::must_load(world.view(), ledger::kCommittees, base::Epoch(1));
  REQUIRE(committee.members.size() == 4);
  ledger::Overlay state(&world.view());
  base::Prng prng(22);
  for (std::size_t members = 0; members < 40; ++members) {
    std::map<base::NodeId, ledger::CommitteeMember> made;
    while (made.size() < members) {
      ledger::CommitteeMember member;
      member.node = base::NodeId::from(prng.bytes(32));
      const std::size_t shards = prng.below(6);
      for (std::size_t i = 0; i < shards; ++i)
        member.shards.push_back(base::ShardIndex(static_cast<std::uint16_t>(prng.below(1'000))));
      made[member.node] = member;
    }
    committee.members.clear();
    for (const auto& [id, member] : made) committee.members.push_back(member);
    ledger::save(state, ledger::kCommittees, committee, base::Epoch(2));
    for (const auto& [id, member] : made) REQUIRE(ledger::is_member(state, base::Epoch(2), id));
    for (int i = 0; i < 20; ++i) {
      auto bytes = members > 0 && i % 2 == 0 ? committee.members[prng.below(members)].node.bytes()
                                             : base::NodeId::from(prng.bytes(32)).bytes();
      bytes[prng.below(32)] ^= 1;
      const base::NodeId other(bytes);
      REQUIRE(ledger::is_member(state, base::Epoch(2), other) ==
              ledger::rounds::place_of(committee, other).has_value());
    }
    REQUIRE_FALSE(ledger::is_member(state, base::Epoch(3), base::NodeId()));
  }
}

TEST_CASE("records: money is found by name where it lies", "[ledger][rule:A-39]") {
  const auto held = [](std::uint64_t frost) {
    return ledger::Held::decoded(economics::Amount::of(frost));
  };
  ledger::PoolRecord pool;
  pool.vault = held(1);
  pool.free = held(2);
  pool.escrow[base::Epoch(3)] = held(4);
  pool.escrow[base::Epoch(12)] = held(8);
  pool.pend[base::Epoch(3)] = economics::Amount::of(16);  // a figure, no money
  const base::Bytes key = ledger::key_of(ledger::kPools, node_of("n1"));
  const ledger::HeldFields want{{"escrow.12", economics::Amount::of(8)},
                                {"escrow.3", economics::Amount::of(4)},
                                {"free", economics::Amount::of(2)},
                                {"vault", economics::Amount::of(1)}};
  const base::Bytes bytes = ledger::encode_record(pool);
  REQUIRE(ledger::held_money(key, bytes) == want);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    base::Reader in(base::ByteView(bytes).first(cut));
    const bool whole = ledger::detail::walk_held<ledger::PoolRecord>(
        in, std::string(), [](const std::string&, economics::Amount) {});
    REQUIRE_FALSE((whole && in.done()));
  }
}
