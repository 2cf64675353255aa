// SPDX-License-Identifier: Apache-2.0
// Routes that say what comes and why: votes on prices, epochs to be sold, seats, ways out, powers,
// and answers taken apart.
#include <catch2/catch.hpp>
#include <set>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "node/reflect/json.h"
#include "node/reflect/value.h"
#include "tests/node/http/test_chain.h"
#include "tests/support/ballot_operations.h"
#include "tests/support/duties.h"
#include "tests/support/nodes.h"

using namespace wald;
using namespace wald::tests;

namespace {

namespace json = boost::json;

spec::Genesis some_nodes() {
  spec::Genesis document =
      network({50'000, 40'000, 30'000, 20'000}, {{"ann", 20'000 * kWal}, {"found", 10 * kWal}});
  document.set_sequencer_key(base::string_of(key_of_name("sequencer").key.view()));
  document.mutable_foundation()->set_account(base::string_of(account_of("found").view()));
  document.mutable_foundation()->set_sunset_epoch(20);
  set_param(document, "gov_deposit", kWal);
  return document;
}

std::string node_text(const std::string& name) {
  return reflect::bytes_text(spec::KIND_NODE, node_of(name).view());
}
std::string no_node() { return "0x" + std::string(64, '7'); }

void until_epoch(TestChain& chain, std::uint32_t epoch) {
  for (int i = 0; i < 600 && chain.core().head().epoch.value() < epoch; ++i) chain.block(1'000);
  REQUIRE(chain.core().head().epoch.value() == epoch);
}

void run(TestChain& chain, const std::string& from, const spec::Operation& operation) {
  REQUIRE(chain.submit(chain.sign(from, operation)).status == 202);
  chain.block();
}

std::string stake_of_ann(TestChain& chain) {
  run(chain, "ann", delegate("n1", 1'000 * kWal));
  const std::string ann = reflect::bytes_text(spec::KIND_ACCOUNT, account_of("ann").view());
  const Answer list = chain.get("/v1/accounts/" + ann + "/stakes");
  return std::string(list.json.at("data").at(0).at("id").as_string());
}

std::uint64_t number(const json::value& object, const char* key) {
  return std::stoull(std::string(object.at(key).as_string()));
}

}  // namespace

TEST_CASE("votes on prices: what stands, what follows, and what another vote would change",
          "[http][rule:Q-2]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 1);
  const Answer votes = chain.get("/v1/gov/votes/parameters");
  REQUIRE(votes.status == 200);
  const json::value data = votes.json.at("data");
  CHECK(data.at("epoch").to_number<int>() == 2);
  CHECK(data.at("members").as_array().size() == 4);
  CHECK(number(data.at("outlook").at("storagePrice"), "next") == 100'000);

  const std::string path = "/v1/estimate/votes";
  const std::string node = R"({"node":")" + node_text("n1") + "\"";
  const Answer same = chain.post(path, node + R"(,"storagePrice":"100000"})");
  REQUIRE(same.status == 200);
  CHECK(same.json.at("data").at("before") == data.at("outlook"));
  CHECK(same.json.at("data").at("after") == data.at("outlook"));
  const Answer more = chain.post(path, node + R"(,"storagePrice":"900000","capacity":"1"})");
  REQUIRE(more.status == 200);
  CHECK(number(more.json.at("data").at("after").at("capacity"), "target") <=
        number(data.at("outlook").at("capacity"), "target"));
  CHECK(chain.post(path, node + R"(,"storagePrice":"1000000000000001"})").reason() == "BAD_VOTE");
  CHECK(chain.post(path, node + R"(,"storagePrice":"-1"})").reason() == "INVALID_PARAMETER");
  CHECK(chain.post(path, node + "}").reason() == "MISSING_PARAMETER");
  CHECK(chain.post(path, R"({"node":")" + no_node() + R"(","writePrice":"1"})").reason() ==
        "UNKNOWN_NODE");
  CHECK(chain.post(path, R"({"node":"x","writePrice":"1"})").status == 400);
  CHECK(chain.post(path, node + R"(,"price":"1"})").status == 400);

  TestChain empty(chain_genesis({}));
  for (const char* asked : {"/v1/gov/votes/parameters", "/v1/explain/price", "/v1/explain/shards"})
    CHECK(empty.get(asked).reason() == "NO_COMMITTEE");
}

TEST_CASE("future, next seat, duties, pauses and the foundation", "[http][rule:Q-2]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 1);
  spec::Operation gift;
  gift.mutable_add_rewards()->set_amount(3 * kWal);
  gift.mutable_add_rewards()->set_epochs(3);
  run(chain, "ann", gift);
  const Answer future = chain.get("/v1/storage/future?limit=2");
  REQUIRE(future.status == 200);
  const auto& rows = future.json.at("data").as_array();
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].at("epoch").to_number<int>() == 2);
  CHECK(number(rows[1], "given") == kWal);
  CHECK(number(rows[1], "sold") == 0);
  CHECK(future.json.at("page").at("next").is_string());

  const Answer seat = chain.get("/v1/nodes/" + node_text("n3") + "/next-seat");
  REQUIRE(seat.status == 200);
  CHECK(seat.json.at("data").at("stands").as_bool());
  CHECK(number(seat.json.at("data"), "missing") > 0);
  const Answer duties = chain.get("/v1/nodes/" + node_text("n3") + "/duties");
  REQUIRE(duties.status == 200);
  CHECK(duties.json.at("data").at("seated").as_bool());
  for (const char* part : {"/next-seat", "/duties"}) {
    CHECK(chain.get("/v1/nodes/" + no_node() + part).reason() == "NODE_NOT_FOUND");
    CHECK(chain.get("/v1/nodes/0xzz" + std::string(part)).status == 400);
  }

  const Answer pauses = chain.get("/v1/gov/pauses");
  REQUIRE(pauses.json.at("data").as_array().size() == 4);
  CHECK(pauses.json.at("data").at(0).at("group").as_string() == "purchases");
  run(chain, "found", foundation_spend("ann", 5 * kWal));
  const Answer foundation = chain.get("/v1/gov/foundation?proof=true");
  REQUIRE(foundation.status == 200);
  CHECK(foundation.json.as_object().contains("proof"));
  CHECK(foundation.json.at("data").at("powers").as_bool());
  CHECK(number(foundation.json.at("data"), "spent") == 5 * kWal);
  TestChain none(chain_genesis({}));
  CHECK(none.get("/v1/gov/foundation").reason() == "NO_FOUNDATION");
}

TEST_CASE("history of a node by epoch, and all that an account has", "[http][rule:Q-4]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 1);
  const std::string stake = stake_of_ann(chain);
  run(chain, "ann", add_rewards(300 * kWal, 3));
  until_epoch(chain, 4);
  const std::string path = "/v1/nodes/" + node_text("n1") + "/history";
  const Answer history = chain.get(path);
  REQUIRE(history.status == 200);
  const json::array rows = history.json.at("data").as_array();
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].at("epoch").to_number<int>() == 1);
  CHECK(rows[2].at("shards").to_number<int>() > 0);
  const Answer first = chain.get(path + "?limit=2");
  const std::string cursor(first.json.at("page").at("next").as_string());
  CHECK(chain.get(path + "?limit=2&cursor=" + cursor).json.at("data").at(0) == rows[2]);
  CHECK(chain.get("/v1/nodes/" + no_node() + "/history").reason() == "NODE_NOT_FOUND");

  run(chain, "ann", delegate("n1", 700 * kWal));
  const Answer flows = chain.get("/v1/nodes/" + node_text("n1") + "/flows");
  REQUIRE(flows.status == 200);
  CHECK(number(flows.json.at("data").at(0), "starts") == 700 * kWal);
  CHECK(chain.get("/v1/nodes/" + no_node() + "/flows").reason() == "NODE_NOT_FOUND");

  const std::string ann = reflect::bytes_text(spec::KIND_ACCOUNT, account_of("ann").view());
  const Answer balances = chain.get("/v1/accounts/" + ann + "/balances");
  REQUIRE(balances.status == 200);
  const json::value all = balances.json.at("data");
  CHECK(number(all, "staked") ==
        number(chain.get("/v1/stakes/" + stake).json.at("data"), "valueNow"));
  CHECK(number(all, "pending") == 700 * kWal);
  CHECK(number(all, "free") + number(all, "staked") + number(all, "pending") ==
        number(all, "total"));
  CHECK(chain.get("/v1/accounts/" + no_node() + "/balances").reason() == "ACCOUNT_NOT_FOUND");
  CHECK(chain.get("/v1/accounts/x/balances").status == 400);
}

TEST_CASE("rewards of an account by epoch and stake, stakes with a node", "[http][rule:Q-2]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 1);
  const std::string stake = stake_of_ann(chain);
  run(chain, "ann", add_rewards(300 * kWal, 3));
  until_epoch(chain, 4);
  const std::string ann = reflect::bytes_text(spec::KIND_ACCOUNT, account_of("ann").view());
  const Answer rewards = chain.get("/v1/accounts/" + ann + "/rewards");
  REQUIRE(rewards.status == 200);
  const json::array rows = rewards.json.at("data").as_array();
  const auto accrued = chain.get("/v1/stakes/" + stake).json.at("data").at("accrued").as_array();
  REQUIRE(!rows.empty());
  REQUIRE(rows.size() == accrued.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i].at("epoch") == accrued[rows.size() - 1 - i].at("epoch"));
    CHECK(rows[i].at("amount") == accrued[rows.size() - 1 - i].at("amount"));
    CHECK(rows[i].at("stake").as_string() == stake);
    CHECK(rows[i].at("node").as_string() == node_text("n1"));
  }
  CHECK(
      chain.get("/v1/accounts/" + ann + "/rewards?limit=1").json.at("page").at("next").is_string());
  CHECK(chain.get("/v1/accounts/x/rewards").status == 400);

  // All stakes of all nodes, page by page, are those that the nodes' totals are made of.
  for (int i = 0; i < 3; ++i) run(chain, "ann", delegate("n1", 700 * kWal));
  const std::string path = "/v1/nodes/" + node_text("n1") + "/delegations?limit=2";
  std::set<std::string> seen;
  int own = 0;
  for (std::string cursor;;) {
    std::string asked = path;
    if (!cursor.empty()) asked.append("&cursor=").append(cursor);
    const Answer page = chain.get(asked);
    REQUIRE(page.status == 200);
    for (const auto& row : page.json.at("data").as_array()) {
      CHECK(row.at("node").as_string() == node_text("n1"));
      CHECK(seen.insert(std::string(row.at("id").as_string())).second);
      own += row.at("owner").as_string() == ann ? 1 : 0;
    }
    const auto& next = page.json.at("page").at("next");
    if (!next.is_string()) break;
    cursor = std::string(next.as_string());
  }
  CHECK(own == 4);
  CHECK(seen.count(stake) == 1);
  CHECK(chain.get("/v1/nodes/" + no_node() + "/delegations").reason() == "NODE_NOT_FOUND");
  CHECK(chain.get(path + "&cursor=x").status == 400);
}

TEST_CASE("certificates: what certified a blob id first, alone or in a batch",
          "[http][rule:L-6][rule:L-7]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 1);
  const std::vector<std::string> members{"n1", "n2", "n3", "n4"};
  const auto object_of = [&](std::uint64_t file) {
    run(chain, "ann", reserve(64u << 20, std::nullopt, 9));
    const auto resources =
        chain.get("/v1/accounts/" +
                  reflect::bytes_text(spec::KIND_ACCOUNT, account_of("ann").view()) + "/resources");
    const auto id =
        base::from_hex(std::string(resources.json.at("data").at(0).at("id").as_string()).substr(2));
    run(chain, "ann", register_blob(base::ObjectId::from(*id), file_of(file, 1000)));
    const auto events = chain.get("/v1/events?type=blob.registered&limit=1000");
    const auto& rows = events.json.at("data").as_array();
    return base::ObjectId::from(
        *base::from_hex(std::string(rows.back().at("body").at("object").as_string()).substr(2)));
  };
  const auto path = [](std::uint64_t file) {
    return "/v1/certificates/" +
           reflect::bytes_text(spec::KIND_BLOB, file_of(file, 1000).id.view());
  };
  const auto view = [&] { return chain.core().view(); };
  const auto one = object_of(1);
  CHECK(chain.get(path(1)).reason() == "CERTIFICATE_NOT_FOUND");
  const auto signed_by = certificate_on(
      *view(), chain.core().chain(), members,
      {base::Epoch(1), proofs::StorageConfirmation{file_of(1, 1000).id, std::nullopt}});
  run(chain, "ann", certify(one, signed_by));
  const Answer answer = chain.get(path(1));
  REQUIRE(answer.status == 200);
  const json::value data = answer.json.at("data");
  CHECK(data.at("object").as_string() == reflect::bytes_text(spec::KIND_OBJECT, one.view()));
  CHECK(data.at("certificate").at("signatures").as_array().size() == 4);
  CHECK(data.at("certificate") == reflect::to_json(signed_by));
  CHECK(data.at("batch").to_number<int>() == 0);
  const std::string event = std::string(data.at("event").as_string());
  CHECK(chain.get("/v1/events/" + event).json.at("data").at("type").as_string() ==
        "blob.certified");

  const std::vector<BatchEntryOf> entries{{object_of(2), file_of(2, 1000).id, false},
                                          {object_of(3), file_of(3, 1000).id, false}};
  std::vector<proofs::StorageConfirmation> list;
  list.reserve(entries.size());
  for (const auto& entry : entries) list.push_back({entry.blob_id, std::nullopt});
  const auto together = certificate_on(*view(), chain.core().chain(), members,
                                       {base::Epoch(1), proofs::certify_batch(list).value()});
  run(chain, "ann", certify_batch(entries, together));
  for (const std::uint64_t file : {2u, 3u}) {
    const Answer batch = chain.get(path(file));
    REQUIRE(batch.status == 200);
    CHECK(batch.json.at("data").at("certificate") == reflect::to_json(together));
    CHECK(batch.json.at("data").at("batch").to_number<int>() == 2);
  }
  CHECK(chain.get(path(9)).reason() == "CERTIFICATE_NOT_FOUND");
  CHECK(chain.get("/v1/certificates/x").status == 400);
}

TEST_CASE("explain: prices, shards, commission, exits, slashes, fees and codes",
          "[http][rule:Q-3]") {
  TestChain chain(some_nodes());
  until_epoch(chain, 1);
  const std::string stake = stake_of_ann(chain);
  const spec::Operation gift = add_rewards(300 * kWal, 3);
  run(chain, "ann", gift);
  until_epoch(chain, 3);

  for (const char* what : {"storage", "write", "capacity"}) {
    const Answer price = chain.get("/v1/explain/price?what=" + std::string(what));
    REQUIRE(price.status == 200);
    CHECK(price.json.at("data").at("what").as_string() == what);
    CHECK(price.json.at("data").at("votes").as_array().size() == 4);
  }
  CHECK(chain.get("/v1/explain/price?what=odd").reason() == "INVALID_PARAMETER");
  const Answer shards = chain.get("/v1/explain/shards");
  REQUIRE(shards.status == 200);
  int seats = 0;
  for (const auto& row : shards.json.at("data").at("rows").as_array())
    seats += row.at("seats").to_number<int>();
  CHECK(seats == 36);

  const std::string commission = "/v1/explain/commission?node=";
  const Answer one = chain.get(commission + node_text("n1") + "&epoch=2");
  REQUIRE(one.status == 200);
  const json::value earned = one.json.at("data").at("earned");
  CHECK(number(earned, "part") - number(earned, "borne") == number(earned, "commission"));
  CHECK(number(earned, "commission") + number(earned, "delegators") == number(earned, "reward"));
  CHECK(earned.at("bps").to_number<int>() == 1'000);
  const Answer reward = chain.get("/v1/explain/reward?epoch=2&node=" + node_text("n1"));
  CHECK(number(reward.json.at("data"), "commission") == number(earned, "commission"));
  CHECK_FALSE(
      chain.get(commission + node_text("n1")).json.at("data").as_object().contains("earned"));
  CHECK(chain.get(commission + node_text("n1") + "&epoch=900").reason() == "NOT_PAID");
  CHECK(chain.get(commission + no_node()).reason() == "NODE_NOT_FOUND");
  CHECK(chain.get(commission + "x").status == 400);

  const Answer exit = chain.get("/v1/explain/exit?stake=" + stake);
  REQUIRE(exit.status == 200);
  CHECK(exit.json.at("data") ==
        chain.post("/v1/estimate/unstake", R"({"stake":")" + stake + R"("})").json.at("data"));
  CHECK(exit.json.at("data").at("path").as_string() == "request");
  CHECK(chain.get("/v1/explain/exit?amount=1&stake=" + stake).reason() == "STAKE_TOO_SMALL");
  CHECK(chain.get("/v1/explain/exit?amount=x&stake=" + stake).reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/explain/exit?stake=" + no_node()).reason() == "STAKE_NOT_FOUND");

  run(chain, "ann", propose_slash("n4"));
  const Answer slash = chain.get("/v1/explain/slash?proposal=1");
  REQUIRE(slash.status == 200);
  CHECK(slash.json.at("data").at("node").as_string() == node_text("n4"));
  CHECK(chain.get("/v1/explain/slash?proposal=2").reason() == "PROPOSAL_NOT_FOUND");
  CHECK(chain.get("/v1/explain/slash?proposal=0").reason() == "INVALID_PARAMETER");

  const base::Bytes envelope = chain.sign("ann", gift);
  const Answer fee =
      chain.post("/v1/explain/fee", R"({"envelope":")" + base::to_base64(envelope) + R"("})");
  REQUIRE(fee.status == 200);
  const json::value parts = fee.json.at("data");
  CHECK(number(parts, "base") + number(parts, "bytes") + number(parts, "signatures") ==
        number(parts, "fee"));
  REQUIRE(chain.submit(envelope).status == 202);
  chain.block();
  const Answer sent = chain.get("/v1/txs/" + std::string(parts.at("digest").as_string()));
  CHECK(number(sent.json.at("data"), "fee") == number(parts, "fee"));
  CHECK(chain.post("/v1/explain/fee", R"({"envelope":"AAAA"})").reason() == "MALFORMED");
  CHECK(chain.post("/v1/explain/fee", R"({"envelope":"?"})").status == 400);
}

TEST_CASE("explain a transaction: words, who may send it, and the rules of all that is in it",
          "[http][rule:Q-3]") {
  TestChain chain(chain_genesis({{"ann", 100 * kWal}}));
  const auto asked = [&](const base::Bytes& body) {
    return chain.post("/v1/txs/explain", R"({"body":")" + base::to_base64(body) + R"("})");
  };
  const spec::Body body = chain.body_of("ann", batch({burn(5), transfer("ann", kWal)}, true));
  const base::Bytes bytes = wire::write_canonical(body);
  const Answer answer = asked(bytes);
  REQUIRE(answer.status == 200);
  const json::value data = answer.json.at("data");
  CHECK(data.at("type").as_string() == "batch");
  CHECK(data.at("digest").as_string() ==
        reflect::bytes_text(spec::KIND_TX, ledger::tx_id(bytes).view()));
  std::string rules, words;
  for (const auto& rule : data.at("rules").as_array()) rules.append(rule.as_string()).append(" ");
  for (const auto& line : data.at("lines").as_array()) words.append(line.as_string()).append("\n");
  CHECK(rules == "U-8 T-1 U-9 ");
  CHECK(words.find("1 WAL") != std::string::npos);
  CHECK_FALSE(data.at("who").as_string().empty());
  CHECK(asked(base::Bytes{1, 2, 3}).reason() == "MALFORMED");
  spec::Body other = body;
  other.set_chain(std::string(32, '\1'));
  CHECK(asked(wire::write_canonical(other)).reason() == "WRONG_CHAIN");
  CHECK(chain.post("/v1/txs/explain", R"({"body":"?"})").status == 400);
}

TEST_CASE("explain code: each code by its name and its number, with sentence and advice",
          "[http][rule:Q-3]") {
  TestChain chain(chain_genesis({}));
  const auto& codes = *spec::Code_descriptor();
  const Answer all = chain.get("/v1/explain/code?limit=1000");
  REQUIRE(all.json.at("data").as_array().size() == static_cast<std::size_t>(codes.value_count()));
  for (int i = 0; i < codes.value_count(); ++i) {
    const json::value row = all.json.at("data").at(static_cast<std::size_t>(i));
    INFO(codes.value(i)->name());
    CHECK(row.at("code").as_string() == codes.value(i)->name());
    CHECK(row.at("number").to_number<int>() == codes.value(i)->number());
    CHECK_FALSE(row.at("sentence").as_string().empty());
    CHECK_FALSE(row.at("advice").as_string().empty());
    const std::string key =
        i % 2 == 0 ? std::string(codes.value(i)->name()) : std::to_string(codes.value(i)->number());
    const Answer one = chain.get("/v1/explain/code?code=" + key);
    REQUIRE(one.json.at("data").as_array().size() == 1);
    CHECK(one.json.at("data").at(0) == row);
  }
  CHECK(chain.get("/v1/explain/code?code=NO_SUCH").reason() == "CODE_NOT_FOUND");
  CHECK(chain.get("/v1/explain/code?code=99999").reason() == "CODE_NOT_FOUND");
}

TEST_CASE("carried: each envelope of a Bundle with what became of it", "[http][rule:U-8]") {
  TestChain chain(chain_genesis({{"ann", 100 * kWal}, {"bob", 10 * kWal}, {"cat", 10 * kWal}}));
  const base::Bytes good = chain.sign("bob", transfer("ann", kWal));
  const base::Bytes rejected = chain.sign("cat", transfer("ann", 500 * kWal));
  const base::Bytes dropped{1, 2, 3};
  const base::Bytes envelope = chain.sign("ann", bundle({good, dropped, rejected}));
  const Answer sent = chain.submit(envelope);
  REQUIRE(sent.status == 202);
  const std::string digest(sent.json.at("data").at("digest").as_string());
  CHECK(chain.get("/v1/txs/" + digest + "/carried").reason() == "TX_NOT_FOUND");
  chain.block();
  const Answer answer = chain.get("/v1/txs/" + digest + "/carried");
  REQUIRE(answer.status == 200);
  const json::array rows = answer.json.at("data").as_array();
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].at("state").as_string() == "committed");
  CHECK(rows[0].at("code").as_string() == "OK");
  CHECK(rows[1].at("state").as_string() == "dropped");
  CHECK(rows[1].at("code").as_string() == "MALFORMED");
  CHECK(rows[2].at("code").as_string() == "INSUFFICIENT");
  const std::string inner(rows[0].at("digest").as_string());
  CHECK(chain.get("/v1/txs/" + inner).json.at("data") == rows[0]);
  CHECK(chain.get("/v1/txs/" + inner + "/carried").json.at("data").as_array().empty());
  CHECK(chain.get("/v1/txs/0OIl/carried").status == 400);
}
