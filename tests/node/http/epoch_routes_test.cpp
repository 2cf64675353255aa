// SPDX-License-Identifier: Apache-2.0
// Epochs that are over, yields, projections and estimates: what an operator or delegator asks.
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "node/reflect/value.h"
#include "tests/node/http/test_chain.h"
#include "tests/support/nodes.h"

using namespace wald;
using namespace wald::tests;

namespace {

spec::Genesis some_nodes() {
  spec::Genesis document =
      network({50'000, 40'000, 30'000, 20'000}, {{"ann", 20'000 * kWal}, {"bob", 10 * kWal}});
  document.set_sequencer_key(base::string_of(key_of_name("sequencer").key.view()));
  return document;
}

std::string node_text(const std::string& name) {
  return reflect::bytes_text(spec::KIND_NODE, node_of(name).view());
}

void until_epoch(TestChain& chain, std::uint32_t epoch) {
  for (int i = 0; i < 600 && chain.core().head().epoch.value() < epoch; ++i) chain.block(1'000);
  REQUIRE(chain.core().head().epoch.value() == epoch);
}

std::string delegate_from(TestChain& chain, const std::string& who, std::uint64_t frost) {
  spec::Operation stake;
  stake.mutable_delegate_stake()->set_node(base::string_of(node_of("n1").view()));
  stake.mutable_delegate_stake()->set_amount(frost);
  REQUIRE(chain.submit(chain.sign(who, stake)).status == 202);
  chain.block();
  const std::string owner = reflect::bytes_text(spec::KIND_ACCOUNT, account_of(who).view());
  const Answer list = chain.get("/v1/accounts/" + owner + "/stakes");
  return std::string(list.json.at("data").at(0).at("id").as_string());
}

void give_rewards(TestChain& chain, std::uint64_t frost, std::uint32_t epochs) {
  spec::Operation gift;
  gift.mutable_add_rewards()->set_amount(frost);
  gift.mutable_add_rewards()->set_epochs(epochs);
  REQUIRE(chain.submit(chain.sign("ann", gift)).status == 202);
  chain.block();
}

std::uint64_t number(const boost::json::value& value) {
  return std::stoull(std::string(value.as_string()));
}

}  // namespace

TEST_CASE("epochs: closed ones keep their times, prices and money, the running one ends the list",
          "[http]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 1);
  const Answer begun = chain.get("/v1/epoch");  // by the genesis document, not by a block
  until_epoch(chain, 2);
  const Answer running = chain.get("/v1/epoch");
  give_rewards(chain, 1'000 * kWal, 1);
  until_epoch(chain, 4);
  const Answer first = chain.get("/v1/epochs/1");
  for (const char* key : {"startsAt", "endsAt", "storagePrice", "writePrice", "capacity"})
    CHECK(first.json.at("data").at(key) == begun.json.at("data").at(key));
  const Answer one = chain.get("/v1/epochs/2");
  REQUIRE(one.status == 200);
  const auto& data = one.json.at("data");
  CHECK(data.at("state").as_string() == "closed");
  for (const char* key : {"startsAt", "handoverAt", "endsAt", "storagePrice", "capacity"})
    CHECK(data.at(key) == running.json.at("data").at(key));
  CHECK(number(data.at("pot")) > 0);
  CHECK(chain.get("/v1/epochs/0").reason() == "EPOCH_NOT_FOUND");  // this chain begins with 1
  const Answer all = chain.get("/v1/epochs?limit=2");
  REQUIRE(all.json.at("data").as_array().size() == 2);
  CHECK(all.json.at("data").at(1) == data);
  const std::string cursor(all.json.at("page").at("next").as_string());
  const Answer rest = chain.get("/v1/epochs?limit=2&cursor=" + cursor);
  CHECK(rest.json.at("data").at(1) == chain.get("/v1/epoch").json.at("data"));
  CHECK(rest.json.at("page").at("next").is_null());
  CHECK(chain.get("/v1/epochs/5").reason() == "EPOCH_NOT_FOUND");
  CHECK(chain.get("/v1/epochs/x").reason() == "INVALID_PARAMETER");
}

TEST_CASE("epochs: one without a committee names no handover, running or closed", "[http]") {
  // A network that nodes join by themselves begins with epoch 0; it ends once one has a seat.
  TestChain chain(chain_genesis({{"n1", 60'000 * kWal}}));
  const auto send = [&](const spec::Operation& operation) {
    REQUIRE(chain.submit(chain.sign("n1", operation)).status == 202);
    chain.block();
  };
  spec::Operation join;
  *join.mutable_register_node() =
      registration("n1", chain.core().genesis().chain, base::Epoch(0), base::Epoch(1));
  send(join);
  spec::Operation stake;
  stake.mutable_delegate_stake()->set_node(base::string_of(node_of("n1").view()));
  stake.mutable_delegate_stake()->set_amount(50'000 * kWal);
  stake.mutable_delegate_stake()->set_bond(true);
  send(stake);
  const auto zero = chain.get("/v1/epoch").json.at("data").as_object();
  REQUIRE(zero.at("epoch") == 0);
  REQUIRE_FALSE(zero.contains("handoverAt"));
  REQUIRE(zero.at("selectsAt").as_string() < zero.at("endsAt").as_string());
  until_epoch(chain, 1);
  const auto closed = chain.get("/v1/epochs/0").json.at("data").as_object();
  REQUIRE(closed.at("state") == "closed");
  for (const char* unknown : {"handoverAt", "selectsAt"}) REQUIRE_FALSE(closed.contains(unknown));
  REQUIRE(closed.at("endsAt") == zero.at("endsAt"));
}

TEST_CASE("yields: the rate of a pool, its yearly form, and what a stake earned agree",
          "[http][rule:IF-17]") {
  TestChain chain(some_nodes());
  const std::string stake = delegate_from(chain, "ann", 1'000 * kWal);
  until_epoch(chain, 1);
  give_rewards(chain, 5'000 * kWal, 2);
  until_epoch(chain, 4);
  const Answer rates = chain.get("/v1/nodes/" + node_text("n1") + "/exchange-rates");
  REQUIRE(rates.status == 200);
  const auto& rows = rates.json.at("data").as_array();
  REQUIRE(rows.size() >= 3);
  CHECK(rows.back().at("epoch").to_number<int>() == 4);
  const Answer node = chain.get("/v1/nodes/" + node_text("n1"));
  REQUIRE(node.json.at("data").as_object().contains("apr"));
  const auto& apr = node.json.at("data").at("apr").as_object();
  CHECK_FALSE(apr.at("e1").as_string().empty());
  CHECK(apr.at("e12").as_string().empty());  // it has not lived so long
  const Answer shown = chain.get("/v1/stakes/" + stake);
  const auto& data = shown.json.at("data");
  std::uint64_t earned = 0;
  for (const auto& row : data.at("accrued").as_array()) earned += number(row.at("amount"));
  CHECK(earned == number(data.at("valueNow")) - number(data.at("principal")));
  const Answer sorted = chain.get("/v1/nodes?sort=-apr");
  CHECK(sorted.status == 200);
  CHECK(chain.get("/v1/nodes/0x01/exchange-rates").reason() == "NODE_NOT_FOUND");
}

TEST_CASE("committee: the projection is that of today's stake, and becomes the next one",
          "[http]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 1);
  const Answer projected = chain.get("/v1/committee?which=projected");
  REQUIRE(projected.status == 200);
  CHECK(projected.json.at("data").at("epoch").to_number<int>() == 2);
  CHECK(projected.json.at("data").at("shards").to_number<int>() == 36);
  for (int i = 0; i < 300 && chain.get("/v1/committee?which=next").status == 404; ++i)
    chain.block(1'000);
  CHECK(chain.get("/v1/committee?which=next").json.at("data") == projected.json.at("data"));
  CHECK(chain.get("/v1/committee?which=projected").json.at("data").at("epoch").to_number<int>() ==
        3);
  TestChain empty(chain_genesis({}));
  CHECK(empty.get("/v1/committee?which=projected").reason() == "NO_COMMITTEE");
}

TEST_CASE("estimates: leaving, rewards and storage as the transactions would have it",
          "[http][rule:IF-4]") {
  TestChain chain(some_nodes());
  const std::string stake = delegate_from(chain, "ann", 1'000 * kWal);
  until_epoch(chain, 3);
  const std::string unstake = "/v1/estimate/unstake";
  const Answer whole = chain.post(unstake, R"({"stake":")" + stake + R"("})");
  REQUIRE(whole.status == 200);
  spec::Operation exit;
  const auto id = base::from_hex(stake.substr(2));
  exit.mutable_request_exit()->set_stake(base::string_of(*id));
  REQUIRE(chain.submit(chain.sign("ann", exit)).status == 202);
  chain.block();
  const Answer then = chain.get("/v1/stakes/" + stake);
  CHECK(then.json.at("data").at("exit").at("epoch") ==
        whole.json.at("data").at("exit").at("epoch"));
  CHECK(then.json.at("data").at("earlyExit").at("ppm") == whole.json.at("data").at("feePpm"));
  CHECK(chain.post(unstake, R"({"stake":")" + stake + R"("})").status >= 400);  // it leaves already
  CHECK(chain.post(unstake, R"({"stake":"0x01"})").reason() == "STAKE_NOT_FOUND");

  const Answer storage = chain.post("/v1/estimate/storage", R"({"size":"5242880","epochs":"2"})");
  REQUIRE(storage.status == 200);
  const auto& cost = storage.json.at("data");
  CHECK(cost.at("units").as_string() == "5");
  CHECK(number(cost.at("total")) == 10 * number(cost.at("storagePrice")));
  CHECK(chain.post("/v1/estimate/storage", R"({"size":"0","epochs":"2"})").status == 400);
  CHECK(chain.post("/v1/estimate/storage", R"({"size":"1","epochs":"100000"})").status == 400);
  const Answer rewards = chain.post(
      "/v1/estimate/rewards", R"({"node":")" + node_text("n1") + R"(","amount":"1000000000"})");
  REQUIRE(rewards.status == 200);
  CHECK(rewards.json.at("data").at("rates").as_array().size() >= 2);
  CHECK(chain.post("/v1/estimate/rewards", R"({"node":"0x01","amount":"5"})").reason() ==
        "UNKNOWN_NODE");
}

TEST_CASE("estimates: more epochs of a bucket, asked by its id, cost what is then charged",
          "[http][rule:IF-4][rule:Q-2]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 3);
  const std::string path = "/v1/estimate/extension";
  const std::string ann = reflect::bytes_text(spec::KIND_ACCOUNT, account_of("ann").view());
  REQUIRE(chain.submit(chain.sign("ann", create_bucket(5'242'880, 4))).status == 202);
  chain.block();
  const Answer buckets = chain.get("/v1/accounts/" + ann + "/buckets");
  const std::string bucket(buckets.json.at("data").at(0).at("id").as_string());
  const Answer answer = chain.post(path, R"({"bucket":")" + bucket + R"(","epochs":"3"})");
  REQUIRE(answer.status == 200);
  const auto& quote = answer.json.at("data");
  CHECK(quote.at("bucket").as_string() == bucket);
  CHECK_FALSE(quote.as_object().contains("blob"));
  CHECK(number(quote.at("total")) == 15 * number(quote.at("storagePrice")));

  const auto id = base::ObjectId::from(*base::from_hex(bucket.substr(2)));
  const auto cost = number(quote.at("cost"));
  REQUIRE(chain.submit(chain.sign("ann", extend_bucket(id, 3, cost))).status == 202);
  chain.block();
  const Answer told = chain.get("/v1/events?type=bucket.changed");
  const auto& changed = told.json.at("data").at(0).at("body");
  CHECK(number(changed.at("cost")) == cost);
  CHECK(changed.at("end") == quote.at("end"));
  CHECK(chain.get("/v1/buckets/" + bucket).json.at("data").at("end") == quote.at("end"));

  const auto reason = [&](const std::string& body) { return chain.post(path, body).reason(); };
  const std::string nothing = R"(":"0x)" + std::string(64, '0') + R"(","epochs":"1"})";
  CHECK(reason(R"({"blob)" + nothing) == "UNKNOWN_OBJECT");
  CHECK(reason(R"({"bucket)" + nothing) == "UNKNOWN_OBJECT");
  CHECK(reason(R"({"bucket":")" + bucket + R"(","epochs":"0"})") == "BAD_RANGE");
  CHECK(reason(R"({"bucket":")" + bucket + R"(","epochs":"4294967295"})") == "BAD_RANGE");
  CHECK(reason(R"({"bucket":")" + bucket + R"("})") == "MISSING_PARAMETER");
  CHECK(reason(R"({"epochs":"1"})") == "MISSING_PARAMETER");
  CHECK(reason(R"({"blob":")" + bucket + R"(","bucket":")" + bucket + R"(","epochs":"1"})") ==
        "MISSING_PARAMETER");
}

TEST_CASE("simulate: the preview names the node, the dates and what is paid", "[http][rule:IF-8]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 1);
  spec::Operation stake;
  stake.mutable_delegate_stake()->set_node(base::string_of(node_of("n1").view()));
  stake.mutable_delegate_stake()->set_amount(2 * kWal);
  const auto body = wire::write_canonical(chain.body_of("ann", stake));
  const Answer answer =
      chain.post("/v1/txs/simulate", R"({"body":")" + base::to_base64(body) + R"("})");
  REQUIRE(answer.status == 200);
  std::string all;
  for (const auto& line : answer.json.at("data").at("preview").as_array())
    all += std::string(line.as_string()) + "\n";
  INFO(all);
  CHECK(all.find("amount  2 WAL") != std::string::npos);
  CHECK(all.find("node \"n1\", active, commission 10.00 %") != std::string::npos);
  CHECK(all.find("counts from epoch ") != std::string::npos);
  CHECK(all.find("then stake.delegated: amount 2 WAL") != std::string::npos);
}
