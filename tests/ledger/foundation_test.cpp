// SPDX-License-Identifier: Apache-2.0
// What the foundation may do until its sunset, and pauses: who can begin and end one, what it
// stops, and for how long.
#include <catch2/catch.hpp>

#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;

// 36 shards over 4000, 3000, 2000 and 1500 WAL: no member has a third alone but n1.
World founded_world(std::uint32_t sunset = 5) {
  spec::Genesis document =
      network({4000, 3000, 2000, 1500},
              {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}, {"found", 100 * kWal}});
  document.mutable_foundation()->set_account(ledger::text_of(account_of("found")));
  document.mutable_foundation()->set_sunset_epoch(sunset);
  set_param(document, "foundation_spend", 1000 * kWal);
  return World(document);
}
std::uint64_t now(const World& world) { return world.time().value(); }
spec::Operation renounce() {
  spec::Operation op;
  op.mutable_renounce_powers();
  return op;
}
spec::Operation set_rho(std::uint64_t rho) {
  spec::Operation op;
  op.mutable_set_subsidy_rates()->set_rho(rho);
  return op;
}
std::uint64_t param(const World& world, const std::string& name) {
  return ledger::must_load(world.view(), ledger::kParams, name).value;
}
std::uint32_t shards_of(const World& world, const std::string& node) {
  const auto committee = ledger::must_load(world.view(), ledger::kCommittees, world.epoch());
  for (const auto& member : committee.members)
    if (member.node == node_of(node)) return static_cast<std::uint32_t>(member.shards.size());
  return 0;
}

}  // namespace

TEST_CASE("foundation_spend: from the treasury, up to its limit in an epoch",
          "[ledger][tx][rule:G-7]") {
  World world = founded_world();
  const std::uint64_t before = fund_of(world, ledger::kFundTreasury);
  const std::uint64_t bob = world.balance("bob");
  REQUIRE(world.run("found", foundation_spend("bob", 600 * kWal)) == spec::OK);
  REQUIRE(fund_of(world, ledger::kFundTreasury) == before - 600 * kWal);
  REQUIRE(world.balance("bob") == bob + 600 * kWal);
  REQUIRE(world.run("found", foundation_spend("bob", 400 * kWal + 1)) == spec::OUT_OF_BOUNDS);
  REQUIRE(world.run("found", foundation_spend("bob", 400 * kWal)) == spec::OK);
  REQUIRE(events_of<spec::GovSpent>(world.last()).at(0).spent() == 1000 * kWal);
  REQUIRE(world.run("found", foundation_spend("bob", 1)) == spec::OUT_OF_BOUNDS);
  turn_epoch(world);
  REQUIRE(world.run("found", foundation_spend("bob", 1000 * kWal)) == spec::OK);
  turn_epoch(world);
  REQUIRE(world.run("ann", foundation_spend("ann", 1)) == spec::POWER_ENDED);
  REQUIRE(world.run("found", foundation_spend("nobody", 1)) == spec::BELOW_ACCOUNT_MIN);
  REQUIRE(world.run("found", foundation_spend("bob", 0)) == spec::OUT_OF_BOUNDS);
  world.edit([](ledger::Overlay& state) {
    auto treasury = ledger::must_load(state, ledger::kFunds, ledger::kFundTreasury);
    auto other = ledger::must_load(state, ledger::kFunds, ledger::kFundSubsidy);
    other.amount.put(treasury.amount.take_all(state));
    ledger::save(state, ledger::kFunds, treasury, ledger::kFundTreasury);
    ledger::save(state, ledger::kFunds, other, ledger::kFundSubsidy);
  });
  REQUIRE(world.run("found", foundation_spend("bob", 1)) == spec::INSUFFICIENT);
  REQUIRE(conserved(world));
}

TEST_CASE("set_subsidy_rates: within the bounds, from the next epoch on",
          "[ledger][tx][rule:G-7][rule:R-7]") {
  World world = founded_world();
  REQUIRE(world.run("ann", set_rho(1)) == spec::POWER_ENDED);
  REQUIRE(world.run("found", set_rho(20'001)) == spec::OUT_OF_BOUNDS);
  spec::Operation nothing;
  nothing.mutable_set_subsidy_rates();
  REQUIRE(world.run("found", nothing) == spec::MALFORMED);
  REQUIRE(world.run("found", set_rho(15'000)) == spec::OK);
  REQUIRE(events_of<spec::GovSubsidyRatesChanged>(world.last()).at(0).epoch() ==
          world.epoch().value() + 1);
  REQUIRE(param(world, "rho") == 0);
  // Together with what waits already the bound of R-8 is broken; each alone would do.
  auto more = set_rho(20'000);
  more.mutable_set_subsidy_rates()->set_system(5'000);
  REQUIRE(world.run("found", more) == spec::OUT_OF_BOUNDS);
  REQUIRE(world.run("found", set_rho(10'000)) == spec::OK);
  spec::Operation shard;
  shard.mutable_set_subsidy_rates()->set_per_shard(77);
  REQUIRE(world.run("found", shard) == spec::OK);
  turn_epoch(world);
  REQUIRE(param(world, "rho") == 10'000);
  REQUIRE(param(world, "per_shard") == 77);
  REQUIRE(conserved(world));
}

TEST_CASE("renounce_powers: for good, and the sunset ends them as well", "[ledger][tx][rule:G-7]") {
  World world = founded_world(3);
  REQUIRE(world.run("ann", renounce()) == spec::POWER_ENDED);
  World other = founded_world(3);
  REQUIRE(other.run("found", renounce()) == spec::OK);
  REQUIRE(events_of<spec::GovPowersEnded>(other.last()).size() == 1);
  for (const auto& op :
       {renounce(), set_rho(1), foundation_spend("bob", 1), pause("p", now(other) + 2000)})
    REQUIRE(other.run("found", op) == spec::POWER_ENDED);
  while (world.epoch().value() < 2) turn_epoch(world);
  REQUIRE(world.run("found", foundation_spend("bob", 1)) == spec::OK);
  turn_epoch(world);
  for (const auto& op :
       {renounce(), set_rho(1), foundation_spend("bob", 1), pause("p", now(world) + 2000)})
    REQUIRE(world.run("found", op) == spec::POWER_ENDED);
  // A chain that names no foundation has none.
  World none(network({4000, 3000, 2000, 1500}, {{"ann", 100 * kWal}}));
  REQUIRE(none.run("ann", foundation_spend("ann", 1)) == spec::POWER_ENDED);
}

TEST_CASE("emergency_pause: what it stops costs nothing, all else goes on",
          "[ledger][tx][rule:G-8]") {
  World world = founded_world();
  REQUIRE(world.run("ann", delegate("n1", 10 * kWal)) == spec::OK);
  const auto stake = made_stake(world);
  REQUIRE(world.run("ann", reserve(64 * kMiB, 1, 5)) == spec::OK);
  const auto resource = made_resource(world);
  REQUIRE(world.run("ann", reserve(64 * kMiB, 1, 5)) == spec::OK);
  REQUIRE(world.run("found", pause("prdt", now(world) + 7000)) == spec::OK);
  REQUIRE(events_of<spec::GovPaused>(world.last()).size() == 4);
  const std::uint64_t until = now(world) + 6000;
  const std::uint64_t before = world.balance("ann");
  const auto nonce = world.nonce("ann");
  const auto file = file_of(1, 1000);
  REQUIRE(world.run("ann", reserve(kMiB, 1, 5)) == spec::PAUSED);
  REQUIRE(world.run("ann", delegate("n1", 10 * kWal)) == spec::PAUSED);
  REQUIRE(world.run("ann", register_blob(resource, file)) == spec::PAUSED);
  REQUIRE(world.run("ann", batch({transfer("bob", 1), reserve(kMiB, 1, 5)}, false)) ==
          spec::PAUSED);
  REQUIRE(world.balance("ann") == before);
  REQUIRE(world.nonce("ann") == nonce);
  const auto seen =
      world.machine().simulate(world.view(), account_of("ann"), reserve(kMiB, 1, 5), 300);
  REQUIRE(seen.code == spec::PAUSED);
  REQUIRE(world.run("ann", transfer("bob", 1)) == spec::OK);
  REQUIRE(world.run("ann", withdraw({stake})) == spec::OK);
  REQUIRE(now(world) >= until);  // over by time
  REQUIRE(world.run("ann", reserve(kMiB, 1, 5)) == spec::OK);
  REQUIRE(world.run("ann", register_blob(resource, file)) == spec::OK);
  // Once in an epoch.
  REQUIRE(world.run("found", pause("p", now(world) + 3000)) == spec::DONE);
  turn_epoch(world);
  REQUIRE(world.run("found", pause("t", now(world) + 5000)) == spec::OK);
  REQUIRE(world.run("found", foundation_spend("bob", 1)) == spec::PAUSED);
  REQUIRE(world.run("ann", reserve(kMiB, 2, 5)) == spec::OK);  // another group
  REQUIRE(conserved(world));
}

TEST_CASE("emergency_pause: by members with a third of the shards within a day",
          "[ledger][tx][rule:G-8]") {
  World world = founded_world();
  REQUIRE(3 * (shards_of(world, "n3")) < 37);
  REQUIRE(3 * (shards_of(world, "n3") + shards_of(world, "n2")) >= 37);
  const std::uint64_t longer = now(world) + 7500, shorter = now(world) + 6500;
  REQUIRE(world.run("n3", pause("p", shorter, "n3")) == spec::OK);
  REQUIRE(events_of<spec::GovPaused>(world.last()).empty());
  REQUIRE(events_of<spec::GovPauseAsked>(world.last()).at(0).weight() == shards_of(world, "n3"));
  REQUIRE(world.run("n3", pause("p", shorter, "n3")) == spec::OK);  // no more for asking twice
  REQUIRE(events_of<spec::GovPaused>(world.last()).empty());
  REQUIRE(world.run("ann", reserve(kMiB, 1, 5)) == spec::OK);
  REQUIRE(world.run("n2", pause("p", longer, "n2")) == spec::OK);
  REQUIRE(events_of<spec::GovPaused>(world.last()).at(0).until() == shorter);
  REQUIRE(world.run("ann", reserve(kMiB, 1, 5)) == spec::PAUSED);
  REQUIRE(world.run("n4", pause("p", longer, "n4")) == spec::DONE);
}

TEST_CASE("emergency_pause: refusals", "[ledger][tx][rule:G-8]") {
  World world = founded_world();
  REQUIRE(world.run("ann", pause("p", now(world) + 3000)) == spec::POWER_ENDED);
  REQUIRE(world.run("ann", pause("p", now(world) + 3000, "n1")) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("ann", pause("p", now(world) + 3000, "n9")) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("found", pause("", now(world) + 3000)) == spec::MALFORMED);
  REQUIRE(world.run("found", pause("p", now(world))) == spec::OUT_OF_BOUNDS);
  REQUIRE(world.run("found", pause("p", now(world) + 8502)) == spec::OUT_OF_BOUNDS);  // D/4
  edit_node(world, "n1",
            [](ledger::NodeRecord& node) { node.governance_account = account_of("bob"); });
  REQUIRE(world.run("n1", pause("p", now(world) + 3000, "n1")) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("bob", pause("p", now(world) + 3000, "n1")) == spec::OK);
  // One group that cannot be paused refuses them all.
  REQUIRE(world.run("found", pause("d", now(world) + 3000)) == spec::OK);
  REQUIRE(world.run("found", pause("rd", now(world) + 3000)) == spec::DONE);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kPauses,
                               static_cast<std::uint8_t>(spec::PAUSE_REGISTRATIONS)));
}

TEST_CASE("resume: a quorum of members ends a pause before its time", "[ledger][tx][rule:G-8]") {
  World world = founded_world();
  REQUIRE(world.run("n1", resume("p", "n1")) == spec::DONE);  // nothing is paused
  REQUIRE(world.run("found", pause("pd", now(world) + 8000)) == spec::OK);
  REQUIRE(world.run("ann", resume("p", "n1")) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("n1", resume("p", "n9")) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("n1", resume("", "n1")) == spec::MALFORMED);
  REQUIRE(world.run("n1", resume("p", "n1")) == spec::OK);
  REQUIRE(world.run("n1", resume("p", "n1")) == spec::DONE);  // it asked before
  REQUIRE(events_of<spec::GovResumed>(world.last()).empty());
  REQUIRE(3 * (shards_of(world, "n1") + shards_of(world, "n2")) < 73);
  world.send("n2", resume("p", "n2"));
  world.send("n3", resume("p", "n3"));
  world.block(100);
  REQUIRE(events_of<spec::GovResumed>(world.last()).size() == 1);
  world.send("ann", reserve(kMiB, 1, 5));
  world.send("ann", delegate("n1", 10 * kWal));
  world.block(100);
  REQUIRE(world.last().receipts.at(0).code == spec::OK);
  REQUIRE(world.last().receipts.at(1).code == spec::PAUSED);  // its pause goes on
  REQUIRE(conserved(world));
}
