// SPDX-License-Identifier: Apache-2.0
// Ballots about protocol versions, urgent ones too, and about deny lists.
#include <catch2/catch.hpp>

#include "ledger/ballots.h"
#include "ledger/duties.h"
#include "ledger/wire/canonical.h"
#include "tests/ledger/ballot_support.h"

using namespace wald;
using namespace wald::tests;
using ledger::BallotState;

namespace {

constexpr std::uint64_t kDay = 86'400'000;
const std::vector<std::string> kNodes{"n1", "n2", "n3", "n4"};

// A chain whose programs know one version more than there is (G-6), as no shipped one does.
constexpr std::uint32_t kTestVersion = ledger::kNewestVersion + 1;

spec::Code signal(World& world, const std::string& node, std::uint32_t version,
                  const std::string& program = "a program") {
  return world.run_raw(world.bare(signal_version(world, node, version, program)));
}
std::uint32_t upgrade_for(World& world, std::uint32_t activation, const std::string& from = "ann") {
  UpgradeOf upgrade;
  upgrade.activation = activation;
  return opened(world, from, propose_upgrade(upgrade));
}
UpgradeOf urgently() {
  UpgradeOf upgrade;
  upgrade.urgent = true;
  return upgrade;
}
spec::Operation renounce() {
  spec::Operation op;
  op.mutable_renounce_powers();
  return op;
}
std::uint32_t shards(const World& world, const std::vector<std::string>& nodes) {
  std::uint32_t sum = 0;
  for (const std::string& node : nodes) sum += shards_of(world, node);
  return sum;
}

}  // namespace

TEST_CASE("upgrade: a proposal names the next version, its programs and an epoch after the count",
          "[ledger][tx][rule:G-2][rule:G-6]") {
  World world(ballot_network());
  const auto proposed = [&](const auto& change, const std::string& from = "ann") {
    UpgradeOf upgrade;
    upgrade.activation = 4;
    change(upgrade);
    return world.run(from, propose_upgrade(upgrade));
  };
  REQUIRE(proposed([](UpgradeOf& u) { u.activation = 0; }) == spec::MALFORMED);
  REQUIRE(proposed([](UpgradeOf& u) { u.urgent = true; }, "found") == spec::MALFORMED);
  REQUIRE(proposed([](UpgradeOf& u) { u.programs.clear(); }) == spec::BAD_SUBJECT);
  // Its votes are counted at the change into 3; a whole epoch lies between.
  REQUIRE(proposed([](UpgradeOf& u) { u.activation = 3; }) == spec::OUT_OF_BOUNDS);
  for (const std::uint32_t version : {0u, 1u, 3u, ~0u})
    REQUIRE(proposed([&](UpgradeOf& u) { u.version = version; }) == spec::VERSION_NOT_NEXT);
  REQUIRE(proposed([](UpgradeOf& u) { u.programs.assign(17, "x"); }) == spec::MALFORMED);
  REQUIRE(proposed([](UpgradeOf&) {}, "poor") == spec::INSUFFICIENT);
  UpgradeOf two;
  two.activation = 4;
  auto both = propose_upgrade(two);
  both.mutable_propose()->mutable_slash()->set_node(ledger::text_of(node_of("n1")));
  REQUIRE(world.run("ann", both) == spec::MALFORMED);
  REQUIRE(proposed([](UpgradeOf& u) { u.programs.assign(16, "x"); }) == spec::OK);
  const auto plan = ballot(world, 1).subject.upgrade.value();
  REQUIRE((plan.version == 2 && plan.activation.value() == 4 && !plan.urgent));
  REQUIRE(plan.binaries.size() == 16);
  REQUIRE(conserved(world));
}

TEST_CASE("upgrade: proposed, voted, signalled, in force at its epoch, and replayed as it was",
          "[ledger][epoch][rule:G-6][rule:I33]") {
  World world(ballot_network(), kTestVersion);
  const MapView origin = world.view();
  const auto number = upgrade_for(world, 4);
  const auto twin = upgrade_for(world, 4, "bob");
  all_say_yes(world, number);
  all_say_yes(world, twin);
  until_epoch(world, 3);
  const auto planned = events_of<spec::GovUpgradeScheduled>(world.last());
  REQUIRE(planned.size() == 2);
  REQUIRE((planned.at(0).epoch() == 4 && planned.at(0).version() == 2));
  REQUIRE(world.run("bob", execute(number)) == spec::NOT_DUE);
  for (const std::string& node : kNodes) REQUIRE(signal(world, node, 2) == spec::OK);
  while (world.epoch().value() == 3) {
    REQUIRE(world.version() == 1);
    world.block(1000);
  }
  const auto event = events_of<spec::GovUpgradeActivated>(world.last()).at(0);
  REQUIRE((event.version() == 2 && event.epoch() == 4 && event.weight() == 36));
  REQUIRE(event.proposal() == number);
  REQUIRE(ballot(world, number).state == BallotState::kExecuted);
  REQUIRE(ballot(world, twin).state == BallotState::kUndone);  // it came first
  REQUIRE(world.run("bob", execute(twin)) == spec::DONE);
  // From the block after the change on envelopes are of the new version.
  REQUIRE(world.version() == 2);
  spec::Body old = world.body("bob", transfer("ann", 1), world.nonce("bob"));
  old.set_version(1);
  REQUIRE(world.run_raw(wire::write_canonical(world.seal("bob", wire::write_canonical(old)))) ==
          spec::WRONG_VERSION);
  REQUIRE(world.run("bob", transfer("ann", 1)) == spec::OK);
  REQUIRE(signal(world, "n1", 2) == spec::VERSION_NOT_NEXT);
  REQUIRE(world.run("cat", propose_upgrade({2, 9, false, {"a program"}})) ==
          spec::VERSION_NOT_NEXT);
  REQUIRE(conserved(world));

  // The old blocks are what they were, for a program that knows both versions and for one that
  // knows the first alone; the latter ends in front of the first block of the second.
  const ledger::StateMachine shipped(world.chain());
  MapView again = origin;
  bool known = true;
  for (const auto& input : world.inputs()) {
    if (known && !shipped.unknown_version(again).empty()) {
      known = false;
      REQUIRE(ledger::must_load(again, ledger::kChain).clock.epoch.value() == 4);
      const std::string why = shipped.unknown_version(again);
      INFO(why);
      REQUIRE(why.find("block " + std::to_string(input.height.value()) + " ") == 0);
      REQUIRE(why.find("of protocol version 2") != std::string::npos);
      REQUIRE(why.find("versions up to 1") != std::string::npos);
    }
    const auto output = world.machine().apply_block(again, input);
    if (known) REQUIRE(shipped.apply_block(again, input).state_root == output.state_root);
    again.records.merge(output.changes);
    again.state_tree = output.tree;
  }
  REQUIRE_FALSE(known);
  REQUIRE(again.state_tree.root() == world.view().state_tree.root());
}

TEST_CASE("upgrade: only members of the committee that opens count, with one of its programs",
          "[ledger][epoch][rule:G-6]") {
  World world(ballot_network(), kTestVersion);
  const auto number = upgrade_for(world, 4);
  all_say_yes(world, number);
  until_epoch(world, 3);
  for (const std::string node : {"n1", "n2"}) REQUIRE(signal(world, node, 2) == spec::OK);
  REQUIRE(signal(world, "n3", 2, "forged") == spec::OK);
  REQUIRE(3 * shards(world, {"n1", "n2"}) < 73);
  REQUIRE(3 * shards(world, {"n1", "n2", "n3"}) >= 73);
  turn_epoch(world);
  REQUIRE(world.version() == 1);  // one epoch later
  REQUIRE(ballot(world, number).put_off == 1);
  REQUIRE(events_of<spec::GovUpgradeScheduled>(world.last()).at(0).epoch() == 5);
  REQUIRE(signal(world, "n3", 2) == spec::OK);
  turn_epoch(world);
  REQUIRE(events_of<spec::GovUpgradeActivated>(world.last()).at(0).weight() ==
          shards(world, {"n1", "n2", "n3"}));
  REQUIRE(world.version() == 2);
  REQUIRE(ballot(world, number).state == BallotState::kExecuted);
  REQUIRE(conserved(world));
}

TEST_CASE("upgrade: without signals it is put off three times, and then undone",
          "[ledger][epoch][rule:G-6]") {
  World world(ballot_network());
  const auto number = upgrade_for(world, 4);
  all_say_yes(world, number);
  for (std::uint32_t epoch = 4; epoch < 7; ++epoch) {
    until_epoch(world, epoch);
    REQUIRE(ballot(world, number).state == BallotState::kPassed);
    REQUIRE(ballot(world, number).put_off == epoch - 3);
    REQUIRE(events_of<spec::GovUpgradeScheduled>(world.last()).at(0).epoch() == epoch + 1);
    REQUIRE(world.run("bob", execute(number)) == spec::NOT_DUE);
  }
  turn_epoch(world);
  REQUIRE(ballot(world, number).state == BallotState::kUndone);
  REQUIRE(events_of<spec::GovExecuted>(world.last()).at(0).reason().find("signalled") !=
          std::string::npos);
  REQUIRE(world.version() == 1);
  for (const std::string& node : kNodes) REQUIRE(signal(world, node, 2) == spec::OK);
  turn_epoch(world);
  REQUIRE(world.version() == 1);  // given up is given up
  REQUIRE(world.run("bob", execute(number)) == spec::DONE);
  REQUIRE(conserved(world));
}

TEST_CASE("upgrade: a refused one does nothing", "[ledger][epoch][rule:G-6]") {
  World world(ballot_network());
  const auto number = upgrade_for(world, 4);
  for (const std::string node : {"n1", "n2"})
    REQUIRE(world.run(node, vote_as(node, number, true)) == spec::OK);
  for (const std::string& node : kNodes) REQUIRE(signal(world, node, 2) == spec::OK);
  until_epoch(world, 5);
  REQUIRE(ballot(world, number).state == BallotState::kNoQuorum);
  REQUIRE(world.run("bob", execute(number)) == spec::NOT_PASSED);
  REQUIRE(world.version() == 1);
  REQUIRE(conserved(world));
}

TEST_CASE("upgrade: an urgent one by the foundation is over with its quorum and acts a day later",
          "[ledger][epoch][rule:G-8]") {
  World world(ballot_network(), kTestVersion);
  REQUIRE(world.run("ann", propose_upgrade(urgently())) == spec::POWER_ENDED);
  UpgradeOf wrong = urgently();
  wrong.version = 3;
  REQUIRE(world.run("found", propose_upgrade(wrong)) == spec::VERSION_NOT_NEXT);
  const auto number = opened(world, "found", propose_upgrade(urgently()));
  REQUIRE(events_of<spec::GovProposed>(world.last()).at(0).closes() ==
          world.time().value() + 3 * kDay);
  const auto other = opened(world, "found", propose_upgrade(urgently()));
  REQUIRE(ballot(world, number).closes->value() ==
          ballot(world, number).opened_at.value() + 3 * kDay);
  until_epoch(world, 4);  // beyond what a deadline by epoch would be
  for (const std::string node : {"n1", "n2"})
    REQUIRE(world.run(node, vote_as(node, number, true)) == spec::OK);
  REQUIRE(ballot(world, number).state == BallotState::kOpen);
  REQUIRE(world.run("n3", vote_as("n3", number, true)) == spec::OK);
  world.block();
  REQUIRE(ballot(world, number).state == BallotState::kPassed);
  REQUIRE(events_of<spec::GovClosed>(world.last()).size() == 1);
  REQUIRE(events_of<spec::GovUpgradeScheduled>(world.last()).at(0).time() ==
          world.time().value() + kDay);
  REQUIRE(world.run("n4", vote_as("n4", number, true)) == spec::BALLOT_CLOSED);
  REQUIRE(world.run("bob", execute(number)) == spec::NOT_DUE);
  const std::uint64_t due = ballot(world, number).due.value();
  REQUIRE(due == ballot(world, number).closed.value() + kDay);
  world.block(due - world.time().value() - 1);
  REQUIRE(world.version() == 1);
  world.block(1);
  REQUIRE(world.version() == 2);
  REQUIRE(ballot(world, number).state == BallotState::kExecuted);
  REQUIRE(ballot(world, other).state == BallotState::kOpen);
  REQUIRE(conserved(world));
}

TEST_CASE("upgrade: an urgent one without a quorum fails after three days",
          "[ledger][epoch][rule:G-8]") {
  World world(ballot_network());
  const auto number = opened(world, "found", propose_upgrade(urgently()));
  REQUIRE(world.run("n1", vote_as("n1", number, true)) == spec::OK);
  world.block(ballot(world, number).closes->value() - world.time().value() - 1'000);
  REQUIRE(ballot(world, number).state == BallotState::kOpen);
  REQUIRE(world.run("n2", vote_as("n2", number, true)) == spec::BALLOT_CLOSED);
  REQUIRE(ballot(world, number).state == BallotState::kNoQuorum);
  REQUIRE(world.version() == 1);
  REQUIRE(conserved(world));
}

TEST_CASE("upgrade: with its powers the foundation loses urgent ones", "[ledger][rule:G-8]") {
  World world(ballot_network());
  until_epoch(world, 5);  // the sunset
  REQUIRE(world.run("found", propose_upgrade(urgently())) == spec::POWER_ENDED);
  World other(ballot_network());
  REQUIRE(other.run("found", renounce()) == spec::OK);
  REQUIRE(other.run("found", propose_upgrade(urgently())) == spec::POWER_ENDED);
}

TEST_CASE("deny list: in force with the count, undone where it is not the next any more",
          "[ledger][rule:G-2][rule:L-14]") {
  World world(ballot_network());
  REQUIRE(world.run("ann", propose_deny_list({"n9", 1})) == spec::BAD_SUBJECT);
  REQUIRE(world.run("ann", propose_deny_list({"n1", 0})) == spec::OUT_OF_BOUNDS);
  const auto number = opened(world, "ann", propose_deny_list({"n1", 5}));
  REQUIRE(events_of<spec::GovProposed>(world.last()).at(0).node() ==
          ledger::text_of(node_of("n1")));
  const auto older = opened(world, "ann", propose_deny_list({"n1", 4}));
  all_say_yes(world, number);
  all_say_yes(world, older);
  REQUIRE(world.run("n1", announce_deny_list({"n1", 3})) == spec::OK);
  until_epoch(world, 2);
  REQUIRE_FALSE(ledger::duties_of(world.view(), node_of("n1")).deny_list);
  until_epoch(world, 3);
  const auto duties = ledger::duties_of(world.view(), node_of("n1"));
  REQUIRE((duties.deny_list->sequence == 5 && duties.deny_list->size == 1000));
  REQUIRE_FALSE(duties.announced);  // one with a lower number
  const auto event = events_of<spec::GovDenyListChanged>(world.last()).at(0);
  REQUIRE((event.in_force() && event.weight() == 36));
  REQUIRE(ballot(world, number).state == BallotState::kExecuted);
  REQUIRE(ballot(world, older).state == BallotState::kUndone);
  REQUIRE(world.run("bob", execute(number)) == spec::DONE);
  REQUIRE(world.run("bob", execute(older)) == spec::DONE);
  REQUIRE(world.run("ann", propose_deny_list({"n1", 5})) == spec::OUT_OF_BOUNDS);
  REQUIRE(world.run("ann", propose_deny_list({"n1", 6})) == spec::OK);
  REQUIRE(conserved(world));
}
