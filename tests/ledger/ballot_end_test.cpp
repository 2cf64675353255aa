// SPDX-License-Identifier: Apache-2.0
// How ballots end: the count, the deposit, and what an approved one does: parameters by themselves,
// slashes and payments when somebody executes them in time.
#include <catch2/catch.hpp>

#include "ledger/ballots.h"
#include "tests/ledger/ballot_support.h"

using namespace wald;
using namespace wald::tests;
using ledger::BallotState;

namespace {

std::uint64_t param(const World& world, const std::string& name) {
  return ledger::must_load(world.view(), ledger::kParams, name).value;
}
void pass_time(World& world, std::uint64_t until) {
  while (world.time().value() < until) world.block(500);
}
// A ballot that all members agree to, up to the block in which it is counted.
std::uint32_t approved(World& world, const spec::Operation& op,
                       const std::vector<std::string>& nodes = {"n1", "n2", "n3", "n4"}) {
  const auto number = opened(world, "ann", op);
  all_say_yes(world, number, nodes);
  until_epoch(world, ballot(world, number).deadline.value());
  return number;
}
// Commission of a node out of the treasury: so much free, so much in escrow.
void give_commission(World& world, const std::string& node, std::uint64_t free,
                     std::uint64_t escrow) {
  world.edit([&](ledger::Overlay& state) {
    auto treasury = ledger::must_load(state, ledger::kFunds, ledger::kFundTreasury);
    auto pool = ledger::must_load(state, ledger::kPools, node_of(node));
    pool.free.put(treasury.amount.take(state, ledger::Amount::of(free)));
    pool.escrow[world.epoch()].put(treasury.amount.take(state, ledger::Amount::of(escrow)));
    ledger::save(state, ledger::kFunds, treasury, ledger::kFundTreasury);
    ledger::save(state, ledger::kPools, pool, node_of(node));
  });
}
void empty_treasury(World& world) {
  world.edit([](ledger::Overlay& state) {
    auto treasury = ledger::must_load(state, ledger::kFunds, ledger::kFundTreasury);
    auto other = ledger::must_load(state, ledger::kFunds, ledger::kFundSubsidy);
    other.amount.put(treasury.amount.take_all(state));
    ledger::save(state, ledger::kFunds, treasury, ledger::kFundTreasury);
    ledger::save(state, ledger::kFunds, other, ledger::kFundSubsidy);
  });
}

}  // namespace

TEST_CASE("ballots: a text is counted once, at its deadline", "[ledger][rule:G-2][rule:G-4]") {
  World world(ballot_network());
  const auto agreed = opened(world, "ann", propose_text("a"));
  const auto refused = opened(world, "ann", propose_text("b"));
  const auto ignored = opened(world, "ann", propose_text("c"));
  const auto few = opened(world, "ann", propose_text("d"));
  REQUIRE(3 * shards_of(world, "n1") >= 37);  // one-honest weight alone
  REQUIRE(3 * shards_of(world, "n4") < 37);
  REQUIRE(world.run("n1", vote_as("n1", agreed, true)) == spec::OK);
  REQUIRE(world.run("n4", vote_as("n4", agreed, false)) == spec::OK);
  REQUIRE(world.run("n2", vote_as("n2", refused, false)) == spec::OK);
  REQUIRE(world.run("n4", vote_as("n4", refused, true)) == spec::OK);
  REQUIRE(world.run("n4", vote_as("n4", few, true)) == spec::OK);
  REQUIRE(10 * shards_of(world, "n4") >= 36);  // backed by a tenth
  const std::uint64_t before = world.balance("ann");
  until_epoch(world, 2);
  REQUIRE(ballot(world, agreed).state == BallotState::kOpen);
  REQUIRE(world.run("n3", vote_as("n3", agreed, true)) == spec::OK);
  until_epoch(world, 3);
  const auto closed = events_of<spec::GovClosed>(world.last());
  REQUIRE(closed.size() == 4);
  REQUIRE(closed.at(0).state() == spec::BALLOT_STATE_PASSED);
  REQUIRE(closed.at(0).weight_for() ==
          (shards_of(world, "n1") + shards_of(world, "n3")) * kPpmShard);
  REQUIRE(ballot(world, refused).state == BallotState::kFailed);
  REQUIRE(ballot(world, ignored).state == BallotState::kNoQuorum);
  REQUIRE(ballot(world, few).state == BallotState::kNoQuorum);
  // A tenth of the shards said yes to all but the third.
  REQUIRE(events_of<spec::GovDepositReturned>(world.last()).size() == 3);
  REQUIRE(world.balance("ann") == before + 3 * kDeposit);
  REQUIRE(burned(world, spec::BURN_DEPOSIT) == kDeposit);
  REQUIRE(world.run("bob", execute(agreed)) == spec::DONE);
  REQUIRE(world.run("bob", execute(refused)) == spec::NOT_PASSED);
  REQUIRE(world.run("bob", execute(99)) == spec::NO_PROPOSAL);
  until_epoch(world, 6);
  REQUIRE(ballot(world, agreed).state == BallotState::kPassed);  // kept
  REQUIRE(ledger::exists(world.view(), ledger::kSnapshots, agreed, node_of("n1")));
  REQUIRE(conserved(world));
}

TEST_CASE("ballots: a quorum of shards in millionths decides", "[ledger][rule:G-2][rule:G-3]") {
  World world(ballot_network());
  const auto three = opened(world, "ann", propose_payment("treasury", "bob", 1));
  const auto two = opened(world, "ann", propose_payment("treasury", "bob", 1));
  all_say_yes(world, three, {"n1", "n2", "n3"});
  all_say_yes(world, two, {"n1", "n3"});
  REQUIRE(world.run("n2", vote_as("n2", two, false)) == spec::OK);
  REQUIRE(3 * (36 - shards_of(world, "n4")) >= 73);
  REQUIRE(3 * (shards_of(world, "n1") + shards_of(world, "n3")) < 73);
  // One millionth of a shard short.
  const auto edge = opened(world, "ann", propose_payment("treasury", "bob", 1));
  const auto full = opened(world, "ann", propose_payment("treasury", "bob", 1));
  until_epoch(world, 3);
  REQUIRE(ballot(world, three).state == BallotState::kPassed);
  REQUIRE(ballot(world, two).state == BallotState::kFailed);
  const auto counted = [&](std::uint32_t number, std::uint64_t yes) {
    auto record = ballot(world, number);
    record.tally.yes = yes;
    return ledger::count(record);
  };
  REQUIRE(counted(edge, 24'333'333) == BallotState::kNoQuorum);
  REQUIRE(counted(full, 24'333'334) == BallotState::kPassed);
  REQUIRE(conserved(world));
}

TEST_CASE("parameters: in force from the first change after the delay, each ballot whole",
          "[ledger][epoch][rule:G-5]") {
  World world(ballot_network());
  const auto number =
      approved(world, propose_parameters({{"select", 6'000}, {"fee_base", 77'000}}));
  const auto record = ballot(world, number);
  REQUIRE(record.state == BallotState::kPassed);
  REQUIRE(record.due.value() == record.closed.value() + 40'000);
  REQUIRE(world.run("bob", execute(number)) == spec::NOT_DUE);
  until_epoch(world, 4);  // 30 s after the count
  REQUIRE(param(world, "select") == 5'000);
  turn_epoch(world);
  REQUIRE(param(world, "select") == 6'000);
  REQUIRE(param(world, "fee_base") == 77'000);
  const auto events = events_of<spec::GovParameterChanged>(world.last());
  REQUIRE(events.size() == 2);
  REQUIRE(events.at(0).name() == "fee_base");
  REQUIRE(events.at(0).before() == 100'000);
  REQUIRE(events.at(0).after() == 77'000);
  REQUIRE(events.at(0).epoch() == 5);
  REQUIRE(events_of<spec::GovExecuted>(world.last()).at(0).state() == spec::BALLOT_STATE_EXECUTED);
  REQUIRE(world.run("bob", execute(number)) == spec::DONE);
  REQUIRE(conserved(world));
}

TEST_CASE("parameters: what would not work any more changes nothing", "[ledger][epoch][rule:G-5]") {
  World world(ballot_network());
  const auto rho = opened(world, "ann", propose_parameters({{"rho", 20'000}}));
  const auto system =
      opened(world, "ann", propose_parameters({{"fee_base", 5}, {"system", 5'000}}));
  const auto wide = opened(world, "ann", propose_parameters({{"horizon", 60}}));
  const auto lower = opened(world, "ann", propose_parameters({{"horizon", 55}}));
  for (const auto number : {rho, system, wide, lower}) all_say_yes(world, number);
  until_epoch(world, 5);
  // Each was fine when it was proposed; after the first the second breaks the bound of R-8.
  REQUIRE(ballot(world, rho).state == BallotState::kExecuted);
  REQUIRE(ballot(world, system).state == BallotState::kUndone);
  REQUIRE(param(world, "fee_base") == 100'000);
  REQUIRE(param(world, "rho") == 20'000);
  REQUIRE(ballot(world, wide).state == BallotState::kExecuted);
  REQUIRE(ballot(world, lower).state == BallotState::kUndone);
  REQUIRE(param(world, "horizon") == 60);
  REQUIRE(ledger::exists(world.view(), ledger::kRing, base::Epoch(64)));
  REQUIRE(events_of<spec::GovExecuted>(world.last()).size() == 4);
  REQUIRE(world.run("bob", execute(system)) == spec::DONE);
  REQUIRE(world.run("ann", reserve(1 << 20, std::nullopt, 64)) == spec::OK);
  REQUIRE(conserved(world));
}

TEST_CASE("slash: commission of the accused is burned, its shards have no say",
          "[ledger][tx][rule:G-2][rule:X-7]") {
  World world(ballot_network());
  const auto number = opened(world, "ann", propose_slash("n1"));
  // Two of the three others are enough: a quorum of n less the accused's shards.
  const std::uint32_t rest = 36 - shards_of(world, "n1");
  REQUIRE(3 * (shards_of(world, "n2") + shards_of(world, "n3")) >= 2 * rest + 1);
  REQUIRE(3 * (shards_of(world, "n2") + shards_of(world, "n3")) < 73);
  all_say_yes(world, number, {"n2", "n3"});
  until_epoch(world, 3);
  REQUIRE(ballot(world, number).state == BallotState::kPassed);
  give_commission(world, "n1", 70 * kWal, 30 * kWal);
  const auto before = pool_of(world, "n1");
  const std::uint64_t gone = before.free.value() + economics::escrow_total(before).value();
  REQUIRE(world.run("bob", execute(number)) == spec::NOT_DUE);
  pass_time(world, ballot(world, number).due.value());
  world.edit([](ledger::Overlay& state) {
    ledger::save(state, ledger::kQuarantine, ledger::QuarantineRecord(), node_of("n1"));
  });
  REQUIRE(world.run("bob", execute(number)) == spec::DRY_RUN_FAILED);
  world.edit(
      [](ledger::Overlay& state) { ledger::remove(state, ledger::kQuarantine, node_of("n1")); });
  REQUIRE(world.run("bob", execute(number)) == spec::OK);
  const auto after = pool_of(world, "n1");
  REQUIRE(after.free.is_zero());
  REQUIRE(after.escrow.empty());
  REQUIRE(after.active == before.active);
  REQUIRE(burned(world, spec::BURN_SLASH) == gone);
  const auto event = events_of<spec::SlashExecuted>(world.last()).at(0);
  REQUIRE(event.free() == before.free.value());
  REQUIRE(event.escrow() + event.free() == gone);
  REQUIRE(event.voters_size() == 2);
  REQUIRE(event.cause() == spec::SLASH_BALLOT);
  REQUIRE(events_of<spec::CommissionFined>(world.last()).size() == 1);
  REQUIRE(world.run("bob", execute(number)) == spec::DONE);
  REQUIRE(conserved(world));
}

TEST_CASE("treasury: a payment by ballot, free or in steps", "[ledger][tx][rule:G-2][rule:T-3]") {
  World world(ballot_network());
  const std::uint64_t start = world.time().value();
  const auto plain = opened(world, "ann", propose_payment("treasury", "bob", 900 * kWal));
  const auto steps = opened(world, "ann",
                            propose_payment("subsidy", "cat", 500 * kWal,
                                            ScheduleOf{start, start, start + 1'000'000, 10}));
  all_say_yes(world, plain);
  all_say_yes(world, steps);
  until_epoch(world, 3);
  REQUIRE(world.run("cat", execute(plain)) == spec::NOT_DUE);
  pass_time(world, ballot(world, plain).due.value());
  const std::uint64_t before = world.balance("bob");
  const std::uint64_t treasury = fund_of(world, ledger::kFundTreasury);
  // Not while payments are paused, nor out of a fund that holds too little.
  REQUIRE(world.run("found", pause("t", world.time().value() + 3'000)) == spec::OK);
  REQUIRE(world.run("cat", execute(plain)) == spec::NOT_DUE);
  world.block(3'000);
  REQUIRE(world.run("cat", execute(steps)) == spec::DRY_RUN_FAILED);
  REQUIRE(world.run("ann", add_subsidy(600 * kWal)) == spec::OK);
  REQUIRE(world.run("cat", execute(steps)) == spec::OK);
  const auto vesting = ledger::must_load(world.view(), ledger::kVestings, made_vesting(world));
  REQUIRE(vesting.beneficiary == account_of("cat"));
  REQUIRE(vesting.locked.amount().value() == 500 * kWal);
  REQUIRE(world.run("cat", execute(plain)) == spec::OK);
  REQUIRE(world.balance("bob") == before + 900 * kWal);
  REQUIRE(fund_of(world, ledger::kFundTreasury) == treasury - 900 * kWal);
  const auto event = events_of<spec::GovExecuted>(world.last()).at(0);
  REQUIRE(event.amount() == 900 * kWal);
  REQUIRE(event.state() == spec::BALLOT_STATE_EXECUTED);
  REQUIRE(world.run("cat", execute(plain)) == spec::DONE);
  REQUIRE(conserved(world));
}

TEST_CASE("ballots: what nobody executes within two epochs of its time expires",
          "[ledger][rule:G-4]") {
  World world(ballot_network());
  const auto number = approved(world, propose_payment("treasury", "bob", kWal));
  const auto record = ballot(world, number);
  REQUIRE(record.expires.value() == record.due.value() + 2 * 30'000);
  empty_treasury(world);
  while (world.time().value() + 1'500 < record.expires.value()) world.block(500);
  REQUIRE(world.run("bob", execute(number)) == spec::DRY_RUN_FAILED);
  REQUIRE(ballot(world, number).state == BallotState::kPassed);
  world.block(1'000);
  REQUIRE(ballot(world, number).state == BallotState::kExpired);
  const auto ended = events_of<spec::GovExecuted>(world.last()).at(0);
  REQUIRE((ended.state() == spec::BALLOT_STATE_EXPIRED && ended.amount() == 0));
  REQUIRE(world.run("bob", execute(number)) == spec::NOT_PASSED);
  REQUIRE(conserved(world));
}

TEST_CASE("laws: ballots that were tampered with are told by I28", "[ledger][laws][rule:I28]") {
  World world(ballot_network());
  const auto number = opened(world, "ann", propose_text("t"));
  all_say_yes(world, number, {"n1", "n2"});
  const auto broken = [&](const auto& change) {
    World other = world;
    other.edit(change);
    std::string laws;
    for (const auto& report : ledger::recount(other.view()))
      if (report.breach) laws += report.law + " ";
    return laws;
  };
  REQUIRE(broken([](ledger::Overlay&) {}).empty());
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto record = ledger::must_load(state, ledger::kProposals, number);
            ++record.tally.yes;
            ledger::save(state, ledger::kProposals, record, number);
          }) == "I28 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            const auto key = base::Hash::from(node_of("n1").view());
            auto vote = ledger::must_load(state, ledger::kVotes, number, key);
            vote.yes = false;
            ledger::save(state, ledger::kVotes, vote, number, key);
          }) == "I28 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto shown = ledger::must_load(state, ledger::kSnapshots, number, node_of("n1"));
            ++shown.shards;
            ledger::save(state, ledger::kSnapshots, shown, number, node_of("n1"));
          }) == "I28 ");
  REQUIRE(broken([&](ledger::Overlay& state) {
            auto record = ledger::must_load(state, ledger::kProposals, number);
            record.state = BallotState::kPassed;
            ledger::save(state, ledger::kProposals, record, number);
          }) == "I28 ");
}
