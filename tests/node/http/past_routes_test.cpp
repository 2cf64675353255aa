// SPDX-License-Identifier: Apache-2.0
// ?height= and ?epoch=: which heights there are, and what is refused.
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "node/http/catalogue.h"
#include "node/reflect/value.h"
#include "tests/node/http/test_chain.h"
#include "tests/support/nodes.h"

using namespace wald;
using namespace wald::tests;

namespace {

std::string account_path(const std::string& name) {
  return "/v1/accounts/" + reflect::bytes_text(spec::KIND_ACCOUNT, account_of(name).view());
}

std::string metadata(const Answer& answer, const char* key) {
  return std::string(
      answer.json.at("error").at("details").at(0).at("metadata").at(key).as_string());
}

// One that chooses committees, so epochs turn.
spec::Genesis with_nodes() {
  spec::Genesis document = network({50'000, 40'000}, {{"ann", 1'000 * kWal}, {"bob", kWal}});
  document.set_sequencer_key(base::string_of(key_of_name("sequencer").key.view()));
  return document;
}

// A block in which ann sends bob one FROST.
void pay(TestChain& chain) {
  REQUIRE(chain.submit(chain.sign("ann", transfer("bob", 1))).status == 202);
  chain.block();
}

std::uint64_t bob_at(TestChain& chain, std::uint64_t height) {
  const Answer answer = chain.get(account_path("bob") + "?height=" + std::to_string(height));
  REQUIRE(answer.status == 200);
  CHECK(answer.json.at("at").at("height").as_string() == std::to_string(height));
  CHECK(answer.raw.header("etag") == "\"" + std::to_string(height) + "\"");
  return std::stoull(std::string(answer.json.at("data").at("balance").as_string()));
}

}  // namespace

TEST_CASE("past: a balance of every height of the window, and 410 below it", "[http][rule:IF-20]") {
  TestChain chain(chain_genesis({{"ann", 1'000 * kWal}, {"bob", kWal}}), 12);
  for (std::uint64_t height = 1; height <= 30; ++height) {
    pay(chain);
    if (height % 7 == 0) REQUIRE(chain.core().checkpoint().ok());
    const std::uint64_t oldest = height > 12 ? height - 12 : 0;
    for (std::uint64_t at = oldest; at <= height; ++at) CHECK(bob_at(chain, at) == kWal + at);
    CHECK(chain.get("/v1/status").json.at("data").at("oldestHeight").as_string() ==
          std::to_string(oldest));
    if (oldest == 0) continue;
    const Answer gone = chain.get(account_path("bob") + "?height=" + std::to_string(oldest - 1));
    CHECK(gone.status == 410);
    CHECK(gone.reason() == "HEIGHT_PRUNED");
    CHECK(gone.json.at("error").at("status").as_string() == "PRUNED");
    CHECK(metadata(gone, "oldest") == std::to_string(oldest));
    CHECK(metadata(gone, "height") == std::to_string(oldest - 1));
  }
}

TEST_CASE("past: a height or epoch that is not there, or is none, is refused",
          "[http][rule:IF-20]") {
  TestChain chain(chain_genesis({{"ann", 1'000 * kWal}, {"bob", kWal}}));
  pay(chain);
  const std::string path = account_path("bob");
  const Answer ahead = chain.get(path + "?height=2");
  CHECK(ahead.status == 400);
  CHECK(ahead.reason() == "HEIGHT_AHEAD");
  CHECK(metadata(ahead, "newest") == "1");
  const Answer later = chain.get(path + "?epoch=7");
  CHECK(later.status == 400);
  CHECK(later.reason() == "EPOCH_AHEAD");
  CHECK(metadata(later, "running") == "0");
  for (const char* wrong :
       {"?height=-1", "?height=0x1", "?height=", "?height=newest", "?epoch=x", "?height=1&epoch=0",
        "?epoch=4294967296", "?height=9223372036854775808"}) {
    INFO(wrong);
    const Answer refused = chain.get(path + wrong);
    CHECK(refused.status == 400);
    CHECK(refused.reason() == "INVALID_PARAMETER");
  }
  CHECK(chain.get(path + "?height=1&height=1").reason() == "REPEATED_PARAMETER");
  // Who was not there yet is missing, not wrong.
  const Answer nobody = chain.get(account_path("carol") + "?height=0");
  CHECK(nobody.status == 404);
  CHECK(nobody.reason() == "ACCOUNT_NOT_FOUND");
}

TEST_CASE("past: what shows no state takes no height", "[http][rule:IF-20]") {
  TestChain chain(chain_genesis({{"ann", kWal}}));
  chain.block();
  std::size_t refused = 0;
  for (const auto& row : http::ledger_routes()) {
    if (row.past || row.pattern == "/v1/livez") continue;
    INFO(row.pattern);
    std::string path = row.pattern;
    for (auto hole = path.find('{'); hole != std::string::npos; hole = path.find('{'))
      path.replace(hole, path.find('}') - hole + 1, "1");
    path += "?height=1";
    const Answer answer =
        row.method == net::Method::kGet ? chain.get(path) : chain.post(path, "{}");
    CHECK(answer.status == 400);
    CHECK(answer.reason() == "UNKNOWN_PARAMETER");
    ++refused;
  }
  CHECK(refused > 15);
}

TEST_CASE("past: a proof is given of the newest state alone", "[http][rule:IF-20]") {
  TestChain chain(chain_genesis({{"ann", 1'000 * kWal}, {"bob", kWal}}));
  pay(chain);
  pay(chain);
  const std::string path = account_path("bob") + "?proof=true&height=";
  const Answer newest = chain.get(path + "2");
  CHECK(newest.status == 200);
  CHECK(newest.json.as_object().contains("proof"));
  for (const bool written : {false, true}) {
    if (written) REQUIRE(chain.core().checkpoint().ok());
    const Answer past = chain.get(path + "1");
    CHECK(past.status == 400);
    CHECK(past.reason() == "PROOF_NOT_KEPT");
    CHECK(metadata(past, "height") == "1");
  }
  CHECK(chain.get("/v1/proofs/account/0x00?height=1").reason() == "UNKNOWN_PARAMETER");
}

TEST_CASE("past: an epoch is the state behind its first block", "[http][rule:IF-20]") {
  TestChain chain(with_nodes());
  REQUIRE(chain.core().head().epoch == base::Epoch(1));
  std::map<std::uint32_t, std::uint64_t> first{{1, 0}};
  for (int i = 0; i < 400 && chain.core().head().epoch.value() < 4; ++i) {
    pay(chain);
    const core::Head head = chain.core().head();
    first.try_emplace(head.epoch.value(), head.height.value());
    if (i % 20 == 0) REQUIRE(chain.core().checkpoint().ok());
  }
  REQUIRE(first.size() == 4);
  for (const auto& [epoch, height] : first) {
    const Answer at = chain.get(account_path("bob") + "?epoch=" + std::to_string(epoch));
    REQUIRE(at.status == 200);
    CHECK(at.json.at("at").at("epoch").to_number<std::uint32_t>() == epoch);
    CHECK(at.json.at("at").at("height").as_string() == std::to_string(height));
    CHECK(at.json.at("data") ==
          chain.get(account_path("bob") + "?height=" + std::to_string(height)).json.at("data"));
  }
  const Answer before = chain.get(account_path("bob") + "?epoch=0");
  CHECK(before.status == 404);
  CHECK(before.reason() == "EPOCH_NOT_FOUND");
  // Where a route's own epoch names a row, height names the state in which it is looked for.
  const Answer shards = chain.get("/v1/shards?epoch=3&height=" + std::to_string(first.at(2)));
  CHECK(shards.reason() == "NO_COMMITTEE");
  CHECK(shards.status == 404);
  CHECK(chain.get("/v1/shards?epoch=3").status == 200);
}

TEST_CASE("past: an epoch before the window is 410 with the height it began with",
          "[http][rule:IF-20]") {
  TestChain chain(with_nodes(), 3);
  for (int i = 0; i < 400 && chain.core().head().epoch.value() < 2; ++i) chain.block(1'000);
  const Answer gone = chain.get("/v1/supply?epoch=1");
  CHECK(gone.status == 410);
  CHECK(gone.reason() == "HEIGHT_PRUNED");
  CHECK(chain.get("/v1/supply?epoch=2").status == 200);
  CHECK(chain.get("/v1/epochs/1").status == 200);  // what closed epochs were never expires
}

TEST_CASE("past: turned off there is the newest state alone", "[http][rule:IF-20]") {
  TestChain chain(chain_genesis({{"ann", 1'000 * kWal}, {"bob", kWal}}), 0);
  pay(chain);
  CHECK(bob_at(chain, 1) == kWal + 1);
  const Answer gone = chain.get(account_path("bob") + "?height=0");
  CHECK(gone.status == 410);
  CHECK(metadata(gone, "oldest") == "1");
}
