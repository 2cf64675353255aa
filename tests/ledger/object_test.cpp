// SPDX-License-Identifier: Apache-2.0
// What owners do with the things they have beside spending them: stakes split, merged, moved;
// resources cut, joined, given up; either, and blobs, given away; WAL given to a fund.
#include <catch2/catch.hpp>

#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"
#include "tests/support/workload.h"

using namespace wald;
using namespace wald::tests;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
const base::ObjectId kNowhere = base::ObjectId::from(base::Bytes(32, 9));

// Four members and a node too small for a committee, in epoch 1.
World object_world() {
  return World(
      network({4000, 3000, 2000, 1500, 600}, {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}}));
}
std::uint64_t fee(const World& world) { return world.last().receipts.at(0).fee; }

base::ObjectId staked(World& world, const std::string& node, std::uint64_t amount) {
  REQUIRE(world.run("ann", delegate(node, amount)) == spec::OK);
  return made_stake(world);
}
base::ObjectId bought(World& world, std::uint64_t size, std::uint32_t start, std::uint32_t end) {
  REQUIRE(world.run("ann", reserve(size, start, end)) == spec::OK);
  return made_resource(world);
}
economics::Stake stake_at(const World& world, const base::ObjectId& id) {
  return ledger::must_load(world.view(), ledger::kStakes, id);
}
ledger::ResourceRecord resource_at(const World& world, const base::ObjectId& id) {
  return ledger::must_load(world.view(), ledger::kResources, id);
}
std::uint64_t used(const World& world, std::uint32_t epoch) {
  return ledger::must_load(world.view(), ledger::kRing, base::Epoch(epoch)).used;
}
base::ObjectId part_of(const World& world) {
  const auto splits = events_of<spec::StakeSplit>(world.last());
  if (!splits.empty()) return base::ObjectId::from(base::as_bytes(splits.at(0).part()));
  return base::ObjectId::from(
      base::as_bytes(events_of<spec::StorageSplit>(world.last()).at(0).part()));
}
bool owns(const World& world, const std::string& name, const base::ObjectId& id) {
  return ledger::exists(world.view(), ledger::kOwned, account_of(name), id);
}

}  // namespace

TEST_CASE("split_stake, merge_stakes: shares and principal add up to the unit",
          "[ledger][tx][rule:P-12][rule:N-9]") {
  World world = object_world();
  const auto stake = staked(world, "n1", 10 * kWal);
  turn_epoch(world);
  turn_epoch(world);
  REQUIRE(world.run("ann", split_stake(stake, 3 * kWal + 1)) == spec::OK);
  const auto activated = events_of<spec::StakeActivated>(world.last());
  REQUIRE(activated.size() == 1);
  const auto part = part_of(world);
  const auto whole_shares = stake_at(world, stake).minted.value().own.value() +
                            stake_at(world, part).minted.value().own.value();
  REQUIRE(activated.at(0).shares() == whole_shares);  // what it got, not what stays
  REQUIRE(stake_at(world, stake).principal.value() == 7 * kWal - 1);
  REQUIRE(stake_at(world, part).principal.value() == 3 * kWal + 1);
  REQUIRE(stake_at(world, part).activation == stake_at(world, stake).activation);
  REQUIRE(owns(world, "ann", part));
  REQUIRE(world.run("ann", merge_stakes(part, stake)) == spec::OK);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kStakes, stake));
  REQUIRE_FALSE(owns(world, "ann", stake));
  REQUIRE(stake_at(world, part).principal.value() == 10 * kWal);
  REQUIRE(stake_at(world, part).minted.value().own.value() == whole_shares);
  REQUIRE(conserved(world));
}

TEST_CASE("merge_stakes: each stake says what shares it got when it began to count",
          "[ledger][tx][rule:P-2][rule:P-12]") {
  World world = object_world();
  const auto one = staked(world, "n1", 10 * kWal);
  const auto other = staked(world, "n1", 20 * kWal + 7);
  turn_epoch(world);
  turn_epoch(world);
  REQUIRE(world.run("ann", merge_stakes(one, other)) == spec::OK);
  const auto activated = events_of<spec::StakeActivated>(world.last());
  REQUIRE(activated.size() == 2);
  const base::Bytes first(one.view().begin(), one.view().end());
  REQUIRE(base::equal(base::as_bytes(activated.at(0).stake()), first));
  const auto merged = stake_at(world, one).minted.value().own.value();
  REQUIRE(activated.at(0).shares() + activated.at(1).shares() == merged);
  REQUIRE(activated.at(0).shares() < activated.at(1).shares());
}

TEST_CASE("split_stake: refusals", "[ledger][tx][rule:P-12]") {
  World world = object_world();
  const auto stake = staked(world, "n1", 10 * kWal);
  REQUIRE(world.run("ann", split_stake(kNowhere, kWal)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", split_stake(stake, kWal)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", split_stake(stake, 0)) == spec::BAD_AMOUNT);
  REQUIRE(world.run("ann", split_stake(stake, 10 * kWal)) == spec::BAD_AMOUNT);
  REQUIRE(world.run("ann", split_stake(stake, 9 * kWal + 1)) == spec::STAKE_TOO_SMALL);
  REQUIRE(world.run("ann", split_stake(stake, kWal - 1)) == spec::STAKE_TOO_SMALL);
  REQUIRE(world.run("ann", split_stake(stake, kWal)) == spec::OK);
  REQUIRE(world.run("n1", delegate("n1", 5 * kWal, true)) == spec::OK);
  const auto bond = made_stake(world);
  turn_epoch(world);
  REQUIRE(world.run("n1", split_stake(bond, kWal)) == spec::BOND_FIXED);
  REQUIRE(world.run("n1", move_stake(bond, "n2")) == spec::BOND_FIXED);
  REQUIRE(world.run("n1", give(bond, "bob")) == spec::BOND_FIXED);
  world.edit([](ledger::Overlay& state) {
    ledger::save(state, ledger::kQuarantine, ledger::QuarantineRecord(), node_of("n1"));
  });
  REQUIRE(world.run("ann", split_stake(stake, kWal)) == spec::POOL_QUARANTINED);
}

TEST_CASE("merge_stakes: refusals", "[ledger][tx][rule:P-12]") {
  World world = object_world();
  const auto one = staked(world, "n1", 10 * kWal);
  const auto other = staked(world, "n2", 10 * kWal);
  REQUIRE(world.run("bob", merge_stakes(one, other)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", merge_stakes(one, kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("ann", merge_stakes(one, one)) == spec::SAME_TARGET);
  REQUIRE(world.run("ann", merge_stakes(one, other)) == spec::MERGE_MISMATCH);  // of two nodes
  turn_epoch(world);
  const auto later = staked(world, "n1", 10 * kWal);
  REQUIRE(world.run("ann", merge_stakes(one, later)) == spec::MERGE_MISMATCH);  // of two dates
  REQUIRE(world.run("n1", delegate("n1", 5 * kWal, true)) == spec::OK);
  const auto bond = made_stake(world);
  REQUIRE(world.run("n1", delegate("n1", 5 * kWal)) == spec::OK);
  REQUIRE(world.run("n1", merge_stakes(made_stake(world), bond)) == spec::BOND_FIXED);
}

TEST_CASE("move_stake: what may leave at once is staked at the target in one",
          "[ledger][tx][rule:P-12][rule:P-9][rule:X-1]") {
  World world = object_world();
  const auto waiting = staked(world, "n5", 10 * kWal);
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", move_stake(waiting, "n1")) == spec::OK);
  REQUIRE(world.balance("ann") == before - fee(world));
  const auto moved = events_of<spec::StakeMoved>(world.last()).at(0);
  REQUIRE(moved.amount() == 10 * kWal);
  REQUIRE(moved.fee() == 0);
  const auto now = base::ObjectId::from(base::as_bytes(moved.staked()));
  REQUIRE(stake_at(world, now).node == node_of("n1"));
  REQUIRE(stake_at(world, now).principal.value() == 10 * kWal);
  REQUIRE(owns(world, "ann", now));
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kStakes, waiting));
  REQUIRE_FALSE(owns(world, "ann", waiting));
  REQUIRE(pool_of(world, "n5").vault.value() == 600 * kWal);
  REQUIRE(pool_of(world, "n1").vault.value() == 4010 * kWal);

  // One that worked in a node without a seat pays the fee of its age on the way.
  const auto young = staked(world, "n5", 20 * kWal);
  turn_epoch(world);
  turn_epoch(world);
  const std::uint64_t burned_before = burned(world, spec::BURN_SHIFT);
  const std::uint64_t bonus = fund_of(world, ledger::kFundBonus);
  REQUIRE(world.run("ann", move_stake(young, "n2")) == spec::OK);
  const auto paid = events_of<spec::StakeMoved>(world.last()).at(0);
  REQUIRE(paid.fee() > 0);
  REQUIRE(paid.amount() + paid.fee() == 20 * kWal);  // n5 earned nothing
  REQUIRE(burned(world, spec::BURN_SHIFT) - burned_before + fund_of(world, ledger::kFundBonus) -
              bonus ==
          paid.fee());
  REQUIRE(conserved(world));
}

TEST_CASE("move_stake: from a member by request, which counts as asked for",
          "[ledger][tx][rule:P-12][rule:P-9]") {
  World world = object_world();
  const auto stake = staked(world, "n1", 10 * kWal);
  turn_epoch(world);
  REQUIRE(world.run("ann", move_stake(stake, "n2")) == spec::OK);
  const auto asked = events_of<spec::StakeExitRequested>(world.last()).at(0);
  REQUIRE(events_of<spec::StakeMoved>(world.last()).empty());
  REQUIRE(stake_at(world, stake).leaving.value().exit.value() == asked.exit());
  REQUIRE(world.run("ann", move_stake(stake, "n2")) == spec::ALREADY_LEAVING);
  while (world.epoch().value() < asked.exit()) turn_epoch(world);
  REQUIRE(world.run("ann", withdraw({stake})) == spec::OK);
  // The id that was not used for an object is free: the next one made has number 0.
  REQUIRE(world.run("ann", delegate("n2", 5 * kWal)) == spec::OK);
  REQUIRE(conserved(world));
}

TEST_CASE("move_stake: refusals leave the stake where it was", "[ledger][tx][rule:P-12]") {
  World world = object_world();
  const auto stake = staked(world, "n5", 10 * kWal);
  REQUIRE(world.run("ann", move_stake(kNowhere, "n1")) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", move_stake(stake, "n1")) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", move_stake(stake, "n9")) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("ann", move_stake(stake, "n5")) == spec::SAME_TARGET);
  edit_node(world, "n2", [](ledger::NodeRecord& node) { node.leaving = true; });
  REQUIRE(world.run("ann", move_stake(stake, "n2")) == spec::NODE_LEAVING);
  world.edit([&](ledger::Overlay& state) {
    ledger::save(state, ledger::kQuarantine, ledger::QuarantineRecord(), node_of("n3"));
    auto pool = ledger::must_load(state, ledger::kPools, node_of("n4"));
    pool.shares = economics::Shares(pool.active.value() * 3);
    ledger::save(state, ledger::kPools, pool, node_of("n4"));
  });
  REQUIRE(world.run("ann", move_stake(stake, "n3")) == spec::POOL_QUARANTINED);
  REQUIRE(world.run("ann", move_stake(stake, "n4")) == spec::POOL_IMPAIRED);
  // A stake of little more than the least one, less its fee, is too small for the target.
  REQUIRE(world.run("ann", split_stake(stake, kWal)) == spec::OK);
  const auto least = part_of(world);
  turn_epoch(world);
  turn_epoch(world);
  REQUIRE(world.run("ann", move_stake(least, "n1")) == spec::STAKE_TOO_SMALL);
  REQUIRE(stake_at(world, least).node == node_of("n5"));
  REQUIRE(owns(world, "ann", least));
}

TEST_CASE("transfer_object: stake, resource and blob get another owner and nothing else changes",
          "[ledger][tx][rule:U-9][rule:P-12]") {
  World world = object_world();
  const auto stake = staked(world, "n1", 10 * kWal);
  REQUIRE(world.run("ann", give(stake, "bob")) == spec::OK);
  REQUIRE(events_of<spec::StakeTransferred>(world.last()).size() == 1);
  REQUIRE(stake_at(world, stake).owner == account_of("bob"));
  REQUIRE(stake_at(world, stake).principal.value() == 10 * kWal);
  REQUIRE(owns(world, "bob", stake));
  REQUIRE_FALSE(owns(world, "ann", stake));
  REQUIRE(world.run("ann", withdraw({stake})) == spec::NOT_OWNER);
  REQUIRE(world.run("bob", withdraw({stake})) == spec::OK);

  const auto resource = bought(world, 64 * kMiB, 1, 4);
  REQUIRE(world.run("ann", give(resource, "bob")) == spec::OK);
  REQUIRE(events_of<spec::StorageTransferred>(world.last()).at(0).blob_id() ==
          std::string(32, '\0'));
  REQUIRE(owns(world, "bob", resource));
  const FileOf file = file_of(1, 1000);
  REQUIRE(world.run("ann", register_blob(resource, file, true)) == spec::NOT_OWNER);
  REQUIRE(world.run("bob", register_blob(resource, file, true)) == spec::OK);
  const auto blob = made_blob(world);
  REQUIRE(world.run("bob", give(blob, "ann")) == spec::OK);
  REQUIRE(events_of<spec::StorageTransferred>(world.last()).at(0).blob_id() ==
          base::as_text(file.id.view()));
  REQUIRE(world.run("bob", delete_blob(blob)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", delete_blob(blob)) == spec::OK);  // the resource inside came along
  REQUIRE(owns(world, "ann", resource));
  REQUIRE(conserved(world));
}

TEST_CASE("transfer_object: refusals", "[ledger][tx][rule:U-9]") {
  World world = object_world();
  const auto stake = staked(world, "n1", 10 * kWal);
  const auto resource = bought(world, 64 * kMiB, 1, 4);
  const auto inside = bought(world, 64 * kMiB, 1, 4);
  REQUIRE(world.run("ann", register_blob(inside, file_of(1, 1000))) == spec::OK);
  const auto blob = made_blob(world);
  REQUIRE(world.run("ann", give(kNowhere, "bob")) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("ann", give(inside, "bob")) == spec::UNKNOWN_OBJECT);  // it lies in the blob
  for (const auto& id : {stake, resource, blob}) {
    REQUIRE(world.run("bob", give(id, "ann")) == spec::NOT_OWNER);
    REQUIRE(world.run("ann", give(id, "ann")) == spec::SAME_TARGET);
    REQUIRE(world.run("ann", give(id, "nobody")) == spec::BELOW_ACCOUNT_MIN);
    REQUIRE(owns(world, "ann", id));
  }
}

TEST_CASE("split_storage, merge_storage: bytes times epochs stay, and what is in use does",
          "[ledger][tx][rule:L-3]") {
  World world = object_world();
  const auto resource = bought(world, 64 * kMiB, 1, 9);
  REQUIRE(world.run("ann", split_at(resource, 5)) == spec::OK);
  const auto later = part_of(world);
  REQUIRE(resource_at(world, resource).end == base::Epoch(5));
  REQUIRE(resource_at(world, later).start == base::Epoch(5));
  REQUIRE(resource_at(world, later).end == base::Epoch(9));
  REQUIRE(world.run("ann", split_keep(later, 60 * kMiB)) == spec::OK);
  const auto small = part_of(world);
  REQUIRE(resource_at(world, later).size == 60 * kMiB);
  REQUIRE(resource_at(world, small).size == 4 * kMiB);
  for (std::uint32_t epoch = 1; epoch < 9; ++epoch) REQUIRE(used(world, epoch) == 64 * kMiB);
  REQUIRE(world.run("ann", merge_storage(small, later)) == spec::OK);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kResources, later));
  REQUIRE(world.run("ann", merge_storage(small, resource)) == spec::OK);  // the earlier one joins
  const auto whole = resource_at(world, small);
  REQUIRE(whole.start == base::Epoch(1));
  REQUIRE(whole.end == base::Epoch(9));
  REQUIRE(whole.size == 64 * kMiB);
  REQUIRE(owns(world, "ann", small));
  REQUIRE_FALSE(owns(world, "ann", resource));
  // It is swept at its new end, not at an old one.
  while (world.epoch().value() < 8) turn_epoch(world);
  REQUIRE(ledger::exists(world.view(), ledger::kResources, small));
  turn_epoch(world);
  world.block(1000);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kResources, small));
  REQUIRE(conserved(world));
}

TEST_CASE("release_storage: room comes back in the epochs ahead, money does not",
          "[ledger][tx][rule:L-3]") {
  World world = object_world();
  const auto resource = bought(world, 64 * kMiB, 1, 5);
  turn_epoch(world);
  const std::uint64_t before = world.balance("ann");
  const auto money = ledger::must_load(world.view(), ledger::kRing, base::Epoch(3)).money.amount();
  REQUIRE(world.run("ann", release_storage(resource)) == spec::OK);
  REQUIRE(world.balance("ann") == before - fee(world));
  for (const std::uint32_t epoch : {2u, 3u, 4u}) REQUIRE(used(world, epoch) == 0);
  REQUIRE(ledger::must_load(world.view(), ledger::kRing, base::Epoch(3)).money.amount() == money);
  REQUIRE(events_of<spec::StorageReleased>(world.last()).at(0).start() == 2);
  REQUIRE_FALSE(owns(world, "ann", resource));
  REQUIRE(world.run("ann", release_storage(resource)) == spec::UNKNOWN_OBJECT);
  REQUIRE(conserved(world));
}

TEST_CASE("split_storage, merge_storage, release_storage: refusals", "[ledger][tx][rule:L-3]") {
  World world = object_world();
  const auto one = bought(world, 64 * kMiB, 1, 5);
  const auto other = bought(world, 32 * kMiB, 1, 6);
  REQUIRE(world.run("ann", split_at(kNowhere, 3)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", split_at(one, 3)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", split_at(one, 1)) == spec::BAD_FIT);
  REQUIRE(world.run("ann", split_at(one, 5)) == spec::BAD_FIT);
  REQUIRE(world.run("ann", split_keep(one, 0)) == spec::BAD_SIZE);
  REQUIRE(world.run("ann", split_keep(one, 64 * kMiB)) == spec::BAD_FIT);
  auto both = split_at(one, 3);
  both.mutable_split_storage()->set_size(1);
  REQUIRE(world.run("ann", both) == spec::MALFORMED);
  both.mutable_split_storage()->clear_size();
  both.mutable_split_storage()->clear_epoch();
  REQUIRE(world.run("ann", both) == spec::MALFORMED);
  REQUIRE(world.run("ann", merge_storage(one, kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", merge_storage(one, other)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", merge_storage(one, one)) == spec::SAME_TARGET);
  REQUIRE(world.run("ann", merge_storage(one, other)) == spec::BAD_FIT);
  REQUIRE(world.run("ann", release_storage(kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", release_storage(one)) == spec::NOT_OWNER);
}

TEST_CASE("batch: parts made by a split are named by their numbers",
          "[ledger][tx][rule:U-8][rule:U-9]") {
  World world = object_world();
  const auto made = [](std::uint8_t k) {
    base::Bytes id(32, 0);
    id[30] = k;
    return base::ObjectId::from(id);
  };
  REQUIRE(world.run("ann", batch({reserve(64 * kMiB, 1, 5), split_keep(made(0), kMiB),
                                  give(made(1), "bob"), release_storage(made(0))},
                                 true)) == spec::OK);
  // kMiB was kept and released; the rest is bob's.
  REQUIRE(used(world, 2) == 63 * kMiB);
  REQUIRE(owns(world, "bob", part_of(world)));
  // A stake that is made and ends within one batch.
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", batch({delegate("n1", 10 * kWal), split_stake(made(0), 4 * kWal),
                                  merge_stakes(made(0), made(1)), move_stake(made(0), "n2"),
                                  withdraw({made(2)})},
                                 true)) == spec::OK);
  REQUIRE(world.balance("ann") == before - fee(world));
  REQUIRE(conserved(world));
}

TEST_CASE("add_subsidy, add_treasury: into the fund, with a word in the log",
          "[ledger][tx][rule:T-4]") {
  World world = object_world();
  const std::uint64_t subsidy = fund_of(world, ledger::kFundSubsidy);
  const std::uint64_t treasury = fund_of(world, ledger::kFundTreasury);
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", add_subsidy(7 * kWal)) == spec::OK);
  const std::uint64_t fees = fee(world);
  REQUIRE(events_of<spec::RewardDonated>(world.last()).at(0).fund() == "subsidy");
  REQUIRE(world.run("ann", add_treasury(5 * kWal)) == spec::OK);
  REQUIRE(world.balance("ann") == before - 12 * kWal - fees - fee(world));
  REQUIRE(fund_of(world, ledger::kFundSubsidy) == subsidy + 7 * kWal);
  REQUIRE(fund_of(world, ledger::kFundTreasury) == treasury + 5 * kWal);
  for (const auto& op : {add_subsidy(0), add_treasury(0)})
    REQUIRE(world.run("ann", op) == spec::BAD_AMOUNT);
  for (const auto& op : {add_subsidy(9000 * kWal), add_treasury(9000 * kWal)})
    REQUIRE(world.run("ann", op) == spec::INSUFFICIENT);
  REQUIRE(conserved(world));
}

TEST_CASE("laws: whatever owners do with their objects at random breaks none",
          "[ledger][laws][rule:A-30][rule:P-12][rule:L-3]") {
  Workload workload(11, Workload::Mix::kBuckets);
  workload.run(3000);
  for (const auto& sentence : workload.broken()) UNSCOPED_INFO(sentence);
  REQUIRE(workload.broken().empty());
  REQUIRE(workload.accepted() >= 1000);
  for (const auto code : {spec::MERGE_MISMATCH, spec::BAD_FIT, spec::SAME_TARGET, spec::SHARE_STATE,
                          spec::BUCKET_RIGHT, spec::NO_ATTRIBUTE}) {
    INFO(spec::Code_Name(code));
    REQUIRE(workload.codes().count(code) == 1);
  }
}
