// SPDX-License-Identifier: Apache-2.0
// Ways in and out, split, merge, give, move, bond, commission rate: P-4, P-9, P-11, P-12 and their
// refusals.
#include "economics/stakes.h"

#include <catch2/catch.hpp>

#include "tests/economics/pool_world.h"

using namespace wald::economics;
using namespace wald::economics::tests;

namespace {

const NodeId kNode = node_id(1);
const NodeId kOther = node_id(2);

}  // namespace

TEST_CASE("a stake below the minimum or at a leaving node is refused, timing follows the selection",
          "[economics][rule:P-4]") {
  PoolWorld world(1);
  CHECK(world.stake(kNode, frost(999'999'999)).error() == Refusal::kStakeTooSmall);
  const ObjectId first = world.stake(kNode, wal(1)).value();
  CHECK(world.seen(first).activation == Epoch(1));
  world.choose({kNode});
  CHECK(world.seen(world.stake(kNode, wal(1)).value()).activation == Epoch(2));
  world.at(kNode).leaving = true;
  CHECK(world.stake(kNode, wal(1)).error() == Refusal::kNodeLeaving);
  Pool full;
  full.vault = full.active = full.live = Amount::of(kMaxAmount);
  full.shares = full.old = Shares(kMaxAmount);
  CHECK(accept_stake(full, {ObjectId(), wal(1), false}, Moment{}, NodeView{}, Params{}).error() ==
        Refusal::kOverflow);
}

TEST_CASE("ways out: each row of the table", "[economics][rule:P-9]") {
  const auto path = [](StakeState state, std::uint32_t activation, bool cur, bool next) {
    return exit_path({state, Epoch(10), Epoch(activation), cur, next, false}, 100, 6);
  };
  using S = StakeState;
  CHECK(path(S::kPending, 11, true, true).value() == Leaving{Epoch(12), Ppm::of(8333)});
  CHECK(path(S::kPending, 12, true, true).error() == Refusal::kUseDirectExit);
  CHECK(path(S::kPending, 11, true, false).error() == Refusal::kUseDirectExit);
  CHECK(path(S::kActive, 9, false, true).value() == Leaving{Epoch(12), Ppm::of(5000)});
  CHECK(path(S::kActive, 9, true, false).value() == Leaving{Epoch(11), Ppm::of(6666)});
  CHECK(path(S::kActive, 9, false, false).error() == Refusal::kUseDirectExit);
  CHECK(path(S::kReturned, 9, true, true).error() == Refusal::kUseDirectExit);
  CHECK(path(S::kBond, 9, false, false).value() == Leaving{Epoch(12), Ppm::of(5000)});
  CHECK(path(S::kBond, 9, true, false).value().exit == Epoch(13));
  CHECK(path(S::kBond, 9, true, true).value().exit == Epoch(14));
  CHECK(exit_path({S::kActive, Epoch(10), Epoch(9), true, true, true}, 100, 6).error() ==
        Refusal::kAlreadyLeaving);
}

TEST_CASE(
    "a request cannot be repeated, a claim not before its epoch, a way out not without request",
    "[economics][rule:P-8][rule:P-9]") {
  PoolWorld world(1);
  const ObjectId stake = world.stake(kNode, wal(5)).value();
  world.step();
  CHECK(world.withdraw_stake(stake).error() == Refusal::kExitNotRequested);
  REQUIRE(world.request(stake).ok());
  CHECK(world.request(stake).error() == Refusal::kAlreadyLeaving);
  CHECK(world.withdraw_stake(stake).error() == Refusal::kStakeNotMature);
  CHECK(world.move(stake, kNode).error() == Refusal::kSameNode);
  world.step();
  CHECK(world.withdraw_stake(stake).ok());
}

TEST_CASE("split and merge keep every share, and refuse what does not fit together",
          "[economics][rule:P-12]") {
  PoolWorld world(2);
  const ObjectId stake = world.stake(kNode, wal(10)).value();
  const ObjectId pending = world.split(stake, wal(4)).value();
  CHECK(world.split(stake, frost(5'500'000'001)).error() == Refusal::kStakeTooSmall);
  CHECK(world.split(stake, wal(7)).error() == Refusal::kStakeTooSmall);
  REQUIRE(world.merge(stake, pending).ok());
  CHECK(world.merge(stake, stake).error() == Refusal::kMergeMismatch);
  world.step();
  world.step({{kNode, {wal(1), wal(1), Amount(), {}}}});
  const Shares before = world.seen(stake).minted->own;
  const ObjectId part = world.split(stake, frost(3'333'333'333)).value();
  CHECK(world.seen(stake).minted->own.plus(world.seen(part).minted->own).value() == before);
  const ObjectId elsewhere = world.stake(kOther, wal(2)).value();
  CHECK(world.merge(stake, elsewhere).error() == Refusal::kMergeMismatch);
  const ObjectId younger = world.stake(kNode, wal(2)).value();
  CHECK(world.merge(stake, younger).error() == Refusal::kMergeMismatch);
  REQUIRE(world.give(part, 7).ok());
  CHECK(world.merge(stake, part).error() == Refusal::kMergeMismatch);
  REQUIRE(world.give(part, 1).ok());
  REQUIRE(world.request(part).ok());
  CHECK(world.merge(stake, part).error() == Refusal::kMergeMismatch);
  CHECK(world.broken() == "");
}

TEST_CASE("stakes of different age merge once both are full", "[economics][rule:P-12]") {
  PoolWorld world(1);
  world.params.shift_epochs = 2;
  const ObjectId first = world.stake(kNode, wal(2)).value();
  world.step();
  const ObjectId second = world.stake(kNode, wal(3)).value();
  world.step();
  world.step();
  CHECK(world.merge(first, second).error() == Refusal::kMergeMismatch);
  world.step({{kNode, {wal(50), wal(50), Amount(), {}}}});
  REQUIRE(world.merge(first, second).ok());
  CHECK(world.seen(first).activation == Epoch(2));
  CHECK(world.seen(first).principal == wal(5));
  CHECK(world.broken() == "");
}

TEST_CASE("move: direct in one step, by request otherwise, refused whole",
          "[economics][rule:P-12]") {
  PoolWorld world(2);
  const ObjectId stake = world.stake(kNode, wal(10)).value();
  world.at(kOther).leaving = true;
  const Pool before = world.pool(1);
  CHECK(world.move(stake, kOther).error() == Refusal::kNodeLeaving);
  CHECK(world.pool(1) == before);
  world.at(kOther).leaving = false;
  const Moved moved = world.move(stake, kOther).value();
  CHECK(moved.staked->principal == wal(10));
  CHECK(moved.staked->node == kOther);
  world.step();
  const Moved asked = world.move(moved.staked->id, kNode).value();
  CHECK(asked.requested.has_value());
  CHECK(world.move(moved.staked->id, kNode).error() == Refusal::kAlreadyLeaving);
  CHECK(world.broken() == "");
}

TEST_CASE("bond: whole, one at a time, two epochs later than others", "[economics][rule:P-12]") {
  PoolWorld world(2);
  const ObjectId bond = world.stake(kNode, wal(10), true).value();
  CHECK(world.stake(kNode, wal(1), true).error() == Refusal::kBondLeaving);
  CHECK(world.split(bond, wal(2)).error() == Refusal::kBondFixed);
  world.choose({kNode});
  CHECK(world.request(bond).error() == Refusal::kBondFixed);
  world.step();
  CHECK(world.split(bond, wal(2)).error() == Refusal::kBondFixed);
  CHECK(world.give(bond, 3).error() == Refusal::kBondFixed);
  CHECK(world.move(bond, kOther).error() == Refusal::kBondFixed);
  const ObjectId plain = world.stake(kNode, wal(2)).value();
  CHECK(world.merge(bond, plain).error() == Refusal::kBondFixed);
  const ObjectId topup = world.stake(kNode, wal(5), true).value();
  CHECK(world.request(bond).error() == Refusal::kBondLeaving);
  world.step();
  CHECK_FALSE(world.has(topup));
  CHECK(world.seen(bond).principal == wal(15));
  CHECK(world.seen(bond).activation == Epoch(2));
  const Leaving leaving = world.request(bond).value();
  CHECK(leaving.exit == Epoch(5));
  CHECK(world.stake(kNode, wal(5), true).error() == Refusal::kBondLeaving);
  CHECK(world.withdraw_stake(bond).error() == Refusal::kStakeNotMature);
  for (int i = 0; i < 3; ++i) world.step();
  CHECK(world.withdraw_stake(bond).value().gross == wal(15));
  CHECK(world.broken() == "");
}

TEST_CASE("left for good: the bond is taken as asked for, the rest stands still with direct ways",
          "[economics][rule:P-5][rule:P-12]") {
  PoolWorld world(2);
  const ObjectId bond = world.stake(kNode, wal(10), true).value();
  const ObjectId active = world.stake(kNode, wal(5)).value();
  world.step();
  world.choose({kOther});
  world.step();
  const ObjectId pending = world.stake(kNode, wal(3)).value();
  const Left left = world.leave_for_good(kNode).value();
  CHECK(left.bond->exit == Epoch(4));
  CHECK(world.stake(kNode, wal(1)).error() == Refusal::kNodeLeaving);
  world.step();
  world.step();
  CHECK(world.withdraw_stake(bond).ok());
  CHECK(stands_still(world.pool(1), true));
  world.step();
  CHECK(world.withdraw_stake(pending).value().paid == wal(3));
  const Withdrawal done = world.withdraw_stake(active).value();
  CHECK(done.way == Withdrawal::Way::kDirect);
  CHECK(done.gross == wal(5));
  CHECK(world.pool(1).vault == Amount());
  CHECK(world.broken() == "");
}

TEST_CASE("commission rate: announced two epochs ahead, rises bounded, falls free, the last wins",
          "[economics][rule:P-11]") {
  Pool pool;
  pool.rate = Bps::of(1000);
  CHECK(announce_rate(pool, 10'001, Epoch(5), 500).error() == Refusal::kRateTooHigh);
  CHECK(announce_rate(pool, 1501, Epoch(5), 500).error() == Refusal::kRateStep);
  CHECK(announce_rate(pool, 1500, Epoch(5), 500).value() == Epoch(7));
  CHECK(announce_rate(pool, 0, Epoch(5), 500).value() == Epoch(7));
  CHECK(pool.scheduled == std::map<Epoch, Bps>{{Epoch(7), Bps::of(0)}});
  CHECK(announce_rate(pool, 501, Epoch(6), 500).error() == Refusal::kRateStep);
  CHECK(announce_rate(pool, 500, Epoch(6), 500).value() == Epoch(8));
}

TEST_CASE("an announced rate cuts the rewards of its own epoch first",
          "[economics][rule:P-11][rule:X-4]") {
  PoolWorld world(1);
  REQUIRE(world.stake(kNode, wal(10)).ok());
  REQUIRE(announce_rate(world.pool(1), 500, world.epoch, 500).value() == Epoch(2));
  world.step();
  const Due due{wal(1), wal(1), Amount(), {}};
  CHECK(world.step({{kNode, due}}).at(kNode).outcome->commission == Amount());
  CHECK(world.step({{kNode, due}}).at(kNode).outcome->commission == frost(50'000'000));
  CHECK(world.pool(1).escrow.at(Epoch(2)) == frost(50'000'000));
  CHECK(collect(world.pool(1)) == Amount());
  world.step();
  CHECK(world.pool(1).free == Amount());
  world.step();
  CHECK(world.pool(1).free == frost(50'000'000));
}
