// SPDX-License-Identifier: Apache-2.0
// The document with nodes: what it means, and that an error names its field.
#include <catch2/catch.hpp>

#include "ledger/wire/canonical.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

spec::Genesis good() { return network({20'000, 25'000, 30'000, 35'000}, {{"ann", 50 * kWal}}); }

std::string fault(const spec::Genesis& document) {
  const auto built = ledger::build_genesis(wire::write_canonical(document));
  return built.ok() ? "" : built.error().field + ": " + built.error().message;
}
bool names(const spec::Genesis& document, const std::string& expected) {
  const std::string found = fault(document);
  INFO(found);
  CHECK(found.find(expected) == 0);
  return found.find(expected) == 0;
}

}  // namespace

TEST_CASE(
    "genesis: a document with nodes starts epoch 1 with a committee, prices and minted stakes",
    "[ledger][genesis][rule:T-2]") {
  World world(good());
  const auto chain = ledger::must_load(world.view(), ledger::kChain);
  REQUIRE(chain.clock.epoch == base::Epoch(1));
  REQUIRE(chain.clock.start == base::TimeMs(kStart));
  REQUIRE(chain.clock.length == 30'000);
  const auto committee = ledger::must_load(world.view(), ledger::kCommittees, base::Epoch(1));
  REQUIRE(committee.members.size() == 4);
  std::uint16_t next = 0;
  for (const auto& member : committee.members)  // C-4: consecutively, by id
    for (const auto shard : member.shards) REQUIRE(shard.value() == next++);
  REQUIRE(next == 36);
  const auto stake = ledger::must_load(world.view(), ledger::kStakes,
                                       ledger::object_id(base::TxId(world.chain().bytes()), 2));
  REQUIRE(stake.principal.value() == 30'000 * kWal);
  REQUIRE(stake.activation == base::Epoch(1));
  REQUIRE(stake.owner == account_of("n3"));
  const auto pool = ledger::must_load(world.view(), ledger::kPools, node_of("n3"));
  REQUIRE(pool.active.value() == 30'000 * kWal);
  REQUIRE(pool.shares.value() == 30'000 * kWal);
  REQUIRE(pool.rate.value() == 1000);
  const auto node = ledger::must_load(world.view(), ledger::kNodes, node_of("n3"));
  REQUIRE(node.standing.value() == 1'000'000);
  REQUIRE(node.deposit.amount().value() == 100 * kWal);
  REQUIRE(ledger::must_load(world.view(), ledger::kMarket).priced);
  REQUIRE(ledger::must_load(world.view(), ledger::kSync, base::Epoch(1)).weight == 0);
  REQUIRE(ledger::exists(world.view(), ledger::kRing, base::Epoch(53)));
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kRing, base::Epoch(0)));
  REQUIRE(conserved(world));
}

TEST_CASE("genesis: an error in a registration names node, field and code",
          "[ledger][genesis][rule:N-1]") {
  const auto with = [](const auto& change) {
    auto document = good();
    change(*document.mutable_nodes(1)->mutable_registration());
    return document;
  };
  const std::string at = "nodes[1].registration.";
  using R = spec::RegisterNode;
  REQUIRE(names(with([](R& r) { r.set_address("n2.example"); }), at + "address: BAD_NODE_INFO"));
  REQUIRE(names(with([](R& r) { r.set_address("n2:0"); }), at + "address"));
  REQUIRE(names(with([](R& r) { r.mutable_possession()->back() ^= 1; }),
                at + "possession: BAD_POSSESSION"));
  REQUIRE(names(with([](R& r) { r.mutable_vrf_proof()->back() ^= 1; }),
                at + "vrf_proof: BAD_POSSESSION"));
  REQUIRE(names(with([](R& r) { r.set_storage_price(1'000'000'000'000'001); }),
                at + "storage_price: BAD_VOTE"));
  REQUIRE(names(with([](R& r) { r.set_write_price(1'000'000'000'000'001); }),
                at + "write_price: BAD_VOTE"));
  REQUIRE(
      names(with([](R& r) { r.set_capacity(std::uint64_t{1} << 63); }), at + "capacity: BAD_VOTE"));
  REQUIRE(names(with([](R& r) { r.set_commission(10'001); }), at + "commission: BAD_RATE"));
  const std::string nobody(base::as_text(account_of("nobody").view()));
  REQUIRE(names(with([&](R& r) { r.set_commission_account(nobody); }),
                at + "commission_account: BELOW_ACCOUNT_MIN"));
  REQUIRE(names(with([&](R& r) { r.set_governance_account(nobody); }),
                at + "governance_account: BELOW_ACCOUNT_MIN"));
  auto twice = good();
  *twice.add_nodes() = twice.nodes(0);
  balance_treasury(twice);
  REQUIRE(names(twice, "nodes[4].registration.protocol_key: KEY_TAKEN"));
  auto elsewhere = good();
  *elsewhere.mutable_nodes(0)->mutable_registration() = registration(
      "n1", base::ChainId::from(key_of_name("x").key.view()), base::Epoch(0), base::Epoch(1));
  REQUIRE(names(elsewhere, "nodes[0].registration.possession: BAD_POSSESSION"));
}

TEST_CASE("genesis: errors of nodes, deposits and stakes name their field",
          "[ledger][genesis][rule:T-2]") {
  const std::string nobody(base::as_text(account_of("nobody").view()));
  auto document = good();
  document.mutable_nodes(0)->set_operator_(nobody);
  REQUIRE(names(document, "nodes[0].operator"));
  document = good();
  document.mutable_nodes(2)->set_deposit(99 * kWal);
  balance_treasury(document);
  REQUIRE(names(document, "nodes[2].deposit"));
  document = good();
  document.mutable_nodes(2)->mutable_stakes(0)->set_owner(nobody);
  REQUIRE(names(document, "nodes[2].stakes[0].owner"));
  document = good();
  document.mutable_nodes(2)->mutable_stakes(0)->set_amount(1);
  balance_treasury(document);
  REQUIRE(names(document, "nodes[2].stakes[0]: STAKE_TOO_SMALL"));
  document = good();
  document.mutable_nodes(2)->mutable_stakes(0)->set_owner(
      base::string_of(account_of("ann").view()));
  document.mutable_nodes(2)->mutable_stakes(0)->set_bond(true);
  REQUIRE(names(document, "nodes[2].stakes[0].bond"));
  document = good();
  document.mutable_nodes(2)->mutable_stakes(0)->set_amount(~std::uint64_t{0} >> 1);
  REQUIRE(names(document, "nodes[2].stakes[0].amount"));
  document = good();
  set_param(document, "threshold", 1'000'000 * kWal);
  REQUIRE(names(document, "nodes: no candidate"));
  document = good();
  set_param(document, "pools_max", 3);
  REQUIRE(names(document, "nodes: more than pools_max"));
  document = good();
  document.mutable_funds(0)->set_amount(document.funds(0).amount() - 1);
  REQUIRE(names(document, "accounts"));
}

namespace {

spec::GenesisVesting vesting_for(const std::string& name, std::uint64_t amount) {
  spec::GenesisVesting out;
  out.set_beneficiary(ledger::text_of(account_of(name)));
  out.set_amount(amount);
  out.set_start(kStart);
  out.set_cliff(kStart + 20'000);
  out.set_end(kStart + 100'000);
  out.set_steps(10);
  return out;
}
spec::Genesis with_vesting(const spec::GenesisVesting& vesting) {
  spec::Genesis document = good();
  *document.add_vestings() = vesting;
  balance_treasury(document);
  return document;
}

}  // namespace

TEST_CASE("genesis: vestings lock WAL from the start, as objects behind the stakes",
          "[ledger][genesis][rule:T-2][rule:T-3]") {
  spec::Genesis document = with_vesting(vesting_for("ann", 1'000 * kWal));
  *document.add_vestings() = vesting_for("n1", 500 * kWal);
  balance_treasury(document);
  World world(document);
  // Four stakes come before them.
  const base::TxId genesis(world.chain().bytes());
  const base::ObjectId anns = ledger::object_id(genesis, 4);
  const auto record = ledger::must_load(world.view(), ledger::kVestings, anns);
  REQUIRE(record.beneficiary == account_of("ann"));
  REQUIRE((record.total.amount().value() == 1'000 * kWal && record.steps == 10));
  REQUIRE(record.locked.amount() == record.total.amount());
  REQUIRE((record.released.amount().is_zero() && record.staked.amount().is_zero()));
  REQUIRE(ledger::exists(world.view(), ledger::kOwned, account_of("ann"), anns));
  REQUIRE(ledger::must_load(world.view(), ledger::kVestings, ledger::object_id(genesis, 5))
              .beneficiary == account_of("n1"));
  REQUIRE(conserved(world));
  for (const auto& report : ledger::recount(world.view())) REQUIRE_FALSE(report.breach);
  // It is a vesting like any other.
  REQUIRE(world.run("ann", release_vested(anns)) == spec::NOT_VESTED);
  REQUIRE(world.run("n1", release_vested(anns)) == spec::NOT_OWNER);
  world.block(25'000 - 3'000);
  REQUIRE(world.run("ann", release_vested(anns)) == spec::OK);
  REQUIRE(ledger::must_load(world.view(), ledger::kVestings, anns).released.amount().value() ==
          200 * kWal);
  REQUIRE(conserved(world));
}

TEST_CASE("genesis: vestings need no nodes", "[ledger][genesis][rule:T-2][rule:T-3]") {
  spec::Genesis document = small_genesis({{"ann", 50 * kWal}});
  *document.add_vestings() = vesting_for("ann", 1);
  balance_treasury(document);
  const World world(document);
  const auto id = ledger::object_id(base::TxId(world.chain().bytes()), 0);
  REQUIRE(ledger::must_load(world.view(), ledger::kVestings, id).locked.amount().value() == 1);
  REQUIRE(conserved(world));
}

TEST_CASE("genesis: what is wrong with a vesting is told with its key",
          "[ledger][genesis][rule:T-2]") {
  const auto with = [](const auto& change) {
    spec::GenesisVesting vesting = vesting_for("ann", 1'000 * kWal);
    change(vesting);
    return with_vesting(vesting);
  };
  using V = spec::GenesisVesting;
  REQUIRE(fault(with([](V&) {})).empty());
  const std::string at = "vestings[0].";
  REQUIRE(names(with([](V& v) { v.set_beneficiary(ledger::text_of(account_of("nobody"))); }),
                at + "beneficiary: no such account"));
  REQUIRE(names(with([](V& v) { v.set_amount(0); }), at + "amount: must not be 0"));
  REQUIRE(names(with([](V& v) { v.set_steps(0); }), at + "steps"));
  REQUIRE(names(with([](V& v) { v.set_end(v.start()); }), at + "end"));
  REQUIRE(names(with([](V& v) { v.set_cliff(v.start() - 1); }), at + "cliff"));
  REQUIRE(names(with([](V& v) { v.set_cliff(v.end() + 1); }), at + "cliff"));
  REQUIRE(fault(with([](V& v) { v.set_cliff(v.end()); })).empty());
  REQUIRE(fault(with([](V& v) { v.set_cliff(v.start()); })).empty());
  spec::Genesis much = good();
  *much.add_vestings() = vesting_for("ann", ~std::uint64_t{0} >> 1);
  REQUIRE(names(much, at + "amount: the amounts exceed the supply"));
  spec::Genesis more = good();  // not taken from the treasury
  *more.add_vestings() = vesting_for("ann", 1);
  REQUIRE_FALSE(fault(more).empty());
  spec::Genesis second = with_vesting(vesting_for("ann", 5));
  *second.add_vestings() = vesting_for("ann", 0);
  REQUIRE(names(second, "vestings[1].amount"));
}

TEST_CASE("registration: an address is host and port and nothing else",
          "[ledger][genesis][rule:N-1]") {
  const auto address = [](const std::string& text) {
    auto document = good();
    document.mutable_nodes(0)->mutable_registration()->set_address(text);
    return fault(document).empty();
  };
  for (const auto* text : {"a.example:1", "10.0.0.1:65535", "[::1]:80", "node-1.b:9185"})
    REQUIRE(address(text));
  for (const auto* text : {":80", "a", "a:", "a:080", "a:65536", "a:99999999", "-a.b:1", "a..b:1",
                           "a b:1", "::1:80", "[]:1", "[zz]:1", "a:1:"})
    REQUIRE_FALSE(address(text));
}
