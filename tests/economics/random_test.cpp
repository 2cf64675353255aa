// SPDX-License-Identifier: Apache-2.0
// Random histories of several pools: after each operation the identities, coverage of every claim,
// sum own <= S, and all money in one place; and no way out is cheaper than the fee of its age.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "codec/base/prng.h"
#include "tests/economics/pool_world.h"
#include "tests/support/canary.h"

using namespace wald::economics;
using namespace wald::economics::tests;
using wald::base::Prng;

namespace {

constexpr std::uint8_t kNodes = 3;
constexpr std::uint64_t kLeastShares = 1'000'000;

// Amounts of all sizes from 1 WAL to 10^6 WAL.
Amount some_stake(Prng& prng) {
  const std::uint64_t top = std::uint64_t{1} << prng.below(21);
  return Amount::of(kFrostPerWal + prng.below(top * kFrostPerWal));
}

// Of all sizes below the least stake.
Amount too_little(Prng& prng) {
  return Amount::of(prng.below(std::min(std::uint64_t{1} << prng.below(31), kFrostPerWal)));
}

// Histories of 500 operations: a million in all, fewer where each takes its time, more by request.
std::uint64_t histories() {
  if (const char* asked = std::getenv("WALD_HISTORIES")) return std::stoull(asked);
#ifdef WALD_CANARY
  return 60;
#else
  return 2'000;
#endif
}

class Player {
 public:
  explicit Player(std::uint64_t seed) : prng_(seed), world_(kNodes) {
    world_.params.shift_epochs = 1 + prng_.below(4);
    world_.params.shift_bps = prng_.below(3) == 0 ? 0 : prng_.below(1001);
    world_.params.fund_cap = prng_.below(2) == 0 ? 0 : 5'000'000'000;
  }

  // Nothing, or the first law that was broken.
  std::string play(int operations) {
    for (int i = 0; i < operations; ++i) {
      const std::uint64_t kind = prng_.below(100);
      if (kind < 22) {
        stake();
      } else if (kind < 40) {
        step();
      } else {
        one_stake(kind);
      }
      const std::string law = breach();
      if (!law.empty())
        return "operation " + std::to_string(i) + " of kind " + std::to_string(kind) + ": " + law;
    }
    return "";
  }

  std::uint64_t withdrawals() const { return withdrawals_; }
  std::uint16_t highest_scale() const { return highest_scale_; }

 private:
  std::string breach() const {
    if (std::string law = world_.broken(); !law.empty()) return law;
    for (const auto& [id, stake] : world_.stakes()) {
      const Stake seen = world_.seen(id);
      if (seen.minted && !seen.bond && seen.minted->own.value() < kLeastShares)
        return "a live stake has " + std::to_string(seen.minted->own.value()) + " shares";
    }
    return "";
  }

  NodeId some_node() { return node_id(static_cast<std::uint8_t>(1 + prng_.below(kNodes))); }

  void stake() {
    const bool bond = prng_.below(5) == 0;
    const auto owner = static_cast<std::uint8_t>(1 + prng_.below(2));
    const NodeId node = some_node();
    const Amount amount = prng_.below(8) == 0 ? too_little(prng_) : some_stake(prng_);
    const auto done = world_.stake(node, amount, bond, owner);
    if (!done.ok()) REQUIRE(done.error() != Refusal::kOverflow);
  }

  void choose() {
    std::set<NodeId> members;
    for (std::uint8_t i = 1; i <= kNodes; ++i) {
      const bool may_sit = !world_.at(node_id(i)).leaving;
      if (may_sit && prng_.below(4) != 0) members.insert(node_id(i));
    }
    world_.choose(members);
  }

  // Rewards from nothing to a million times the stake, so that scales move far.
  void step() {
    std::map<NodeId, Due> dues;
    for (std::uint8_t i = 1; i <= kNodes; ++i) {
      if (world_.at(node_id(i)).left || prng_.below(3) == 0) continue;
      const std::uint64_t live = world_.pool(i).live.value();
      const std::uint64_t room = world_.outside.value() / 1000;
      const std::uint64_t factor = prng_.below(8) == 0 ? 1'000'000 : 2;
      const U128 most = product(live, factor);
      const std::uint64_t top = most > room ? room : static_cast<std::uint64_t>(most);
      Due due;
      due.full = Amount::of(prng_.below(top + 1));
      due.reward = Amount::of(prng_.below(due.full.value() + 1));
      if (prng_.below(4) == 0) {
        due.fine = Amount::of(prng_.below(live + 2));
        due.holders = {account_id(3), account_id(3), account_id(2)};
      }
      dues[node_id(i)] = due;
    }
    world_.step(dues);
    for (std::uint8_t i = 1; i <= kNodes; ++i) {
      highest_scale_ = std::max(highest_scale_, world_.pool(i).scale.value());
      Pool& pool = world_.pool(i);
      world_.outside = world_.outside.plus(collect(pool)).value();
    }
    if (prng_.below(4) != 0) choose();
  }

  ObjectId some_id() {
    auto at = world_.stakes().begin();
    std::advance(at, static_cast<std::ptrdiff_t>(prng_.below(world_.stakes().size())));
    return at->first;
  }

  void one_stake(std::uint64_t kind) {
    if (kind >= 94) {
      punish(kind);
      return;
    }
    if (world_.stakes().empty()) return;
    const ObjectId id = some_id();
    if (kind < 55) {
      const auto done = world_.request(id);
      if (done.ok()) REQUIRE(done->exit > world_.epoch);
    } else if (kind < 75) {
      withdraw(id);
    } else if (kind < 80) {
      const std::uint64_t principal = world_.seen(id).principal.value();
      (void)world_.split(id, Amount::of(prng_.below(principal + 1))).ok();
    } else if (kind < 86) {
      (void)world_.merge(id, some_id()).ok();
    } else if (kind < 88) {
      (void)world_.give(id, static_cast<std::uint8_t>(1 + prng_.below(2))).ok();
    } else {
      move(id);
    }
  }

  // who worked and is younger than K pays for his age, whatever the way.
  void check_fee(const Stake& before, bool worked, const Withdrawal& done) {
    REQUIRE(done.paid.value() + done.fee.value() == done.gross.value());
    if (!worked) {
      REQUIRE(done.fee.is_zero());
      return;
    }
    const std::uint64_t age =
        done.way == Withdrawal::Way::kClaim
            ? std::uint64_t{before.leaving->exit.value()} - before.activation.value()
            : direct_age(world_.epoch, before.activation);
    const Ppm least = shift_ppm(age, world_.params.shift_bps, world_.params.shift_epochs);
    REQUIRE(done.fee == shift_fee(done.gross, least));
  }

  void withdraw(ObjectId id) {
    const Stake before = world_.seen(id);
    const auto done = world_.withdraw_stake(id);
    if (!done.ok()) return;
    ++withdrawals_;
    check_fee(before, before.minted.has_value(), done.value());
  }

  void move(ObjectId id) {
    const Stake before = world_.seen(id);
    const auto done = world_.move(id, some_node());
    if (done.ok() && done->staked) {
      check_fee(before, before.minted.has_value(), done->withdrawal);
    }
  }

  void punish(std::uint64_t kind) {
    const NodeId id = some_node();
    PoolWorld::Node& node = world_.at(id);
    if (kind == 94 && prng_.below(12) == 0) {
      const NodeView view = world_.view(id);
      if (!node.left && !view.in_current && !view.in_next && node.pool.escrow.empty()) {
        REQUIRE(world_.leave_for_good(id).ok());
      }
      node.leaving = true;
      return;
    }
    const std::uint64_t w = node.pool.active.value();
    const std::uint64_t x = prng_.below(w / (prng_.below(3) == 0 ? 1 : 10) + 1);
    REQUIRE(world_.charge(id, Amount::of(x), Amount::of(prng_.below(x + 1))).ok());
  }

  Prng prng_;
  PoolWorld world_;
  std::uint64_t withdrawals_ = 0;
  std::uint16_t highest_scale_ = 0;
};

// A stake keeps the shares of the rate of its epoch; or which does not.
std::string rate_breach(int rounds) {
  Prng prng(23);
  for (int round = 0; round < rounds; ++round) {
    PoolWorld world(1);
    const NodeId node = node_id(1);
    REQUIRE(world.stake(node, some_stake(prng)).ok());
    world.step();
    std::map<ObjectId, Rate> rates;  // that stood when they were minted
    for (int epoch = 0; epoch < 8; ++epoch) {
      const ObjectId id = world.stake(node, some_stake(prng)).value();
      const Amount gain = Amount::of(prng.below(std::uint64_t{1} << prng.below(45)));
      world.step({{node, {gain, gain, Amount(), {}}}});
      rates[id] = world.mint_of(world.seen(id)).value().rate.value();
      REQUIRE(rates[id].s.value() > 0);
    }
    for (const auto& [id, rate] : rates) {
      const Stake seen = world.seen(id);
      REQUIRE(world.mint_of(seen)->rate == rate);
      const Shares due = to_shares(seen.principal, rate).value();
      if (*seen.minted != Minted{due, rate.scale})
        return std::to_string(seen.minted->own.value()) + " shares where the rate of its epoch " +
               "gives " + std::to_string(due.value());
    }
  }
  return "";
}

// What is staked comes back but for two FROST; or what came of it.
std::string return_breach(int rounds) {
  Prng prng(17);
  for (int round = 0; round < rounds; ++round) {
    PoolWorld world(1);
    world.params.shift_bps = 0;
    const NodeId node = node_id(1);
    REQUIRE(world.stake(node, some_stake(prng)).ok());
    world.step();
    const Amount gain = Amount::of(prng.below(std::uint64_t{1} << prng.below(50)));
    world.step({{node, {gain, gain, Amount(), {}}}});
    const Amount amount = some_stake(prng);
    const ObjectId id = world.stake(node, amount).value();
    world.step();
    REQUIRE(world.request(id).ok());
    world.step();
    const Amount paid = world.withdraw_stake(id).value().paid;
    if (paid > amount || paid.value() + 2 < amount.value())
      return std::to_string(amount.value()) + " FROST came back as " + std::to_string(paid.value());
  }
  return "";
}

}  // namespace

TEST_CASE("random histories: identities, coverage and conservation hold after every operation",
          "[economics][rule:P-1][rule:P-6][rule:P-7][rule:M-5][rule:I10]") {
  std::uint64_t withdrawals = 0;
  std::uint16_t highest = 0;
  const std::uint64_t seeds = histories();
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    Player player(seed);
    INFO("seed " << seed);
    REQUIRE(player.play(500) == "");
    withdrawals += player.withdrawals();
    highest = std::max(highest, player.highest_scale());
  }
  CHECK(withdrawals > 1000);
  CHECK(highest > 30);
}

TEST_CASE("a stake has the shares of the rate of its own epoch, however late it is looked at",
          "[economics][rule:P-2][rule:I9]") {
  CHECK(rate_breach(40) == "");
}

TEST_CASE("without rewards and fees a stake returns at least all but two FROST",
          "[economics][rule:P-6][rule:I7]") {
  CHECK(return_breach(60) == "");
}

#ifdef WALD_CANARY
TEST_CASE("canary: shares are worth a FROST more", "[canary][rule:A-32][rule:I7]") {
  wald::tests::check_canary("I7", [] { return return_breach(250); });  // of four operations
}

TEST_CASE("canary: a late look takes the rate that stands", "[canary][rule:A-32][rule:I9]") {
  wald::tests::check_canary("I9", [] { return rate_breach(100); });  // of nine stakes each
}

TEST_CASE("canary: a stake of one FROST is accepted", "[canary][rule:A-32][rule:I10]") {
  wald::tests::check_canary("I10", [] { return Player(1).play(1000); });
}
#endif
