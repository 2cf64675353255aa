// SPDX-License-Identifier: Apache-2.0
// Fees and penalties, M-5; ex-12, ex-14 to ex-17, ex-19.
#include "economics/penalties.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "tests/economics/pool_world.h"

using namespace wald::economics;
using namespace wald::economics::tests;

namespace {

const NodeId kNode = node_id(1);

// A pool at rate one: bond and delegated stake, commission in two escrow epochs and free.
Pool filled() {
  Pool pool;
  pool.vault = pool.active = pool.live = wal(110);
  pool.shares = Shares(wal(110).value());
  pool.old = pool.shares;
  pool.bond = Bond{ObjectId(), Shares(wal(10).value()), wal(10), Epoch(1), std::nullopt};
  pool.escrow = {{Epoch(3), wal(1)}, {Epoch(4), wal(2)}};
  pool.free = wal(4);
  return pool;
}

}  // namespace

TEST_CASE("the shift fee falls in a line to nothing at K", "[economics][rule:X-1]") {
  CHECK(shift_ppm(1, 100, 6) == Ppm::of(8333));
  CHECK(shift_ppm(2, 100, 6) == Ppm::of(6666));
  CHECK(shift_ppm(6, 100, 6) == Ppm());
  CHECK(shift_ppm(1, 1000, 32) == Ppm::of(96'875));
  CHECK(shift_fee(frost(1), Ppm::of(1)) == frost(1));
  CHECK(shift_fee(frost(kMaxAmount), Ppm::of(kPpm)) == frost(kMaxAmount));
  CHECK(direct_age(Epoch(7), Epoch(7)) == 1);
  CHECK(direct_age(Epoch(9), Epoch(7)) == 2);
}

TEST_CASE("ex-12: the bonus account is shared by old stake, the rest stays",
          "[economics][rule:X-2]") {
  const BonusShares shares = share_bonus(
      frost(12'345'678'901), {wal(5000), wal(3000), Amount(), frost(2000 * kFrostPerWal + 1)});
  CHECK(shares.bonus == std::vector<Amount>{frost(6'172'839'450), frost(3'703'703'670), Amount(),
                                            frost(2'469'135'780)});
  CHECK(shares.left == frost(1));
  CHECK(share_bonus(frost(5), {Amount(), Amount()}).left == frost(5));
  Pool pool = filled();
  CHECK(bonus_base(pool, false) == wal(110));
  CHECK(bonus_base(pool, true) == Amount());
}

TEST_CASE("ex-14: commission takes the first loss", "[economics][rule:X-3]") {
  CHECK(commission(frost(62'625'250'501'002), frost(60'388'589'679'358), Bps::of(1000)) ==
        frost(4'025'864'228'456));
  CHECK(commission(frost(100), frost(90), Bps::of(1000)) == Amount());
  CHECK(commission(frost(100), frost(100), Bps::of(10'000)) == frost(100));
  CHECK(commission(frost(99), frost(99), Bps::of(1)) == Amount());
}

TEST_CASE("a charge takes escrow, free commission, bond, pool in this order",
          "[economics][rule:X-5][rule:M-5]") {
  Pool pool = filled();
  Charge charge = take(pool, wal(2), wal(100), false).value();
  CHECK(charge.escrow == wal(2));
  CHECK(pool.escrow == std::map<Epoch, Amount>{{Epoch(4), wal(1)}});
  charge = take(pool, wal(8), wal(100), false).value();
  CHECK(charge.escrow == wal(1));
  CHECK(charge.free == wal(4));
  CHECK(charge.bond == wal(3));
  CHECK(charge.shares == Shares(wal(3).value()));
  CHECK(identities_hold(pool));
  charge = take(pool, wal(20), wal(5), false).value();
  CHECK(charge.bond == wal(7));
  CHECK(charge.closed.has_value());
  CHECK(charge.pool == wal(5));
  CHECK(charge.taken == wal(12));
  CHECK(pool.live == wal(100));
  CHECK(identities_hold(pool));
  charge = take(pool, wal(1000), wal(1000), false).value();
  CHECK(charge.taken == frost(95 * kFrostPerWal - 1));
  CHECK(pool.active == frost(1));
  CHECK(take(pool, wal(1), wal(1), false).value().taken == Amount());
}

TEST_CASE("cutting a bond never lowers the rate of the others", "[economics][rule:X-5]") {
  for (std::uint64_t cut = 1; cut < 60; ++cut) {
    Pool pool = filled();
    pool.escrow.clear();
    pool.free = Amount();
    pool.active = pool.vault = frost(wal(110).value() + 7);
    const Pool before = pool;
    REQUIRE(take(pool, frost(cut * 10'000'019), Amount(), false).ok());
    REQUIRE(product(pool.active.value(), 1) * before.shares.value() >=
            product(before.active.value(), 1) * pool.shares.value());
  }
}

TEST_CASE("ex-19: the bounty is a tenth of what is the operator's, and bounded for the rest",
          "[economics][rule:X-6]") {
  const Amount own = frost(2'505'010'020'040 + 5'000'000'000'000);
  CHECK(bounty(own, frost(11'282'565'130'260), wal(1), 7) == frost(757'501'002'004));
  CHECK(bounty(own, frost(11'282'565'130'260), wal(1), 0) == Amount());
  Pool pool;
  pool.vault = pool.active = pool.live = frost(112'825'651'302'600 + 5'000'000'000'000);
  pool.shares = pool.old = Shares(pool.active.value());
  pool.bond = Bond{ObjectId(), Shares(5'000'000'000'000), frost(5'000'000'000'000), Epoch(1), {}};
  pool.escrow[Epoch(1)] = frost(2'505'010'020'040);
  std::vector<AccountId> holders(6, account_id(9));
  holders.push_back(account_id(2));
  const Fine fine = take_fine(pool, frost(18'787'575'150'300), holders, wal(1), false).value();
  REQUIRE(fine.paid.size() == 2);
  CHECK(fine.paid[0].first == account_id(2));
  CHECK(fine.paid[0].second == frost(378'750'501'002));
  CHECK(fine.paid[1].second == frost(378'750'501'002));
  CHECK(fine.burned == frost(18'030'074'148'296));
  CHECK(fine.burned.value() + fine.bounty.value() == fine.charge.taken.value());
}

TEST_CASE("who reports himself gets back a tenth of his own and the deposits at most",
          "[economics][rule:X-6]") {
  wald::base::Prng prng(21);
  for (int round = 0; round < 5000; ++round) {
    const Amount own = frost(prng.next() >> (2 + prng.below(60)));
    const Amount part = frost(prng.next() >> (2 + prng.below(60)));
    const Amount deposit = frost(10'000'000 + prng.below(1'000'000'000'000));
    const std::uint64_t rounds = prng.below(257);
    const std::uint64_t back = bounty(own, part, deposit, rounds).value();
    REQUIRE(back <= own.value() / 10 + deposit.value() * rounds);
    REQUIRE(U128{back} * 10 <= U128{own.value()} + part.value());
  }
}

TEST_CASE("ex-15: a slash grows with the weight of the same offence", "[economics][rule:X-7]") {
  const auto bps = [](std::uint64_t base, std::uint16_t weight) {
    return slash_bps(Bps::of(base), Bps::of(100), Weight(weight), 1000).value();
  };
  CHECK(bps(1000, 50) == 150);
  CHECK(bps(500, 50) == 75);
  CHECK(bps(500, 10) == 15);
  CHECK(bps(500, 334) == 500);
  Pool pool = filled();
  const Slash done = slash(pool, Bps::of(150), false).value();
  CHECK(done.amount == frost(1'650'000'000));
  CHECK(done.charge.escrow == done.amount);
  CHECK(burn_commission(pool).value() == frost(5'350'000'000));
  CHECK(burn_commission(pool).value() == Amount());
}

TEST_CASE("ex-16: standing falls by a quarter, three low closes bar", "[economics][rule:X-8]") {
  Standing standing;
  CHECK_FALSE(update_standing(standing, Ppm()).barred);
  CHECK(standing.standing == Ppm::of(750'000));
  CHECK_FALSE(update_standing(standing, Ppm()).barred);
  CHECK(standing.standing == Ppm::of(562'500));
  CHECK_FALSE(update_standing(standing, Ppm()).barred);
  CHECK(standing == Standing{Ppm::of(421'875), 1});
  CHECK_FALSE(update_standing(standing, Ppm()).barred);
  CHECK(update_standing(standing, Ppm()).barred);
  CHECK(standing == Standing{Ppm::of(500'000), 0});
  standing.low_closes = 2;
  CHECK_FALSE(update_standing(standing, Ppm::of(kPpm)).barred);
  CHECK(standing.low_closes == 0);
  CHECK_FALSE(is_short(1, 100));
  CHECK(is_short(2, 199));
  CHECK_FALSE(is_short(0, 0));
}

TEST_CASE("ex-17: a declared loss pays for the repair, half comes back in time",
          "[economics][rule:X-9][rule:R-9]") {
  const Amount due = recovery(100'000, std::uint64_t{800} << 40, 1000, 2).value();
  CHECK(due == frost(167'772'200'000));
  CHECK(recovery(kMaxPrice, kMaxU64, 4, 12).error() == Refusal::kOverflow);
  CHECK(recovery(100'000, 0, 1000, 2).value() == Amount());
  Pool pool = filled();
  const Declared short_of = declare_loss(pool, due, false).value();
  CHECK(short_of.charge.taken == wal(17));
  CHECK_FALSE(short_of.excuses);
  CHECK(pool.active == wal(100));
  Pool rich = filled();
  CHECK(declare_loss(rich, wal(17), false).value().excuses);
  CHECK(declare_loss(rich, Amount(), false).value().excuses);
  const Freed back = free_earmark(frost(101), true, Amount(), frost(20));
  CHECK(back.into_escrow == frost(50));
  CHECK(back.into_fund == frost(20));
  CHECK(back.burned == frost(31));
  CHECK(free_earmark(frost(101), false, Amount(), frost(200)).into_fund == frost(101));
}

TEST_CASE("churning for the bonus never ends above sitting still", "[economics][rule:X-2]") {
  PoolWorld world(2);
  const Amount start = world.outside;
  const ObjectId old = world.stake(kNode, wal(500)).value();
  const ObjectId still = world.stake(node_id(2), wal(500)).value();
  for (int i = 0; i < 8; ++i) world.step();
  std::optional<ObjectId> churn = world.stake(kNode, wal(100)).value();
  for (int epoch = 0; epoch < 1000; ++epoch) {
    world.choose({kNode, node_id(2)});
    if (churn && world.seen(*churn).minted && !world.seen(*churn).leaving) {
      REQUIRE(world.request(*churn).ok());
    } else if (churn && world.seen(*churn).leaving &&
               world.seen(*churn).leaving->exit <= world.epoch) {
      const Amount back = world.withdraw_stake(*churn).value().paid;
      churn = world.stake(kNode, back).value();
    }
    world.step();
    if (epoch % 100 == 0) REQUIRE(world.broken() == "");
  }
  const Pool& mine = world.pool(1);
  const Pool& theirs = world.pool(2);
  CHECK(mine.vault < wal(600));
  CHECK(theirs.vault > wal(500));
  const U128 all = U128{world.outside.value()} + mine.vault.value() + theirs.vault.value();
  CHECK(all < start.value());
  CHECK(world.seen(old).principal == world.seen(still).principal);
}
