// SPDX-License-Identifier: Apache-2.0
// Opening a ballot and voting on it: what is refused, who has how much weight, and what a stake
// takes from the vote of its node.
#include <catch2/catch.hpp>

#include "tests/ledger/ballot_support.h"
#include "tests/support/workload.h"

using namespace wald;
using namespace wald::tests;

namespace {

std::uint64_t weight_in(const World& world, std::uint32_t number, const std::string& node) {
  return vote_of(world, number, node_of(node).view()).weight;
}

// A chain in which ann has stakes of 300 and 500 WAL with n2 at work, and bob 700 with n1.
struct Staked {
  World world{ballot_network()};
  base::ObjectId small, large, other;

  Staked() {
    small = stake("ann", "n2", 300);
    large = stake("ann", "n2", 500);
    other = stake("bob", "n1", 700);
    until_epoch(world, 3);
  }
  base::ObjectId stake(const std::string& who, const std::string& node, std::uint64_t wal) {
    WALD_CHECK(world.run(who, delegate(node, wal * kWal)) == spec::OK);
    return made_stake(world);
  }
};

}  // namespace

TEST_CASE("propose: a deposit, a number, and a snapshot of the block before",
          "[ledger][tx][rule:G-1][rule:G-2]") {
  World world(ballot_network());
  const std::uint64_t before = world.balance("ann");
  REQUIRE(world.run("ann", propose_text("hello", "a reason")) == spec::OK);
  const auto event = events_of<spec::GovProposed>(world.last()).at(0);
  REQUIRE(event.proposal() == 1);
  REQUIRE(event.kind() == spec::BALLOT_TEXT);
  REQUIRE(event.deadline() == 3);
  REQUIRE(event.text_hash() ==
          ledger::text_of(base::blake2b(base::as_bytes(std::string("a reason")))));
  const auto record = ballot(world, 1);
  REQUIRE(record.deposit.amount().value() == kDeposit);
  REQUIRE(before - world.balance("ann") > kDeposit);
  REQUIRE(before - world.balance("ann") < kDeposit + kWal);
  REQUIRE(record.shards == 36);
  REQUIRE(record.opened == world.height());
  for (const std::string node : {"n1", "n2", "n3", "n4"}) {
    const auto shown = ledger::must_load(world.view(), ledger::kSnapshots, 1, node_of(node));
    const auto pool = pool_of(world, node);
    REQUIRE(shown.shards == shards_of(world, node));
    REQUIRE(shown.total == pool.shares);
    REQUIRE(shown.active.amount() == pool.active);
  }
  REQUIRE(ledger::must_load(world.view(), ledger::kBallotTexts, 1).text == "a reason");
  REQUIRE(opened(world, "bob", propose_slash("n1")) == 2);
  REQUIRE(ballot(world, 2).shards == 36 - shards_of(world, "n1"));
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kSnapshots, 2, node_of("n1")));
  // By its hash, with the place where it is found.
  auto far = propose_text("far", "");
  far.mutable_propose()->set_text_hash(std::string(32, 'h'));
  far.mutable_propose()->set_url("https://example.org");
  REQUIRE(opened(world, "bob", far) == 3);
  REQUIRE(ballot(world, 3).text_hash == base::Hash::from(base::as_bytes(std::string(32, 'h'))));
  REQUIRE(conserved(world));
}

TEST_CASE("propose: refusals of form, texts and subjects", "[ledger][tx][rule:G-1][rule:G-5]") {
  World world(ballot_network());
  const auto code = [&](const spec::Operation& op) { return world.run("ann", op); };
  REQUIRE(code(propose_text(std::string(201, 't'))) == spec::LIMIT);
  REQUIRE(code(propose_text("t", std::string(16'385, 't'))) == spec::LIMIT);
  REQUIRE(code(propose_text(std::string(200, 't'), std::string(16'384, 't'))) == spec::OK);
  auto two = propose_slash("n1");
  *two.mutable_propose()->mutable_parameter()->add_values() =
      propose_parameters({{"rho", 1}}).propose().parameter().values(0);
  REQUIRE(code(two) == spec::MALFORMED);
  auto half = propose_text("t", "");
  half.mutable_propose()->set_url("https://example.org");
  REQUIRE(code(half) == spec::MALFORMED);
  half.mutable_propose()->set_text_hash(std::string(32, 'h'));
  half.mutable_propose()->set_text("both");
  REQUIRE(code(half) == spec::MALFORMED);

  const std::vector<std::pair<std::string, std::uint64_t>> many(17, {"rho", 1});
  REQUIRE(code(propose_parameters(many)) == spec::LIMIT);
  REQUIRE(code(propose_parameters({{"nothing", 1}})) == spec::BAD_SUBJECT);
  REQUIRE(code(propose_parameters({{"shards", 40}})) == spec::BAD_SUBJECT);
  REQUIRE(code(propose_parameters({{"rho", 1}, {"rho", 2}})) == spec::BAD_SUBJECT);
  REQUIRE(code(propose_parameters({{"vote_epochs", 0}})) == spec::OUT_OF_BOUNDS);
  REQUIRE(code(propose_parameters({{"vote_epochs", 5}})) == spec::OUT_OF_BOUNDS);
  REQUIRE(code(propose_parameters({{"horizon", 52}})) == spec::OUT_OF_BOUNDS);  // never lowered
  REQUIRE(code(propose_slash("n9")) == spec::BAD_SUBJECT);
  REQUIRE(code(propose_slash("n1", "")) == spec::BAD_SUBJECT);  // no reason
  REQUIRE(code(propose_payment("bonus", "bob", 1)) == spec::BAD_SUBJECT);
  REQUIRE(code(propose_payment("treasury", "nobody", 1)) == spec::BELOW_ACCOUNT_MIN);
  REQUIRE(code(propose_payment("treasury", "bob", 0)) == spec::OUT_OF_BOUNDS);
  REQUIRE(code(propose_payment("treasury", "bob", 5, ScheduleOf{10, 10, 10, 1})) ==
          spec::BAD_SUBJECT);
  REQUIRE(world.run("poor", propose_text("t")) == spec::INSUFFICIENT);
  REQUIRE(conserved(world));
}

TEST_CASE("propose: what would break the next epoch is refused by a dry run",
          "[ledger][tx][rule:G-5]") {
  World world(ballot_network());
  const auto code = [&](const std::vector<std::pair<std::string, std::uint64_t>>& values) {
    return world.run("ann", propose_parameters(values));
  };
  // A relation between parameters; each alone is within its bounds.
  REQUIRE(code({{"rho", 20'000}, {"system", 5'000}}) == spec::DRY_RUN_FAILED);
  // Three of the four would be left, then all of them.
  REQUIRE(code({{"threshold", 1600 * kWal}}) == spec::DRY_RUN_FAILED);
  REQUIRE(code({{"threshold", 1500 * kWal}}) == spec::OK);
  REQUIRE(code({{"threshold", 900'000'000 * kWal}}) == spec::DRY_RUN_FAILED);
  // What the foundation has set already counts.
  spec::Operation rates;
  rates.mutable_set_subsidy_rates()->set_rho(20'000);
  REQUIRE(world.run("found", rates) == spec::OK);
  REQUIRE(code({{"system", 5'000}}) == spec::DRY_RUN_FAILED);
  REQUIRE(ballot(world, 1).state == ledger::BallotState::kOpen);
  REQUIRE(conserved(world));
}

TEST_CASE("propose: not before there is a committee", "[ledger][tx][rule:G-1]") {
  World world(small_genesis({{"ann", 5000 * kWal}}));
  REQUIRE(world.epoch().value() == 0);
  REQUIRE(world.run("ann", propose_text("t")) == spec::POWER_ENDED);
}

TEST_CASE(
    "propose: four open at a time for each account and 32 in all, but for members and the "
    "foundation",
    "[ledger][tx][rule:G-1]") {
  std::map<std::string, std::uint64_t> accounts;
  for (int i = 0; i < 9; ++i) accounts["a" + std::to_string(i)] = 100 * kWal;
  accounts["found"] = 100 * kWal;
  spec::Genesis document = network({4000, 3000, 2000, 1500}, accounts);
  document.mutable_foundation()->set_account(ledger::text_of(account_of("found")));
  document.mutable_foundation()->set_sunset_epoch(9);
  set_param(document, "gov_deposit", kWal);
  World world(document);
  const auto run = [&](const std::string& who) {
    world.send(who, propose_text("t"));
    return static_cast<spec::Code>(world.block(10).receipts.at(0).code);
  };
  for (int i = 0; i < 4; ++i) REQUIRE(run("a0") == spec::OK);
  REQUIRE(run("a0") == spec::TOO_MANY_OPEN);
  for (int a = 1; a < 8; ++a)
    for (int i = 0; i < 4; ++i) REQUIRE(run("a" + std::to_string(a)) == spec::OK);
  REQUIRE(run("a8") == spec::TOO_MANY_OPEN);  // 32 are open
  // One of each member's governance account and one of the foundation beside them.
  edit_node(world, "n1",
            [](ledger::NodeRecord& node) { node.governance_account = account_of("a8"); });
  REQUIRE(run("a8") == spec::OK);
  REQUIRE(run("a8") == spec::TOO_MANY_OPEN);
  REQUIRE(run("found") == spec::OK);
  REQUIRE(run("found") == spec::TOO_MANY_OPEN);
  // What is over makes room by the number of the epoch; 16 are counted in a block.
  while (world.epoch().value() < 3) world.block(1000);
  REQUIRE(events_of<spec::GovClosed>(world.last()).size() == 16);
  REQUIRE(run("a0") == spec::OK);
  REQUIRE(events_of<spec::GovClosed>(world.last()).size() == 16);
  world.block(10);
  REQUIRE(events_of<spec::GovClosed>(world.last()).size() == 2);
  REQUIRE(burned(world, spec::BURN_DEPOSIT) == 34 * kWal);
  REQUIRE(conserved(world));
}

TEST_CASE("vote: a member with its shards, once", "[ledger][tx][rule:G-3]") {
  World world(ballot_network());
  const auto number = opened(world, "ann", propose_text("t"));
  REQUIRE(world.run("n1", vote_as("n1", number, true)) == spec::OK);
  const auto event = events_of<spec::GovVoted>(world.last()).at(0);
  REQUIRE(event.weight() == shards_of(world, "n1") * kPpmShard);
  REQUIRE(event.weight_for() == event.weight());
  REQUIRE(world.run("n2", vote_as("n2", number, false)) == spec::OK);
  REQUIRE(ballot(world, number).tally.no == shards_of(world, "n2") * kPpmShard);
  // In the order of the conditions.
  REQUIRE(world.run("ann", vote_as("n9", 99, true)) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("ann", vote_as("n1", 99, true)) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("n1", vote_as("n1", 99, true)) == spec::NO_PROPOSAL);
  REQUIRE(world.run("n1", vote_as("n1", number, false)) == spec::ALREADY_VOTED);
  const auto slash = opened(world, "bob", propose_slash("n3"));
  REQUIRE(world.run("n3", vote_as("n3", slash, false)) == spec::NO_WEIGHT);
  auto both = vote_as("n3", number, true);
  both.mutable_vote()->add_stakes(std::string(32, 's'));
  REQUIRE(world.run("n3", both) == spec::MALFORMED);
  REQUIRE(world.run("n3", vote_with({}, number, true)) == spec::MALFORMED);
  until_epoch(world, 3);
  REQUIRE(world.run("n3", vote_as("n3", number, true)) == spec::BALLOT_CLOSED);
  REQUIRE(ballot(world, number).tally.yes == event.weight());
  REQUIRE(conserved(world));
}

TEST_CASE("vote: a stake takes its part out of the node's vote, whichever came first",
          "[ledger][tx][rule:G-3][rule:P-3]") {
  Staked staked;
  World& world = staked.world;
  const auto number = opened(world, "cat", propose_text("t"));
  const auto pool = pool_of(world, "n2");
  const auto own = ledger::must_load(world.view(), ledger::kStakes, staked.small);
  REQUIRE_FALSE(own.minted);  // its shares are looked up, not written
  const std::uint64_t whole = shards_of(world, "n2") * kPpmShard;
  const auto part_of = [&](std::uint64_t wal) {
    const auto rate =
        ledger::must_load(world.view(), ledger::kRates, node_of("n2"), own.activation);
    const auto shares = economics::to_shares(ledger::Amount::of(wal * kWal), *rate.mint).value();
    const auto lifted = economics::lift(shares, rate.mint->scale, pool.scale).value();
    return static_cast<std::uint64_t>(economics::U128{whole} * lifted.value() /
                                      pool.shares.value());
  };
  // The stake first, then the node, then the other stake.
  REQUIRE(world.run("ann", vote_with({staked.small}, number, false)) == spec::OK);
  REQUIRE(ballot(world, number).tally.no == part_of(300));
  REQUIRE(part_of(300) > 0);
  REQUIRE(world.run("n2", vote_as("n2", number, true)) == spec::OK);
  REQUIRE(weight_in(world, number, "n2") == whole - part_of(300));
  REQUIRE(world.run("ann", vote_with({staked.large}, number, false)) == spec::OK);
  const auto record = ballot(world, number);
  REQUIRE(record.tally.no == part_of(300) + part_of(500));
  REQUIRE(record.tally.yes == whole - part_of(300) - part_of(500));
  REQUIRE(weight_in(world, number, "n2") == record.tally.yes);
  const auto shown = ledger::must_load(world.view(), ledger::kSnapshots, number, node_of("n2"));
  REQUIRE(shown.parts == record.tally.no);
  // The bond votes as any stake; with it all of n2's stakes speak for themselves.
  REQUIRE(world.run("bob", vote_with({staked.other}, number, true)) == spec::OK);
  REQUIRE(vote_of(world, number, staked.other.view()).node == node_of("n1"));
  REQUIRE(conserved(world));
}

TEST_CASE("vote: a stake that was not at work in the snapshot, or is another since, has no weight",
          "[ledger][tx][rule:G-3]") {
  Staked staked;
  World& world = staked.world;
  const auto leaving = staked.stake("cat", "n1", 100);
  const auto number = opened(world, "cat", propose_text("t"));
  REQUIRE(world.run("ann", vote_with({base::ObjectId()}, 99, true)) == spec::UNKNOWN_OBJECT);
  REQUIRE(world.run("ann", vote_with({staked.other}, 99, true)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", vote_with({staked.small}, 99, true)) == spec::NO_PROPOSAL);
  REQUIRE(world.run("cat", vote_with({leaving}, number, true)) == spec::NO_WEIGHT);
  // One that is refused refuses all.
  REQUIRE(world.run("ann", vote_with({staked.small, staked.small}, number, true)) ==
          spec::ALREADY_VOTED);
  REQUIRE(ballot(world, number).tally.yes == 0);
  REQUIRE(world.run("ann", split_stake(staked.small, 100 * kWal)) == spec::OK);
  REQUIRE(world.run("ann", vote_with({staked.small}, number, true)) == spec::NO_WEIGHT);
  REQUIRE(world.run("ann", vote_with({staked.large}, number, true)) == spec::OK);
  REQUIRE(world.run("ann", vote_with({staked.large}, number, true)) == spec::ALREADY_VOTED);
  REQUIRE(world.run("bob", give(staked.other, "cat")) == spec::OK);
  REQUIRE(world.run("cat", vote_with({staked.other}, number, true)) == spec::NO_WEIGHT);
  // On a ballot opened afterwards they count again; one that has asked to leave counts as well.
  const auto later = opened(world, "cat", propose_text("t"));
  REQUIRE(world.run("ann", request_exit(staked.large)) == spec::OK);
  REQUIRE(world.run("ann", vote_with({staked.small, staked.large}, later, true)) == spec::OK);
  REQUIRE(world.run("cat", vote_with({staked.other}, later, true)) == spec::OK);
  // Stakes of an accused do not vote.
  const auto slash = opened(world, "cat", propose_slash("n1"));
  REQUIRE(world.run("cat", vote_with({staked.other}, slash, false)) == spec::NO_WEIGHT);
  // Merged since.
  const auto third = opened(world, "bob", propose_text("t"));
  const auto stakes = ledger::must_load(world.view(), ledger::kStakes, staked.small);
  REQUIRE(stakes.changed < ballot(world, third).opened);
  REQUIRE(conserved(world));
}

TEST_CASE("vote: the bond votes with its shares", "[ledger][tx][rule:G-3]") {
  spec::Genesis document = ballot_network();
  auto& stake = *document.mutable_nodes(0)->mutable_stakes(0);
  stake.set_bond(true);
  World world(document);
  const auto number = opened(world, "ann", propose_text("t"));
  const auto bond = pool_of(world, "n1").bond.value();
  REQUIRE(world.run("n1", vote_with({bond.stake}, number, true)) == spec::OK);
  const std::uint64_t whole = shards_of(world, "n1") * kPpmShard;
  REQUIRE(ballot(world, number).tally.yes == whole);  // there is no other stake
  REQUIRE(world.run("n1", vote_as("n1", number, false)) == spec::OK);
  REQUIRE(weight_in(world, number, "n1") == 0);
  REQUIRE(ballot(world, number).tally.no == 0);
  REQUIRE(conserved(world));
}

TEST_CASE("ballots: thousands of random operations keep every law, above all I28",
          "[ledger][laws][rule:G-3][rule:G-4][rule:A-30][rule:I28]") {
  Workload workload(21, Workload::Mix::kBallots);
  workload.run(2500);
  for (const auto& sentence : workload.broken()) UNSCOPED_INFO(sentence);
  for (const auto& [code, count] : workload.codes())
    UNSCOPED_INFO(spec::Code_Name(code) << " " << count);
  REQUIRE(workload.broken().empty());
  for (const auto& report : workload.laws()) {
    INFO(report.law);
    REQUIRE(report.objects > 0);
  }
  std::map<ledger::BallotState, int> states;
  ledger::for_each<ledger::ProposalRecord>(
      workload.world().view(), ledger::kProposals,
      [&](base::ByteView, const ledger::ProposalRecord& record) {
        ++states[record.state];
        return true;
      });
  REQUIRE(states[ledger::BallotState::kExecuted] > 5);
  REQUIRE(states[ledger::BallotState::kNoQuorum] + states[ledger::BallotState::kFailed] > 0);
  for (const auto code : {spec::ALREADY_VOTED, spec::NO_WEIGHT, spec::NOT_DUE, spec::NOT_PASSED})
    REQUIRE(workload.codes().count(code) == 1);
}
