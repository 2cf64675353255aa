// SPDX-License-Identifier: Apache-2.0
// Routes that show nodes, committees and stakes: a chain with storage nodes.
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "node/reflect/value.h"
#include "tests/node/http/test_chain.h"
#include "tests/support/nodes.h"

using namespace wald;
using namespace wald::tests;

namespace {

spec::Genesis five_nodes() {
  spec::Genesis document =
      network({50'000, 40'000, 30'000, 20'000, 10'000}, {{"ann", 100 * kWal}, {"bob", kWal}});
  document.set_sequencer_key(base::string_of(key_of_name("sequencer").key.view()));
  return document;
}

std::string node_text(const std::string& name) {
  return reflect::bytes_text(spec::KIND_NODE, node_of(name).view());
}

std::vector<std::string> ids(const Answer& answer) {
  std::vector<std::string> out;
  for (const auto& row : answer.json.at("data").as_array())
    out.emplace_back(row.at("id").as_string());
  return out;
}

// Blocks until the next epoch runs.
void next_epoch(TestChain& chain) {
  const auto before = chain.core().head().epoch;
  for (int i = 0; i < 200 && chain.core().head().epoch == before; ++i) chain.block(1'000);
  REQUIRE(chain.core().head().epoch > before);
}

}  // namespace

TEST_CASE("nodes: one by its id, all with filters, sorted or shuffled by a seed", "[http]") {
  TestChain chain(five_nodes());
  const Answer one = chain.get("/v1/nodes/" + node_text("n1"));
  REQUIRE(one.status == 200);
  CHECK(one.json.at("data").at("name").as_string() == "n1");
  CHECK(one.json.at("data").at("commissionBps").to_number<int>() == 1'000);

  const auto all = ids(chain.get("/v1/nodes"));
  CHECK(all.size() == 5);
  CHECK(ids(chain.get("/v1/nodes")) == all);  // the same shuffle each time
  const auto by_name = ids(chain.get("/v1/nodes?sort=name"));
  CHECK(by_name.front() == node_text("n1"));
  CHECK(ids(chain.get("/v1/nodes?sort=-name")).front() == node_text("n5"));
  bool moved = false;
  for (int seed = 0; seed < 8; ++seed)
    moved = moved || ids(chain.get("/v1/nodes?seed=" + std::to_string(seed))) != all;
  CHECK(moved);
  CHECK(ids(chain.get("/v1/nodes?q=N3")) == std::vector<std::string>{node_text("n3")});
  CHECK(ids(chain.get("/v1/nodes?maxCommissionBps=999")).empty());
  CHECK(ids(chain.get("/v1/nodes?status=left")).empty());
}

TEST_CASE("lists: all pages show the version of the first", "[http][rule:IF-3]") {
  TestChain chain(five_nodes(), 9);
  chain.block();
  const Answer first = chain.get("/v1/nodes?sort=name&limit=2");
  REQUIRE(first.json.at("page").at("next").is_string());
  CHECK(ids(first) == std::vector<std::string>{node_text("n1"), node_text("n2")});
  chain.block();
  const std::string cursor(first.json.at("page").at("next").as_string());
  const Answer second = chain.get("/v1/nodes?sort=name&limit=2&cursor=" + cursor);
  CHECK(ids(second) == std::vector<std::string>{node_text("n3"), node_text("n4")});
  CHECK(second.json.at("at").at("height").as_string() == "1");
  const std::string last(second.json.at("page").at("next").as_string());
  const Answer third = chain.get("/v1/nodes?sort=name&limit=2&cursor=" + last);
  CHECK(ids(third) == std::vector<std::string>{node_text("n5")});
  CHECK(third.json.at("page").at("next").is_null());
  CHECK(chain.get("/v1/nodes?sort=id&limit=2&cursor=" + cursor).reason() == "CURSOR_MISMATCH");

  // As long as the window has it; then the list must begin again.
  for (int i = 0; i < 8; ++i) chain.block();
  CHECK(ids(chain.get("/v1/nodes?sort=name&limit=2&cursor=" + cursor)) == ids(second));
  chain.block();
  const Answer gone = chain.get("/v1/nodes?sort=name&limit=2&cursor=" + cursor);
  CHECK(gone.status == 410);
  CHECK(gone.reason() == "CURSOR_EXPIRED");
}

TEST_CASE("committee and shards: by name and by epoch, once they are chosen", "[http]") {
  TestChain chain(five_nodes());
  next_epoch(chain);
  const Answer current = chain.get("/v1/committee?which=current");
  REQUIRE(current.status == 200);
  const auto& members = current.json.at("data").at("members").as_array();
  CHECK(members.size() == 5);
  std::uint64_t weight = 0;
  for (const auto& member : members) weight += member.at("weight").to_number<std::uint64_t>();
  CHECK(weight == 36);
  CHECK(std::is_sorted(members.begin(), members.end(), [](const auto& a, const auto& b) {
    return a.at("node").as_string() < b.at("node").as_string();
  }));
  const std::string epoch = std::to_string(chain.core().head().epoch.value());
  const Answer shards = chain.get("/v1/shards?epoch=" + epoch);
  REQUIRE(shards.status == 200);
  std::size_t held = 0;
  for (const auto& holder : shards.json.at("data").at("holders").as_array())
    held += holder.at("shards").as_array().size();
  CHECK(held == 36);
  CHECK(chain.get("/v1/shards").json.at("data") == shards.json.at("data"));
  CHECK(chain.get("/v1/shards?epoch=4000000000").reason() == "NO_COMMITTEE");
  CHECK(chain.get("/v1/shards?epoch=4294967296").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/committee?of=1").reason() == "UNKNOWN_PARAMETER");
}

TEST_CASE("stakes: an estimate says the dates that the delegation then has", "[http]") {
  TestChain chain(five_nodes());
  next_epoch(chain);
  const Answer estimate = chain.post(
      "/v1/estimate/stake", R"({"node":")" + node_text("n2") + R"(","amount":"2000000000"})");
  REQUIRE(estimate.status == 200);
  spec::Operation stake;
  stake.mutable_delegate_stake()->set_node(base::string_of(node_of("n2").view()));
  stake.mutable_delegate_stake()->set_amount(2 * kWal);
  REQUIRE(chain.submit(chain.sign("ann", stake)).status == 202);
  chain.block();
  const std::string owner = reflect::bytes_text(spec::KIND_ACCOUNT, account_of("ann").view());
  const Answer list = chain.get("/v1/accounts/" + owner + "/stakes");
  REQUIRE(list.json.at("data").as_array().size() == 1);
  const auto& mine = list.json.at("data").at(0);
  CHECK(mine.at("principal").as_string() == "2000000000");
  CHECK(mine.at("owner").as_string() == owner);
  CHECK(mine.at("activeFrom").at("epoch") == estimate.json.at("data").at("activeFrom").at("epoch"));
  const Answer one = chain.get("/v1/stakes/" + std::string(mine.at("id").as_string()));
  CHECK(one.json.at("data") == mine);
  CHECK(chain.get("/v1/events?node=" + node_text("n2") + "&type=stake.delegated")
            .json.at("data")
            .as_array()
            .size() == 1);
}

TEST_CASE("explain reward: an epoch that runs, one that is paid, and who has no seat", "[http]") {
  TestChain chain(five_nodes());
  next_epoch(chain);
  const std::string path = "/v1/explain/reward?node=" + node_text("n1");
  const Answer now = chain.get(path);
  REQUIRE(now.status == 200);
  CHECK_FALSE(now.json.at("data").at("closed").as_bool());
  const std::string first = std::to_string(chain.core().head().epoch.value());
  spec::Operation gift;
  gift.mutable_add_rewards()->set_amount(10 * kWal);
  gift.mutable_add_rewards()->set_epochs(1);
  REQUIRE(chain.submit(chain.sign("ann", gift)).status == 202);
  next_epoch(chain);
  const Answer paid = chain.get(path + "&epoch=" + first);
  REQUIRE(paid.status == 200);
  const auto& data = paid.json.at("data");
  CHECK(data.at("closed").as_bool());
  const auto number = [&](const char* key) {
    return std::stoull(std::string(data.at(key).as_string()));
  };
  CHECK(number("pot") > 9 * kWal);  // less the burned part (R-2)
  CHECK(data.at("shards").to_number<int>() > 0);
  std::uint64_t lost = 0;
  for (const auto& loss : data.at("losses").as_array())
    lost += std::stoull(std::string(loss.at("amount").as_string()));
  CHECK(number("full") - number("reward") == lost);
  CHECK(number("commission") + number("delegators") == number("reward"));
  for (const auto& round : data.at("byRound").as_array())
    CHECK(round.at("outcome").as_string().starts_with("void: "));  // nothing is stored here
  CHECK(chain.get(path + "&epoch=900").reason() == "NO_SEAT");
  CHECK(chain.get("/v1/explain/reward").reason() == "MISSING_PARAMETER");
  CHECK(chain.get("/v1/explain/reward?node=0x01").reason() == "NO_SEAT");
}
