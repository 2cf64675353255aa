// SPDX-License-Identifier: Apache-2.0
// What the accounts behind a node may change: what it tells about itself, who holds its roles, and
// that it leaves.
#include <catch2/catch.hpp>

#include "ledger/stakes.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

World node_world() {
  return World(
      network({4000, 3000, 2000, 1500, 1200}, {{"ann", 5000 * kWal}, {"bob", 5000 * kWal}}));
}
ledger::NodeRecord node_at(const World& world, const std::string& name) {
  return ledger::must_load(world.view(), ledger::kNodes, node_of(name));
}

bool selected(const World& world) {
  return ledger::must_load(world.view(), ledger::kChain).clock.selected;
}
bool sits(const World& world, const std::string& node, base::Epoch epoch) {
  return ledger::is_member(world.view(), epoch, node_of(node));
}

}  // namespace

TEST_CASE("set_node_info: what is named changes, the rest stays", "[ledger][tx][rule:N-1]") {
  World world = node_world();
  const auto before = node_at(world, "n1");
  auto op = set_node_info("n1");
  op.mutable_set_node_info()->set_name("Better name");
  REQUIRE(world.run("n1", op) == spec::OK);
  REQUIRE(node_at(world, "n1").name == "Better name");
  REQUIRE(node_at(world, "n1").address == before.address);
  op = set_node_info("n1");
  op.mutable_set_node_info()->set_address("[2001:db8::1]:9000");
  op.mutable_set_node_info()->mutable_metadata()->set_description("fast disks");
  REQUIRE(world.run("n1", op) == spec::OK);
  REQUIRE(node_at(world, "n1").name == "Better name");
  REQUIRE(node_at(world, "n1").address == "[2001:db8::1]:9000");
  REQUIRE(node_at(world, "n1").metadata != before.metadata);
  const auto event = events_of<spec::NodeInfoChanged>(world.last()).at(0);
  REQUIRE(event.address() == "[2001:db8::1]:9000");
  REQUIRE(event.metadata());
}

TEST_CASE("set_node_info: refusals", "[ledger][tx][rule:N-1][rule:N-2]") {
  World world = node_world();
  const auto before = node_at(world, "n1");
  REQUIRE(world.run("ann", set_node_info("n1")) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("n1", set_node_info("n9")) == spec::UNKNOWN_NODE);
  for (const std::string& name : {std::string(), std::string(101, 'x')}) {
    auto op = set_node_info("n1");
    op.mutable_set_node_info()->set_name(name);
    REQUIRE(world.run("n1", op) == spec::BAD_NODE_INFO);
  }
  for (const std::string& address : {std::string(), std::string("host"), std::string("host:0")}) {
    auto op = set_node_info("n1");
    op.mutable_set_node_info()->set_address(address);
    REQUIRE(world.run("n1", op) == spec::BAD_NODE_INFO);
  }
  auto op = set_node_info("n1");
  auto& metadata = *op.mutable_set_node_info()->mutable_metadata();
  metadata.set_description(std::string(4096, 'x'));
  for (int i = 0; i < 5; ++i) {
    auto& pair = *metadata.add_pairs();
    pair.set_key("k" + std::to_string(i));
    pair.set_value(std::string(1024, 'y'));
  }
  REQUIRE(world.run("n1", op) == spec::BAD_NODE_INFO);
  REQUIRE(node_at(world, "n1").name == before.name);
  REQUIRE(node_at(world, "n1").metadata == before.metadata);
}

TEST_CASE("set_authority: each role is handed on by its holder alone", "[ledger][tx][rule:N-2]") {
  World world = node_world();
  REQUIRE(world.run("n1", set_authority("n1", spec::NODE_ROLE_COMMISSION, "ann")) == spec::OK);
  REQUIRE(node_at(world, "n1").commission_account == account_of("ann"));
  REQUIRE(node_at(world, "n1").operator_account == account_of("n1"));
  const auto event = events_of<spec::NodeAuthorityChanged>(world.last()).at(0);
  REQUIRE(event.role() == spec::NODE_ROLE_COMMISSION);
  REQUIRE(event.from() == ledger::text_of(account_of("n1")));
  // The operator has no say in it any more.
  REQUIRE(world.run("n1", set_authority("n1", spec::NODE_ROLE_COMMISSION, "n1")) ==
          spec::NOT_AUTHORITY);
  REQUIRE(world.run("ann", set_authority("n1", spec::NODE_ROLE_COMMISSION, "bob")) == spec::OK);
  REQUIRE(world.run("n1", set_authority("n1", spec::NODE_ROLE_GOVERNANCE, "bob")) == spec::OK);
  REQUIRE(node_at(world, "n1").governance_account == account_of("bob"));
  REQUIRE(world.run("n1", set_authority("n1", spec::NODE_ROLE_OPERATOR, "bob")) == spec::OK);
  REQUIRE(world.run("n1", set_votes("n1", {7, {}, {}})) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("bob", set_votes("n1", {7, {}, {}})) == spec::OK);

  REQUIRE(world.run("n2", set_authority("n9", spec::NODE_ROLE_OPERATOR, "bob")) ==
          spec::UNKNOWN_NODE);
  REQUIRE(world.run("n2", set_authority("n2", spec::NODE_ROLE_OPERATOR, "nobody")) ==
          spec::BELOW_ACCOUNT_MIN);
  REQUIRE(world.run("n2", set_authority("n2", spec::NODE_ROLE_NONE, "bob")) == spec::MALFORMED);
}

TEST_CASE("leave_node: the node is in no later committee, and has left when it sits in none",
          "[ledger][tx][rule:N-6]") {
  World world = node_world();
  const auto now = world.epoch();
  REQUIRE_FALSE(selected(world));
  REQUIRE(world.run("n5", leave_node("n5")) == spec::OK);
  REQUIRE(events_of<spec::NodeLeaving>(world.last()).at(0).epoch() == now.value() + 1);
  REQUIRE(world.run("n5", leave_node("n5")) == spec::NODE_STATE);
  REQUIRE(world.run("ann", delegate("n5", 10 * kWal)) == spec::NODE_LEAVING);
  REQUIRE(sits(world, "n5", now));
  turn_epoch(world);
  REQUIRE_FALSE(sits(world, "n5", now.next()));
  REQUIRE_FALSE(node_at(world, "n5").left);
  turn_epoch(world);
  REQUIRE(node_at(world, "n5").left);
  REQUIRE(world.run("n5", return_node("n5")) == spec::NODE_STATE);
  REQUIRE(world.run("n5", leave_node("n5")) == spec::NODE_STATE);
  REQUIRE(conserved(world));
}

TEST_CASE("return_node: until the first selection that would go without the node",
          "[ledger][tx][rule:N-6]") {
  World world = node_world();
  REQUIRE(world.run("n5", return_node("n5")) == spec::NODE_STATE);
  REQUIRE(world.run("n5", leave_node("n5")) == spec::OK);
  REQUIRE(world.run("ann", return_node("n5")) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("n5", return_node("n5")) == spec::OK);
  REQUIRE(events_of<spec::NodeReturned>(world.last()).size() == 1);
  REQUIRE_FALSE(node_at(world, "n5").leaving);
  while (!selected(world)) world.block(1000);
  REQUIRE(sits(world, "n5", world.epoch().next()));
  // After a selection it sits for one epoch more, and may return until the next one.
  REQUIRE(world.run("n5", leave_node("n5")) == spec::OK);
  REQUIRE(events_of<spec::NodeLeaving>(world.last()).at(0).epoch() == world.epoch().value() + 2);
  turn_epoch(world);
  REQUIRE_FALSE(selected(world));
  REQUIRE(world.run("n5", return_node("n5")) == spec::OK);
  REQUIRE(world.run("n5", leave_node("n5")) == spec::OK);
  while (!selected(world)) world.block(1000);
  REQUIRE(world.run("n5", return_node("n5")) == spec::NODE_STATE);
  REQUIRE(world.run("ann", leave_node("n4")) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("ann", leave_node("n9")) == spec::UNKNOWN_NODE);
  REQUIRE(conserved(world));
}
