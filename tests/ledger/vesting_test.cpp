// SPDX-License-Identifier: Apache-2.0
// WAL locked for a beneficiary: what is free when, and how it goes behind a node and comes back.
#include <catch2/catch.hpp>

#include "ledger/queries.h"
#include "ledger/vesting.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/workload.h"

using namespace wald;
using namespace wald::tests;

namespace {

const base::ObjectId kNowhere = base::ObjectId::from(base::Bytes(32, 9));

World vesting_world() {
  return World(
      network({4000, 3000, 2000, 1500, 600}, {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}}));
}
ledger::VestingRecord vesting_at(const World& world, const base::ObjectId& id) {
  return ledger::must_load(world.view(), ledger::kVestings, id);
}
std::uint64_t fee(const World& world) { return world.last().receipts.at(0).fee; }
// Locked by ann for bob, far from free.
base::ObjectId locked(World& world, std::uint64_t amount) {
  const std::uint64_t now = world.time().value();
  const ScheduleOf slow{now, now, now + 1'000'000'000, 10};
  REQUIRE(world.run("ann", create_vesting("bob", amount, slow)) == spec::OK);
  return made_vesting(world);
}
base::ObjectId staked(World& world, const std::string& node, std::uint64_t amount,
                      const base::ObjectId& vesting) {
  REQUIRE(world.run("bob", delegate_vested(node, amount, vesting)) == spec::OK);
  return made_stake(world);
}

}  // namespace

TEST_CASE("vesting: nothing before the cliff, then whole steps, then all",
          "[ledger][vesting][rule:T-3]") {
  ledger::VestingRecord record;
  record.total = ledger::Noted(ledger::Amount::of(100));
  record.start = base::TimeMs(1000);
  record.cliff = base::TimeMs(1500);
  record.end = base::TimeMs(2000);
  record.steps = 3;
  const auto free = [&](std::uint64_t at) {
    return ledger::free_at(record, base::TimeMs(at)).value();
  };
  REQUIRE(free(0) == 0);
  REQUIRE(free(1499) == 0);
  REQUIRE(free(1500) == 33);  // one of three steps has passed
  REQUIRE(free(1666) == 33);
  REQUIRE(free(1667) == 66);
  REQUIRE(free(1999) == 66);
  REQUIRE(free(2000) == 100);
  REQUIRE(free(UINT64_MAX) == 100);
  record.total = ledger::Noted(ledger::Amount::of(economics::kMaxAmount));
  record.end = base::TimeMs(UINT64_MAX);
  record.steps = UINT32_MAX;
  REQUIRE(free(UINT64_MAX - 1) < economics::kMaxAmount);
  REQUIRE(free(UINT64_MAX) == economics::kMaxAmount);
}

TEST_CASE("create_vesting, release_vested: step by step to the beneficiary, and the record ends",
          "[ledger][tx][rule:T-3][rule:U-9]") {
  World world = vesting_world();
  const std::uint64_t now = world.time().value();
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", create_vesting("bob", 9 * kWal + 1, {now, now + 5000, now + 9000, 3})) ==
          spec::OK);
  REQUIRE(world.balance("ann") == before - 9 * kWal - 1 - fee(world));
  const auto id = made_vesting(world);
  REQUIRE(vesting_at(world, id).locked.amount().value() == 9 * kWal + 1);
  REQUIRE(ledger::queries::vestings_of(world.view(), account_of("bob")).size() == 1);
  REQUIRE(ledger::queries::account(world.view(), account_of("bob"))->vestings() == 1);
  REQUIRE(world.run("bob", release_vested(id)) == spec::NOT_VESTED);
  REQUIRE(world.run("ann", release_vested(id)) == spec::NOT_OWNER);  // it is not revocable
  REQUIRE(world.run("bob", release_vested(kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("bob", give(id, "ann")) == spec::UNKNOWN_OBJECT);  // nor can it be given
  while (world.time().value() < now + 5000) world.block(500);
  const std::uint64_t mine = world.balance("bob");
  REQUIRE(ledger::queries::vesting(world.view(), id)->releasable() == 3 * kWal);
  REQUIRE(world.run("bob", release_vested(id)) == spec::OK);  // a second later: two steps
  REQUIRE(world.balance("bob") == mine + 6 * kWal - fee(world));
  REQUIRE_FALSE(events_of<spec::TokenVestingReleased>(world.last()).at(0).ended());
  REQUIRE(world.run("bob", release_vested(id)) == spec::NOT_VESTED);
  while (world.time().value() < now + 9000) world.block(500);
  REQUIRE(world.run("bob", release_vested(id)) == spec::OK);
  REQUIRE(events_of<spec::TokenVestingReleased>(world.last()).at(0).amount() == 3 * kWal + 1);
  REQUIRE(events_of<spec::TokenVestingReleased>(world.last()).at(0).ended());
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kVestings, id));
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kOwned, account_of("bob"), id));
  REQUIRE(conserved(world));
}

TEST_CASE("create_vesting: refusals", "[ledger][tx][rule:T-3]") {
  World world = vesting_world();
  const std::uint64_t now = world.time().value();
  const ScheduleOf good{now, now + 10, now + 20, 2};
  REQUIRE(world.run("ann", create_vesting("bob", 0, good)) == spec::BAD_AMOUNT);
  for (const ScheduleOf& bad :
       {ScheduleOf{now, now, now, 1}, ScheduleOf{now + 1, now, now + 5, 1},
        ScheduleOf{now, now + 6, now + 5, 1}, ScheduleOf{now, now, now + 5, 0},
        ScheduleOf{now + 5, now + 5, now, 1}})
    REQUIRE(world.run("ann", create_vesting("bob", kWal, bad)) == spec::BAD_SCHEDULE);
  REQUIRE(world.run("ann", create_vesting("bob", 9000 * kWal, good)) == spec::INSUFFICIENT);
  REQUIRE(world.run("ann", create_vesting("bob", kWal, good)) == spec::OK);
}

TEST_CASE("delegate_stake: locked WAL works, and what comes back is locked again, but for gain",
          "[ledger][tx][rule:T-3][rule:N-9]") {
  World world = vesting_world();
  const auto id = locked(world, 100 * kWal);
  const std::uint64_t before = world.balance("bob");
  const auto stake = staked(world, "n1", 60 * kWal, id);
  REQUIRE(world.balance("bob") == before - fee(world));
  REQUIRE(vesting_at(world, id).locked.amount().value() == 40 * kWal);
  REQUIRE(vesting_at(world, id).staked.amount().value() == 60 * kWal);
  REQUIRE(ledger::queries::stake(world.view(), stake)->vesting() == ledger::text_of(id));
  fill_slot(world, base::Epoch(2), 3'000 * kWal, 1 << 30);
  turn_epoch(world);
  for (const std::string node : {"n1", "n2", "n3", "n4"})
    world.run_raw(world.bare(attest_sync(node, world.chain(), world.epoch())));
  REQUIRE(world.run("bob", split_stake(stake, 10 * kWal)) == spec::OK);
  const auto part =
      base::ObjectId::from(base::as_bytes(events_of<spec::StakeSplit>(world.last()).at(0).part()));
  turn_epoch(world);
  REQUIRE(world.run("bob", request_exit(stake)) == spec::OK);
  const std::uint32_t exit = events_of<spec::StakeExitRequested>(world.last()).at(0).exit();
  while (world.epoch().value() < exit) turn_epoch(world);
  const std::uint64_t mine = world.balance("bob");
  REQUIRE(world.run("bob", withdraw({stake})) == spec::OK);
  const auto paid = events_of<spec::StakeWithdrawn>(world.last()).at(0);
  REQUIRE(paid.vesting() == ledger::text_of(id));
  REQUIRE(paid.gain() > paid.fee());
  REQUIRE(paid.refilled() == 50 * kWal);
  REQUIRE(world.balance("bob") == mine + paid.gain() - paid.fee() - fee(world));
  REQUIRE(vesting_at(world, id).locked.amount().value() == 90 * kWal);
  REQUIRE(vesting_at(world, id).staked.amount().value() == 10 * kWal);
  REQUIRE(ledger::must_load(world.view(), ledger::kStakes, part).vesting == id);
  REQUIRE(conserved(world));
}

TEST_CASE("delegate_stake: refusals of locked WAL", "[ledger][tx][rule:T-3]") {
  World world = vesting_world();
  const auto id = locked(world, 100 * kWal);
  REQUIRE(world.run("bob", delegate_vested("n1", 10 * kWal, kNowhere)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("ann", delegate_vested("n1", 10 * kWal, id)) == spec::NOT_OWNER);
  REQUIRE(world.run("bob", delegate_vested("n9", 10 * kWal, id)) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("bob", delegate_vested("n1", kWal - 1, id)) == spec::STAKE_TOO_SMALL);
  REQUIRE(world.run("bob", delegate_vested("n1", 100 * kWal + 1, id)) == spec::NOT_VESTED);
  auto bond = delegate_vested("n1", 10 * kWal, id);
  bond.mutable_delegate_stake()->set_bond(true);
  REQUIRE(world.run("n1", bond) == spec::MALFORMED);
  REQUIRE(world.run("bob", delegate_vested("n1", 100 * kWal, id)) == spec::OK);
  REQUIRE(world.run("bob", delegate_vested("n1", kWal, id)) == spec::NOT_VESTED);
  // What is free but works is paid when it is back.
  REQUIRE(vesting_at(world, id).locked.is_zero());
  REQUIRE(conserved(world));
}

TEST_CASE("vested stake: neither given nor merged outside its vesting, but moved and split",
          "[ledger][tx][rule:T-3][rule:P-12]") {
  World world = vesting_world();
  const auto id = locked(world, 100 * kWal);
  const auto other = locked(world, 100 * kWal);
  const auto stake = staked(world, "n5", 20 * kWal, id);
  const auto same = staked(world, "n5", 10 * kWal, id);
  const auto foreign = staked(world, "n5", 10 * kWal, other);
  REQUIRE(world.run("bob", delegate("n5", 10 * kWal)) == spec::OK);
  const auto free = made_stake(world);
  REQUIRE(world.run("bob", give(stake, "ann")) == spec::BOND_FIXED);
  REQUIRE(world.run("bob", merge_stakes(stake, free)) == spec::BOND_FIXED);
  REQUIRE(world.run("bob", merge_stakes(free, stake)) == spec::BOND_FIXED);
  REQUIRE(world.run("bob", merge_stakes(stake, foreign)) == spec::BOND_FIXED);
  REQUIRE(world.run("bob", merge_stakes(stake, same)) == spec::OK);
  REQUIRE(world.run("bob", move_stake(stake, "n1")) == spec::OK);
  const auto moved = base::ObjectId::from(
      base::as_bytes(events_of<spec::StakeMoved>(world.last()).at(0).staked()));
  REQUIRE(ledger::must_load(world.view(), ledger::kStakes, moved).vesting == id);
  REQUIRE(vesting_at(world, id).staked.amount().value() == 30 * kWal);

  // A stake that worked in a node without a seat pays the fee of its age: it comes back smaller,
  // and the vesting waits for no more than that.
  turn_epoch(world);
  turn_epoch(world);
  REQUIRE(world.run("bob", move_stake(foreign, "n1")) == spec::OK);
  const auto paid = events_of<spec::StakeMoved>(world.last()).at(0);
  REQUIRE(paid.fee() > 0);
  REQUIRE(vesting_at(world, other).staked.amount().value() == 10 * kWal - paid.fee());
  REQUIRE(vesting_at(world, other).locked.amount().value() == 90 * kWal);
  REQUIRE(conserved(world));
}

TEST_CASE("laws: keys changed, WAL locked, staked and freed at random break none",
          "[ledger][laws][rule:A-30][rule:T-3][rule:U-2]") {
  Workload workload(12, Workload::Mix::kRights);
  workload.run(3000);
  for (const auto& sentence : workload.broken()) UNSCOPED_INFO(sentence);
  REQUIRE(workload.broken().empty());
  REQUIRE(workload.accepted() >= 1000);
  for (const auto code : {spec::NOT_VESTED, spec::BAD_SCHEDULE, spec::BAD_SIGNATURE,
                          spec::KEYS_NOT_AUTHORISED, spec::KEY_TAKEN}) {
    INFO(spec::Code_Name(code));
    REQUIRE(workload.codes().count(code) == 1);
  }
}
