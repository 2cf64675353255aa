// SPDX-License-Identifier: Apache-2.0
// How an upgrade repairs pools in quarantine: every world has a twin in which the same happened but
// for the failure, and after the repair both have the same pool.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

const base::Epoch kFirstMissed(2);

// Six equal nodes.
spec::Genesis document() {
  return network({25'000, 25'000, 25'000, 25'000, 25'000, 25'000},
                 {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}});
}

void edit_pool(World& world, const std::string& node,
               const std::function<void(ledger::PoolRecord&)>& change) {
  world.edit([&](ledger::Overlay& state) {
    auto pool = ledger::must_load(state, ledger::kPools, node_of(node));
    change(pool);
    ledger::save(state, ledger::kPools, pool, node_of(node));
  });
}
// No step can take such a pool; no stake asked to leave in that epoch.
void spoil(World& world, const std::string& node) {
  edit_pool(world, node, [](ledger::PoolRecord& pool) {
    WALD_CHECK(pool.exits.count(kFirstMissed) == 0);
    pool.exits[kFirstMissed].shares = economics::Shares(~std::uint64_t{0});
  });
}
void mend(World& world, const std::string& node) {
  edit_pool(world, node, [](ledger::PoolRecord& pool) { pool.exits.erase(kFirstMissed); });
}
// As if a ballot had ended so: the block after the next one is of the next version.
void upgrade(World& world) {
  world.edit([&](ledger::Overlay& state) {
    auto count = ledger::load(state, ledger::kBallotCount).value_or(ledger::BallotCount());
    count.next_version = world.version() + 1;
    ledger::save(state, ledger::kBallotCount, count);
  });
  world.block(100);
}
bool waits(const World& world, const std::string& node) {
  return ledger::exists(world.view(), ledger::kQuarantine, node_of(node));
}
base::ObjectId stake_of(const World& world, const std::string& owner, const std::string& node) {
  std::optional<base::ObjectId> found;
  ledger::for_each<economics::Stake>(
      world.view(), ledger::kStakes, [&](base::ByteView, const economics::Stake& stake) {
        if (stake.owner == account_of(owner) && stake.node == node_of(node)) found = stake.id;
        return true;
      });
  WALD_CHECK(found.has_value());
  return *found;
}
ledger::PoolRecord pool_record(const World& world, const std::string& node) {
  return ledger::must_load(world.view(), ledger::kPools, node_of(node));
}
void require_same_pool(const World& world, const World& twin, const std::string& node) {
  REQUIRE(ledger::encode_record(pool_record(world, node)) ==
          ledger::encode_record(pool_record(twin, node)));
  std::map<base::Bytes, base::Bytes> rates[2];
  for (const World* one : {&world, &twin})
    one->view().scan(ledger::key_of(ledger::kRates, node_of(node)), {},
                     [&](base::ByteView key, base::ByteView value) {
                       rates[one == &twin].emplace(base::Bytes(key.begin(), key.end()),
                                                   base::Bytes(value.begin(), value.end()));
                       return true;
                     });
  REQUIRE_FALSE(rates[0].empty());
  REQUIRE(rates[0] == rates[1]);
}

struct Twins {
  World world{document(), ledger::kNewestVersion + 1};
  World twin{document(), ledger::kNewestVersion + 1};

  void both(const std::function<void(World&)>& step) {
    step(world);
    step(twin);
  }
  // Stake that comes, stake that asks to leave, money to earn; then n2's pool is spoilt after the
  // selection, which could not have weighed it, and misses its step into epoch 2.
  void begin(bool leaves = false) {
    both([&](World& w) {
      fill_slot(w, base::Epoch(1), 6'000'000, 100);
      fill_slot(w, base::Epoch(2), 9'000'000, 100);
      REQUIRE(w.run("ann", delegate("n2", 700 * kWal)) == spec::OK);
      if (leaves) REQUIRE(w.run("n2", leave_node("n2")) == spec::OK);
      for (int i = 0; i < 16; ++i) w.block();
      REQUIRE(w.run("bob", delegate("n2", 300 * kWal)) == (leaves ? spec::NODE_LEAVING : spec::OK));
      if (!leaves)  // it would be out at once, of a pool without a seat
        REQUIRE(w.run("n2", request_exit(stake_of(w, "n2", "n2"), 1'000 * kWal)) == spec::OK);
    });
    spoil(world, "n2");
    both([](World& w) { turn_epoch(w); });
    REQUIRE(waits(world, "n2"));
  }
  // Blocks until the pool is repaired, and as many in the twin; how many steps it took.
  int repair() {
    int steps = 0;
    while (waits(world, "n2")) {
      REQUIRE(steps < 10);
      world.block(100);
      twin.block(100);
      ++steps;
    }
    REQUIRE(conserved(world));
    REQUIRE(conserved(twin));
    return steps;
  }
};

}  // namespace

TEST_CASE("repair: what was missed is taken with the next version, as if nothing had failed",
          "[ledger][epoch][rule:H-8]") {
  Twins t;
  t.begin();
  const auto aside = ledger::must_load(t.world.view(), ledger::kQuarantine, node_of("n2"));
  REQUIRE(aside.money.amount().value() > 0);
  // Without another version nothing happens, mended or not.
  mend(t.world, "n2");
  t.both([](World& w) { w.block(100); });
  REQUIRE(waits(t.world, "n2"));
  t.both(upgrade);
  REQUIRE(t.world.run("n2", set_commission("n2", 1'100)) == spec::OK);  // repaired in this block
  REQUIRE(t.twin.run("n2", set_commission("n2", 1'100)) == spec::OK);
  const auto repaired = events_of<spec::PoolRepaired>(t.world.last()).at(0);
  REQUIRE((repaired.since() == 2 && repaired.epoch() == 2));
  const auto accrued = events_of<spec::CommissionAccrued>(t.world.last()).at(0);
  REQUIRE(accrued.epoch() == 1);
  REQUIRE(ledger::must_load(t.world.view(), ledger::kScores, base::Epoch(1), node_of("n2"))
              .commission.amount()
              .value() == accrued.amount());
  require_same_pool(t.world, t.twin, "n2");
  // From here on nothing tells them apart: committee, rewards and payouts are the same.
  t.both([](World& w) {
    while (w.epoch().value() < 5) turn_epoch(w);
  });
  require_same_pool(t.world, t.twin, "n2");
  t.both(
      [](World& w) { REQUIRE(w.run("ann", request_exit(stake_of(w, "ann", "n2"))) == spec::OK); });
  REQUIRE(t.world.balance("ann") == t.twin.balance("ann"));
  REQUIRE(burned(t.world, spec::BURN_SHIFT) == burned(t.twin, spec::BURN_SHIFT));
}

TEST_CASE("repair: a quarantine is told once, each later step that is missed by its epoch",
          "[ledger][epoch][rule:H-8]") {
  Twins t;
  t.begin();
  REQUIRE(events_of<spec::PoolQuarantined>(t.world.last()).size() == 1);
  REQUIRE(events_of<spec::PoolStepMissed>(t.world.last()).empty());
  for (std::uint32_t epoch = 3; epoch <= 4; ++epoch) {
    const std::uint64_t before =
        ledger::must_load(t.world.view(), ledger::kQuarantine, node_of("n2"))
            .money.amount()
            .value();
    turn_epoch(t.world);
    REQUIRE(events_of<spec::PoolQuarantined>(t.world.last()).empty());
    const auto missed = events_of<spec::PoolStepMissed>(t.world.last());
    REQUIRE(missed.size() == 1);
    REQUIRE(missed.at(0).epoch() == epoch);
    const auto record = ledger::must_load(t.world.view(), ledger::kQuarantine, node_of("n2"));
    REQUIRE(missed.at(0).error() == record.error);
    REQUIRE(missed.at(0).set_aside() == record.money.amount().value() - before);
  }
}

TEST_CASE("repair: several steps are taken one a block, in no block that begins an epoch",
          "[ledger][epoch][rule:H-8]") {
  Twins t;
  t.begin();
  t.both([](World& w) {
    while (w.epoch().value() < 4) turn_epoch(w);
  });
  REQUIRE(ledger::must_load(t.world.view(), ledger::kQuarantine, node_of("n2")).missed.size() == 3);
  mend(t.world, "n2");
  // The version turns in the block before the one that begins epoch 5.
  t.both([](World& w) {
    while (w.time().value() + 1'000 <
           ledger::must_load(w.view(), ledger::kChain).clock.end().value())
      w.block(500);
    upgrade(w);
    w.block(1'000);
  });
  REQUIRE(t.world.epoch().value() == 5);
  REQUIRE(pool_record(t.world, "n2").stepped.value() == 1);
  REQUIRE(t.repair() == 4);
  const auto repaired = events_of<spec::PoolRepaired>(t.world.last()).at(0);
  REQUIRE((repaired.since() == 2 && repaired.epoch() == 5));
  require_same_pool(t.world, t.twin, "n2");
  // The exit of epoch 3 is paid what it would have been.
  t.both([](World& w) {
    const auto list = events_of<spec::PoolRateFixed>(w.last());
    ledger::for_each<economics::Stake>(w.view(), ledger::kStakes,
                                       [&](base::ByteView, const economics::Stake& stake) {
                                         if (stake.owner != account_of("n2") || !stake.leaving)
                                           return true;
                                         REQUIRE(w.run("n2", withdraw({stake.id})) == spec::OK);
                                         return false;
                                       });
    REQUIRE(events_of<spec::StakeWithdrawn>(w.last()).size() == 1);
  });
  REQUIRE(t.world.balance("n2") == t.twin.balance("n2"));
  require_same_pool(t.world, t.twin, "n2");
}

TEST_CASE("repair: the fine of a missed step pays the holders of its bad rounds, and tells it",
          "[ledger][epoch][rule:H-8][rule:X-6]") {
  Twins t;
  t.begin();
  t.world.edit([](ledger::Overlay& state) {
    auto record = ledger::must_load(state, ledger::kQuarantine, node_of("n2"));
    record.missed.back().fine = ledger::Noted(ledger::Amount::of(10'000 * kWal));
    record.missed.back().holders = {account_of("bob"), account_of("ann"), account_of("bob")};
    ledger::save(state, ledger::kQuarantine, record, node_of("n2"));
  });
  mend(t.world, "n2");
  turn_epoch(t.world);  // the bounty is of the epoch of the missed step
  upgrade(t.world);
  const std::map<std::string, std::uint64_t> before{{"ann", t.world.balance("ann")},
                                                    {"bob", t.world.balance("bob")}};
  t.world.block(100);
  const auto slashed = events_of<spec::PoolSlashed>(t.world.last()).at(0);
  REQUIRE(slashed.bond() == 0);
  REQUIRE(slashed.amount() > 2'500 * kWal);  // a tenth of the pool
  const auto paid = events_of<spec::RewardBountyPaid>(t.world.last());
  REQUIRE(paid.size() == 2);
  // Of the pool's part fraud_deposit a bad round; what commission there was is a few FROST more.
  std::uint64_t sum = 0;
  for (const auto& event : paid) {
    REQUIRE(event.node() == ledger::text_of(node_of("n2")));
    REQUIRE(event.epoch() == 1);
    REQUIRE(event.bad_rounds() == 3);
    sum += event.amount();
  }
  const auto fined = events_of<spec::CommissionFined>(t.world.last());
  const std::uint64_t own = fined.empty() ? 0 : fined.at(0).escrow() + fined.at(0).free();
  REQUIRE(sum == 3 * kWal + own / 10);
  for (const auto& [name, balance] : before) {
    const std::string holder = ledger::text_of(account_of(name));
    const auto at = std::find_if(paid.begin(), paid.end(),
                                 [&](const auto& event) { return event.account() == holder; });
    REQUIRE(at != paid.end());
    REQUIRE(t.world.balance(name) == balance + at->amount());
  }
  REQUIRE(conserved(t.world));
}

TEST_CASE("repair: a step that fails again waits for the version after", "[ledger][rule:H-8]") {
  Twins t;
  t.begin();
  upgrade(t.world);
  t.world.block(100);
  const auto again = events_of<spec::PoolStepMissed>(t.world.last()).at(0);
  REQUIRE((again.set_aside() == 0 && !again.error().empty() && again.epoch() == 2));
  REQUIRE(events_of<spec::PoolQuarantined>(t.world.last()).empty());  // it is already
  REQUIRE(events_of<spec::PoolRepaired>(t.world.last()).empty());
  t.world.block(100);
  REQUIRE(t.world.last().events.empty());
  REQUIRE(t.world.run("ann", delegate("n2", kWal)) == spec::POOL_QUARANTINED);
  const auto record = ledger::must_load(t.world.view(), ledger::kQuarantine, node_of("n2"));
  REQUIRE((record.missed.size() == 1 && !record.repairs && !record.money.is_zero()));
  REQUIRE(conserved(t.world));
}

TEST_CASE("repair: a node that left meanwhile leaves with its pool, and its commission is paid",
          "[ledger][epoch][rule:H-8][rule:N-6]") {
  Twins t;
  t.begin(true);
  t.both([](World& w) {
    while (w.epoch().value() < 5) turn_epoch(w);
  });
  REQUIRE(ledger::must_load(t.world.view(), ledger::kNodes, node_of("n2")).left.has_value());
  REQUIRE(t.world.balance("n2") < t.twin.balance("n2"));  // its commission waits
  mend(t.world, "n2");
  t.both(upgrade);
  REQUIRE(t.repair() > 0);
  require_same_pool(t.world, t.twin, "n2");
  REQUIRE(t.world.balance("n2") == t.twin.balance("n2"));
  t.both([](World& w) { REQUIRE(w.run("ann", withdraw({stake_of(w, "ann", "n2")})) == spec::OK); });
  REQUIRE(t.world.balance("ann") == t.twin.balance("ann"));
}

TEST_CASE("laws: money that waits for a pool beside what it missed is told by I27",
          "[ledger][laws][rule:I27][rule:H-8]") {
  Twins t;
  t.begin();
  const auto broken = [&](const std::function<void(ledger::QuarantineRecord&)>& change) {
    World other = t.world;
    mend(other, "n2");
    other.edit([&](ledger::Overlay& state) {
      auto record = ledger::must_load(state, ledger::kQuarantine, node_of("n2"));
      change(record);
      ledger::save(state, ledger::kQuarantine, record, node_of("n2"));
    });
    // Others tell of the money and bytes of the first slots, which nobody bought.
    for (const auto& report : ledger::recount(other.view()))
      if (report.law == "I27") return report.breach.has_value();
    return true;
  };
  REQUIRE_FALSE(broken([](ledger::QuarantineRecord&) {}));
  REQUIRE(broken([](ledger::QuarantineRecord& record) {
    const auto reward = record.missed.at(0).reward.amount();
    record.missed.at(0).reward = ledger::Noted(reward.plus(ledger::Amount::of(1)).value());
  }));
  REQUIRE(broken([](ledger::QuarantineRecord& record) {
    ledger::MissedStep later = record.missed.at(0);
    later.into = later.into.next().next();
    later.reward = later.bonus = ledger::Noted();
    record.missed.push_back(later);
  }));
}
