// SPDX-License-Identifier: Apache-2.0
// The document with nodes: what it means, and that an error names its field.
#include <catch2/catch.hpp>

#include "ledger/wire/canonical.h"
#include "tests/ledger/epoch_support.h"

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
      std::string(base::as_text(account_of("ann").view())));
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
