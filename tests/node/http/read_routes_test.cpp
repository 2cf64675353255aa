// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "node/reflect/value.h"
#include "tests/node/http/test_chain.h"

using namespace wald;
using namespace wald::tests;

namespace {

std::string id_of(const std::string& name) {
  return reflect::bytes_text(spec::KIND_ACCOUNT, account_of(name).view());
}
const std::string kNobody = "0x" + std::string(64, '7');

}  // namespace

TEST_CASE("status: chain, height and epoch of the newest block", "[http]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}}));
  Answer answer = chain.get("/v1/status");
  REQUIRE(answer.status == 200);
  const auto& data = answer.json.at("data");
  CHECK(data.at("chain").as_string() == base::shown_hex(chain.core().chain().view()));
  CHECK(data.at("height").as_string() == "0");
  CHECK(data.at("network").as_string() == "world");
  CHECK(data.at("mode").as_string() == "sequencer");
  CHECK(data.at("test").as_bool());
  chain.block();
  answer = chain.get("/v1/status");
  CHECK(answer.json.at("data").at("height").as_string() == "1");
  CHECK(answer.json.at("at").at("height").as_string() == "1");
  CHECK(answer.json.at("at").at("time").as_string() == reflect::format_time(kStart + 1'000));
  CHECK(answer.raw.header("etag") == "\"1\"");
  CHECK(answer.json.at("data").at("root").as_string() ==
        base::shown_hex(chain.core().head().root.view()));
}

TEST_CASE("health: alive always, ready with the reasons why not", "[http]") {
  TestChain chain(chain_genesis({}));
  CHECK(chain.get("/v1/livez").status == 200);
  CHECK(chain.get("/v1/readyz").status == 200);
  chain.health = {{"disk", true, "ok"}, {"sync", false, "12 blocks behind"}};
  const Answer answer = chain.get("/v1/readyz?verbose");
  CHECK(answer.status == 503);
  CHECK(answer.reason() == "NOT_READY");
  const auto& metadata = answer.json.at("error").at("details").at(0).at("metadata");
  CHECK(metadata.at("sync").as_string() == "12 blocks behind");
  CHECK(metadata.at("disk").as_string() == "ok");
  CHECK(chain.get("/v1/livez").status == 200);
}

TEST_CASE("whole-chain reads answer with the envelope", "[http][rule:IF-3]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}}));
  for (const char* path : {"/v1/epoch", "/v1/params", "/v1/supply", "/v1/storage/prices"}) {
    INFO(path);
    const Answer answer = chain.get(path);
    CHECK(answer.status == 200);
    CHECK(answer.json.at("data").is_object());
    CHECK(answer.json.at("at").at("height").as_string() == "0");
  }
  CHECK(chain.get("/v1/supply").json.at("data").at("balances").as_string() ==
        std::to_string(10 * kWal));
}

TEST_CASE("accounts: what is there, 404 for what is not, 400 for what is no id",
          "[http][rule:IF-4]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}}));
  const Answer ann = chain.get("/v1/accounts/" + id_of("ann"));
  REQUIRE(ann.status == 200);
  CHECK(ann.json.at("data").at("balance").as_string() == std::to_string(10 * kWal));
  CHECK(ann.json.at("data").at("id").as_string() == id_of("ann"));

  const Answer none = chain.get("/v1/accounts/" + kNobody);
  CHECK(none.status == 404);
  CHECK(none.reason() == "ACCOUNT_NOT_FOUND");
  CHECK(none.raw.header("cache-control") == "no-store");
  CHECK(none.json.at("error").at("details").at(0).at("domain").as_string() == "ledger.wald");

  for (const char* wrong : {"0xzz", "ann", "0x",
                            "0x11223344556677889900112233445566778899001122334"
                            "4556677889900112233"}) {
    INFO(wrong);
    const Answer answer = chain.get(std::string("/v1/accounts/") + wrong);
    CHECK(answer.status == 400);
    CHECK(answer.reason() == "INVALID_ID_FORMAT");
  }
}

TEST_CASE("objects that do not exist are named in the 404", "[http][rule:IF-4]") {
  TestChain chain(chain_genesis({}));
  const std::pair<const char*, const char*> kRows[] = {
      {"/v1/nodes/", "NODE_NOT_FOUND"},         {"/v1/stakes/", "STAKE_NOT_FOUND"},
      {"/v1/resources/", "RESOURCE_NOT_FOUND"}, {"/v1/vestings/", "VESTING_NOT_FOUND"},
      {"/v1/buckets/", "BUCKET_NOT_FOUND"},     {"/v1/blob-objects/", "BLOB_NOT_FOUND"}};
  for (const auto& [path, reason] : kRows) {
    const Answer answer = chain.get(path + kNobody);
    INFO(path);
    CHECK(answer.status == 404);
    CHECK(answer.reason() == reason);
    CHECK(chain.get(std::string(path) + "0xg").status == 400);
  }
  CHECK(chain.get("/v1/blocks/1").reason() == "BLOCK_NOT_FOUND");
  CHECK(chain.get("/v1/blocks/0").status == 400);
  CHECK(chain.get("/v1/events/99999").reason() == "EVENT_NOT_FOUND");
  CHECK(chain.get("/v1/events/01").status == 400);
  CHECK(chain.get("/v1/nonsense").status == 404);
}

TEST_CASE("vestings: those of an account, and one with what it pays now", "[http][rule:T-3]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  spec::Operation operation;
  auto& vesting = *operation.mutable_create_vesting();
  vesting.set_beneficiary(base::string_of(account_of("bob").view()));
  vesting.set_amount(4 * kWal);
  vesting.set_start(1);
  vesting.set_cliff(1);
  vesting.set_end(UINT64_C(1) << 50);
  vesting.set_steps(2);
  REQUIRE(chain.submit(chain.sign("ann", operation)).status == 202);
  chain.block();
  CHECK(chain.get("/v1/accounts/" + id_of("bob")).json.at("data").at("vestings") == 1);
  const Answer all = chain.get("/v1/accounts/" + id_of("bob") + "/vestings");
  REQUIRE(all.status == 200);
  REQUIRE(all.json.at("data").as_array().size() == 1);
  const boost::json::value row = all.json.at("data").at(0);
  CHECK(row.at("locked").as_string() == std::to_string(4 * kWal));
  CHECK(row.at("releasable").as_string() == "0");
  const Answer one = chain.get("/v1/vestings/" + std::string(row.at("id").as_string()));
  REQUIRE(one.status == 200);
  CHECK(one.json.at("data") == row);
  CHECK(chain.get("/v1/accounts/" + id_of("ann") + "/vestings").json.at("data").as_array().empty());
}

TEST_CASE("query keys that mean nothing here, or come twice, are refused", "[http][rule:IF-4]") {
  TestChain chain(chain_genesis({}));
  CHECK(chain.get("/v1/status?x=1").reason() == "UNKNOWN_PARAMETER");
  CHECK(chain.get("/v1/nodes?limit=5&limit=6").reason() == "REPEATED_PARAMETER");
  CHECK(chain.get("/v1/nodes?limit=0").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/nodes?limit=1001").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/nodes?sort=yield").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/nodes?maxCommissionBps=5%25").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/committee?which=now").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/committee?which=previous").reason() == "NO_COMMITTEE");
  CHECK(chain.get("/v1/events?wait=31s").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/events?wait=10").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/events?type=stake.eaten").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/accounts/" + id_of("ann") + "/history?kind=sugar").reason() ==
        "INVALID_PARAMETER");
  CHECK(chain.get("/v1/nodes?cursor=abc").reason() == "INVALID_CURSOR");
}

TEST_CASE("a cursor belongs to its list and filter, and goes on where it stopped",
          "[http][rule:IF-3]") {
  TestChain chain(chain_genesis({{"ann", 100 * kWal}, {"bob", 100 * kWal}}));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(chain.submit(chain.sign("ann", transfer("bob", kWal))).status == 202);
    chain.block();
  }
  const std::string path = "/v1/accounts/" + id_of("bob") + "/history";
  std::vector<std::string> seen;
  std::string cursor;
  for (int pages = 0; pages < 10; ++pages) {
    const Answer page = chain.get(path + "?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor));
    REQUIRE(page.status == 200);
    CHECK(page.json.at("page").at("limit").to_number<int>() == 1);
    for (const auto& line : page.json.at("data").as_array())
      seen.emplace_back(line.at("seq").as_string());
    if (page.json.at("page").at("next").is_null()) break;
    cursor = std::string(page.json.at("page").at("next").as_string());
  }
  CHECK(seen.size() == 3);
  CHECK(std::is_sorted(seen.begin(), seen.end(), [](const auto& a, const auto& b) {
    return std::stoull(a) < std::stoull(b);
  }));
  CHECK(chain.get("/v1/accounts/" + id_of("ann") + "/history?limit=1&cursor=" + cursor).reason() ==
        "CURSOR_MISMATCH");
  CHECK(chain.get(path + "?limit=1&kind=fee&cursor=" + cursor).reason() == "CURSOR_MISMATCH");
}

TEST_CASE("account history: a burn is in it, though no field of its event names the account",
          "[http][rule:EN-27]") {
  TestChain chain(chain_genesis({{"ann", 100 * kWal}, {"bob", kWal}}));
  REQUIRE(chain.submit(chain.sign("ann", burn(3 * kWal))).status == 202);
  chain.block();
  const auto burns = [&](const std::string& path) {
    std::vector<boost::json::value> out;
    const Answer answer = chain.get(path);
    for (const auto& line : answer.json.at("data").as_array())
      if (line.at("body").at("amount").as_string() == std::to_string(3 * kWal)) out.push_back(line);
    return out;
  };
  const auto lines = burns("/v1/accounts/" + id_of("ann") + "/history?kind=burn");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at("change").as_string() == "-" + std::to_string(3 * kWal));
  CHECK(burns("/v1/events?type=token.burned&account=" + id_of("ann")).size() == 1);
  CHECK(burns("/v1/events?type=token.burned&account=" + id_of("bob")).empty());
}

TEST_CASE("account history: each line has its kind and the move of the balance", "[http]") {
  TestChain chain(chain_genesis({{"ann", 100 * kWal}, {"bob", kWal}}));
  REQUIRE(chain.submit(chain.sign("ann", transfer("bob", 3 * kWal))).status == 202);
  chain.block();
  const Answer bob = chain.get("/v1/accounts/" + id_of("bob") + "/history?kind=transfer");
  REQUIRE(bob.json.at("data").as_array().size() == 1);
  const auto& line = bob.json.at("data").at(0);
  CHECK(line.at("kind").as_string() == "transfer");
  CHECK(line.at("change").as_string() == std::to_string(3 * kWal));
  CHECK(line.at("before").as_string() == std::to_string(kWal));
  CHECK(line.at("after").as_string() == std::to_string(4 * kWal));
  const Answer fees = chain.get("/v1/accounts/" + id_of("ann") + "/history?kind=fee");
  REQUIRE(fees.json.at("data").as_array().size() == 1);
  CHECK(fees.json.at("data").at(0).at("change").as_string().front() == '-');
  CHECK(chain.get("/v1/accounts/" + id_of("ann") + "/history?fromEpoch=9")
            .json.at("data")
            .as_array()
            .empty());
}

TEST_CASE("estimate: the body is read strictly and the refusal has its code", "[http][rule:IF-4]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}}));
  const std::string path = "/v1/estimate/stake";
  CHECK(chain.post(path, "{}").reason() == "MISSING_PARAMETER");
  CHECK(chain.post(path, "[").reason() == "INVALID_JSON");
  CHECK(chain.post(path, R"({"node":"0x01","amount":5})").reason() == "INVALID_PARAMETER");
  CHECK(chain.post(path, R"({"node":"0x01","amount":"5","x":1})").reason() == "UNKNOWN_PARAMETER");
  CHECK(chain.post(path, R"({"node":"0xyy","amount":"5"})").reason() == "INVALID_ID_FORMAT");
  CHECK(chain.post(path, R"({"node":"0x01","amount":"1.5WAL"})").reason() == "INVALID_PARAMETER");
  const Answer none = chain.post(path, R"({"node":"0x01","amount":"5000000000"})");
  CHECK(none.status >= 400);
  CHECK(none.json.at("error").at("details").at(0).at("metadata").as_object().contains("advice"));
  CHECK(chain.post(path, std::string(5'000, ' ')).status == 413);
}
