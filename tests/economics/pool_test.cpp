// SPDX-License-Identifier: Apache-2.0
// The vault of a pool through its epochs: examples ex-3 to ex-6, ex-13, ex-22 and the rules P-1 to
// P-10.
#include <catch2/catch.hpp>

#include "tests/economics/pool_world.h"

using namespace wald::economics;
using namespace wald::economics::tests;

namespace {

const NodeId kNode = node_id(1);
const NodeId kOther = node_id(2);

// No fee, no committee afterwards: what the examples of the vault assume.
PoolWorld plain(std::uint8_t nodes = 1) {
  PoolWorld world(nodes);
  world.params.shift_bps = 0;
  return world;
}

Due reward(Amount amount) { return {amount, amount, Amount(), {}}; }

}  // namespace

TEST_CASE("ex-3: three stakes share a reward, the odd FROST goes to the sink",
          "[economics][rule:P-5][rule:P-8]") {
  PoolWorld world = plain();
  std::vector<ObjectId> stakes;
  stakes.reserve(3);
  for (int i = 0; i < 3; ++i) stakes.push_back(world.stake(kNode, wal(1)).value());
  world.step();
  for (const ObjectId id : stakes) REQUIRE(world.request(id).value().exit == Epoch(2));
  const auto stepped = world.step({{kNode, reward(frost(100))}});
  const Claim& claim = *stepped.at(kNode).outcome->claim;
  CHECK(claim.rate == Rate{frost(3'000'000'100), Shares(3'000'000'000), Scale(0)});
  for (const ObjectId id : stakes) {
    CHECK(world.withdraw_stake(id).value().paid == frost(1'000'000'033));
  }
  CHECK(world.funds.repair == frost(1));
  CHECK(world.pool(1).vault == Amount());
  CHECK(world.broken() == "");
}

TEST_CASE("ex-4: who joins after a reward brings the old ones nothing and takes nothing",
          "[economics][rule:P-2][rule:P-5]") {
  PoolWorld world = plain();
  const ObjectId first = world.stake(kNode, wal(3)).value();
  world.step();
  const ObjectId second = [&] {
    world.step({{kNode, reward(wal(1))}});
    return world.stake(kNode, wal(1)).value();
  }();
  const auto stepped = world.step();
  CHECK(*stepped.at(kNode).outcome->mint->rate == Rate{wal(4), Shares(3'000'000'000), Scale(0)});
  CHECK(world.seen(second).minted->own == Shares(750'000'000));
  CHECK(world.pool(1).shares == Shares(3'750'000'000));
  CHECK(world.pool(1).active == wal(5));
  REQUIRE(world.request(second).ok());
  world.step();
  CHECK(world.withdraw_stake(second).value().paid == wal(1));
  CHECK(world.pool(1).shares == Shares(3'000'000'000));
  CHECK(world.pool(1).active == wal(4));
  CHECK(world.seen(first).minted->own == Shares(3'000'000'000));
  CHECK(world.broken() == "");
}

TEST_CASE("ex-5: a reward of many times the stake doubles the shares exactly",
          "[economics][rule:P-3][rule:P-5][rule:P-7]") {
  PoolWorld world = plain();
  const ObjectId first = world.stake(kNode, wal(1)).value();
  world.step();
  const ObjectId second = world.stake(kNode, wal(1)).value();
  const auto stepped = world.step({{kNode, reward(wal(5))}});
  CHECK(*stepped.at(kNode).outcome->mint->rate == Rate{wal(6), Shares(4'000'000'000), Scale(2)});
  CHECK(lift(world.seen(first).minted->own, Scale(0), Scale(2)).value() == Shares(4'000'000'000));
  CHECK(world.seen(second).minted->own == Shares(666'666'666));
  CHECK(world.pool(1).shares == Shares(4'666'666'666));
  CHECK(world.pool(1).active == wal(7));
  CHECK(world.broken() == "");
}

TEST_CASE("attack E1: a share price driven up before the first other stake costs it a millionth",
          "[economics][attack][rule:P-5][rule:P-7]") {
  for (const std::uint64_t price : {1u, 3u, 1'000u, 999'999u, 50'000'000u}) {
    PoolWorld world = plain();
    const ObjectId first = world.stake(kNode, wal(1)).value();
    world.step();
    world.step({{kNode, reward(wal(price))}});
    const ObjectId victim = world.stake(kNode, wal(1)).value();
    world.step();
    REQUIRE(world.request(victim).ok());
    world.step();
    const std::uint64_t paid = world.withdraw_stake(victim).value().paid.value();
    CHECK(paid <= wal(1).value());
    CHECK(wal(1).value() - paid <= 1'000);
    REQUIRE(world.request(first).ok());
    world.step();
    CHECK(world.withdraw_stake(first).value().paid <= wal(price + 1).plus(frost(1'000)).value());
    CHECK(world.broken() == "");
  }
}

TEST_CASE("ex-6: after a slash the rate is below one and who joins does not pay for it",
          "[economics][rule:P-5][rule:P-6]") {
  PoolWorld world = plain();
  const ObjectId first = world.stake(kNode, wal(1000)).value();
  world.step();
  const Charge charge = world.charge(kNode, wal(15), wal(15)).value();
  CHECK(charge.pool == wal(15));
  const ObjectId second = world.stake(kNode, wal(100)).value();
  world.step();
  CHECK(world.seen(second).minted->own == Shares(101'522'842'639));
  REQUIRE(world.request(first).ok());
  REQUIRE(world.request(second).ok());
  world.step();
  CHECK(world.withdraw_stake(first).value().paid == wal(985));
  CHECK(world.withdraw_stake(second).value().paid == frost(99'999'999'999));
  CHECK(world.funds.repair == frost(1));
  CHECK(world.broken() == "");
}

TEST_CASE("ex-13: the fee of an early exit, half burned, half for those who stay",
          "[economics][rule:X-1][rule:X-2][rule:X-6]") {
  PoolWorld world(1);
  const ObjectId leaver = world.stake(kNode, wal(1000)).value();
  REQUIRE(world.stake(kNode, wal(1000)).ok());
  world.step();
  world.step({{kNode, reward(frost(7'000'000'001))}});
  CHECK(world.request(leaver).value().fee == Ppm::of(6666));
  const auto stepped = world.step({{kNode, reward(wal(7))}});
  CHECK(stepped.at(kNode).outcome->shift_parts.burn == frost(3'356'331'000));
  CHECK(world.funds.bonus == frost(3'356'331'000));
  const Withdrawal done = world.withdraw_stake(leaver).value();
  CHECK(done.gross == frost(1'007'000'000'000));
  CHECK(done.fee == frost(6'712'662'000));
  CHECK(done.paid == frost(1'000'287'338'000));
  CHECK(world.broken() == "");
}

TEST_CASE("ex-22: a direct way pays the fee of its age, and so does a move",
          "[economics][rule:X-1][rule:P-9][rule:P-12]") {
  for (const bool moving : {false, true}) {
    PoolWorld world(2);
    const ObjectId stake = world.stake(kNode, wal(1000)).value();
    world.step();
    world.choose({kOther});
    world.step({{kNode, reward(wal(7))}});
    Withdrawal done;
    if (moving) {
      const Moved moved = world.move(stake, kOther).value();
      done = moved.withdrawal;
      CHECK(world.pool(2).pend.at(Epoch(3)) == frost(998'608'669'000));
      CHECK(world.withdraw_stake(moved.staked->id).value().paid == frost(998'608'669'000));
    } else {
      done = world.withdraw_stake(stake).value();
    }
    CHECK(done.gross == frost(1'007'000'000'000));
    CHECK(done.fee == frost(8'391'331'000));
    CHECK(done.paid == frost(998'608'669'000));
    CHECK(done.burned == frost(4'195'665'500));
    CHECK(world.funds.bonus == frost(4'195'665'500));
    CHECK(world.broken() == "");
  }
}

TEST_CASE("a reward meets those who leave now and not those who join now",
          "[economics][rule:R-1][rule:P-5]") {
  PoolWorld world = plain();
  const ObjectId leaver = world.stake(kNode, wal(10)).value();
  world.step();
  REQUIRE(world.request(leaver).ok());
  const ObjectId joiner = world.stake(kNode, wal(10)).value();
  world.step({{kNode, reward(wal(1))}});
  CHECK(world.withdraw_stake(leaver).value().paid == wal(11));
  REQUIRE(world.request(joiner).ok());
  world.step();
  CHECK(world.withdraw_stake(joiner).value().paid == wal(10));
}

TEST_CASE("a claim pays the same however late it comes", "[economics][rule:P-8]") {
  PoolWorld world = plain();
  const ObjectId early = world.stake(kNode, wal(10)).value();
  const ObjectId late = world.stake(kNode, wal(10)).value();
  REQUIRE(world.stake(kNode, wal(10)).ok());
  world.step();
  REQUIRE(world.request(early).ok());
  REQUIRE(world.request(late).ok());
  world.step({{kNode, reward(frost(1'000'001))}});
  const Amount first = world.withdraw_stake(early).value().paid;
  for (int i = 0; i < 5; ++i) world.step({{kNode, reward(wal(100))}});
  CHECK(world.withdraw_stake(late).value().paid == first);
  CHECK(world.broken() == "");
}

TEST_CASE("without stake at work a reward goes to the sink, and dust starts a new generation",
          "[economics][rule:P-5][rule:R-9]") {
  PoolWorld world = plain();
  world.step({{kNode, reward(wal(3))}});
  CHECK(world.funds.repair == wal(3));
  CHECK(world.pool(1).vault == Amount());
  const ObjectId stake = world.stake(kNode, wal(3)).value();
  world.step();
  world.step({{kNode, reward(wal(30))}});
  CHECK(world.pool(1).scale == Scale(3));
  REQUIRE(world.request(stake).ok());
  world.step();
  CHECK(world.pool(1).generation == 1);
  CHECK(world.pool(1).scale == Scale(0));
  CHECK(world.broken() == "");
}

TEST_CASE("a pool that lost more than half returns what would start",
          "[economics][rule:P-4][rule:P-5][rule:P-9]") {
  PoolWorld world = plain();
  REQUIRE(world.stake(kNode, wal(100)).ok());
  world.step();
  const ObjectId late = world.stake(kNode, wal(10)).value();
  REQUIRE(world.charge(kNode, wal(51), wal(51)).ok());
  CHECK(world.stake(kNode, wal(1)).error() == Refusal::kPoolImpaired);
  CHECK(weight_at(world.pool(1), Epoch(2), NodeView()) == wal(49));
  const auto stepped = world.step();
  CHECK_FALSE(stepped.at(kNode).outcome->mint->rate.has_value());
  CHECK(world.request(late).error() == Refusal::kUseDirectExit);
  CHECK(world.withdraw_stake(late).value().paid == wal(10));
  CHECK(world.broken() == "");
}

TEST_CASE(
    "value at a coming epoch: pending joins, exits and early leavers go, leaving counts nothing",
    "[economics][rule:P-10]") {
  PoolWorld world = plain();
  const ObjectId stays = world.stake(kNode, wal(10)).value();
  world.choose({kNode});
  const ObjectId early = world.stake(kNode, wal(4)).value();
  CHECK(world.request(early).error() == Refusal::kUseDirectExit);
  REQUIRE(world.request(stays).value().exit == Epoch(2));
  CHECK(weight_at(world.pool(1), Epoch(1), NodeView()) == wal(10));
  CHECK(weight_at(world.pool(1), Epoch(2), NodeView()) == wal(4));
  world.step();
  world.choose({kNode});
  CHECK(world.request(early).value().exit == Epoch(3));
  CHECK(weight_at(world.pool(1), Epoch(2), NodeView()) == wal(4));
  CHECK(weight_at(world.pool(1), Epoch(3), NodeView()) == Amount());
  for (const char flag : {'l', 'b', 'x'}) {
    NodeView node;
    node.leaving = flag == 'l';
    node.barred = flag == 'b';
    node.left = flag == 'x';
    CHECK(weight_at(world.pool(1), Epoch(2), node) == Amount());
  }
}

TEST_CASE("identities: every part of a pool is counted once", "[economics][rule:P-1]") {
  PoolWorld world = plain();
  REQUIRE(world.stake(kNode, wal(10)).ok());
  world.step();
  REQUIRE(world.stake(kNode, wal(5)).ok());
  const Pool good = world.pool(1);
  REQUIRE(identities_hold(good));
  Pool bad = good;
  bad.vault = wal(14);
  CHECK_FALSE(identities_hold(bad));
  bad = good;
  bad.old = Shares(1);
  CHECK_FALSE(identities_hold(bad));
  bad = good;
  bad.pre[Epoch(2)] = wal(6);
  CHECK_FALSE(identities_hold(bad));
  bad = good;
  bad.claimed = frost(1);
  CHECK_FALSE(identities_hold(bad));
}

TEST_CASE("a pool whose step refuses is set aside whole, the others go on",
          "[economics][rule:P-5]") {
  PoolWorld world = plain(2);
  REQUIRE(world.stake(kNode, wal(10)).ok());
  REQUIRE(world.stake(kOther, wal(10)).ok());
  world.step();
  std::map<NodeId, PoolTurn> turns;
  for (const NodeId id : {kNode, kOther}) {
    turns[id].pool = world.at(id).pool;
    turns[id].full = turns[id].reward = wal(1);
  }
  turns[kNode].pool.exits[Epoch(2)] = Exits{Shares(kMaxU64), {}, wal(1)};
  const Pool before = turns[kNode].pool;
  Funds funds = world.funds;
  const auto stepped = step_pools(funds, turns, Epoch(2), world.params).value();
  CHECK(stepped.at(kNode).quarantined.has_value());
  CHECK(stepped.at(kNode).set_aside == wal(1));
  CHECK(turns[kNode].pool == before);
  CHECK(turns[kOther].pool.active == wal(11));
}
