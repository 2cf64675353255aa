// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <future>

#include "codec/base/text.h"
#include "ledger/wire/canonical.h"
#include "node/reflect/value.h"
#include "tests/node/http/test_chain.h"

using namespace wald;
using namespace wald::tests;

namespace {

std::string json_of(std::string_view key, const base::Bytes& bytes) {
  return "{\"" + std::string(key) + "\":\"" + base::to_base64(bytes) + "\"}";
}
std::string digest_of(const Answer& answer) {
  return std::string(answer.json.at("data").at("digest").as_string());
}

}  // namespace

TEST_CASE("txs: accepted, then committed, and idempotent by digest", "[http][rule:IF-8]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  const base::Bytes envelope = chain.sign("ann", transfer("bob", kWal));
  const Answer first = chain.submit(envelope);
  REQUIRE(first.status == 202);
  CHECK(first.json.at("data").at("state").as_string() == "accepted");
  CHECK(chain.submit(envelope).status == 202);
  const std::string path = "/v1/txs/" + digest_of(first);
  CHECK(chain.get(path).json.at("data").at("state").as_string() == "accepted");
  chain.block();
  const Answer done = chain.get(path);
  REQUIRE(done.status == 200);
  CHECK(done.json.at("data").at("state").as_string() == "committed");
  CHECK(done.json.at("data").at("code").as_string() == "OK");
  CHECK(done.json.at("data").at("height").as_string() == "1");
  const Answer again = chain.submit(envelope);
  CHECK(again.status == 200);
  CHECK(again.json.at("data").at("height").as_string() == "1");
}

TEST_CASE("txs: the JSON form of an envelope is the same transaction", "[http][rule:IF-8]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  const base::Bytes envelope = chain.sign("ann", transfer("bob", kWal));
  const Answer json = chain.post("/v1/txs", json_of("envelope", envelope));
  REQUIRE(json.status == 202);
  CHECK(digest_of(json) == digest_of(chain.submit(envelope)));
  CHECK(chain.post("/v1/txs", "{}").reason() == "MISSING_PARAMETER");
  CHECK(chain.post("/v1/txs", R"({"envelope":"*"})").reason() == "INVALID_PARAMETER");
  CHECK(chain.post("/v1/txs", "x", "text/plain").reason() == "INVALID_CONTENT_TYPE");
}

TEST_CASE("txs: a rejected one is committed with its code and fee", "[http][rule:IF-8]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  const Answer sent = chain.submit(chain.sign("ann", transfer("bob", 50 * kWal)));
  REQUIRE(sent.status == 202);
  chain.block();
  const Answer done = chain.get("/v1/txs/" + digest_of(sent));
  CHECK(done.json.at("data").at("state").as_string() == "committed");
  CHECK(done.json.at("data").at("code").as_string() == "INSUFFICIENT");
  CHECK(done.json.at("data").at("fee").as_string() != "0");
}

TEST_CASE("txs: what is refused before the fee names its code", "[http][rule:IF-8]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"poor", 1'000}}));
  const spec::Operation pay = transfer("ann", kWal);
  const auto with = [&](const std::string& who, const std::function<void(spec::Body&)>& change) {
    spec::Body body = chain.body_of(who, pay);
    change(body);
    return chain.submit(chain.sign_body(who, body));
  };
  const Answer chain_id = with("ann", [](auto& b) { b.set_chain(std::string(32, '\7')); });
  // Signed for another chain: the preimage names ours, so either refusal is before the fee.
  CHECK(chain_id.reason() == "WRONG_CHAIN");
  CHECK(with("ann", [](auto& b) { b.set_version(9); }).reason() == "WRONG_VERSION");
  const Answer nonce = with("ann", [](auto& b) { b.set_nonce(b.nonce() + 5); });
  CHECK(nonce.status == 409);
  CHECK(nonce.reason() == "NONCE");
  CHECK(with("ann", [](auto& b) { b.set_max_fee(1); }).reason() == "FEE_OVER_LIMIT");
  CHECK(with("ghost", [](auto&) {}).reason() == "NO_ACCOUNT");
  CHECK(with("poor", [](auto& b) { b.set_max_fee(10 * kWal); }).reason() == "CANNOT_PAY_FEE");
  for (int i = 0; i < 3; ++i) chain.block();
  CHECK(with("ann", [](auto& b) { b.set_valid_until(2); }).reason() == "EXPIRED");
  const Answer expired = with("ann", [](auto& b) { b.set_valid_until(2); });
  CHECK(expired.json.at("error").at("details").at(0).at("metadata").as_object().contains("advice"));
}

TEST_CASE("txs: malformed, truncated, mutated and oversized bytes are refused, never more",
          "[http][rule:IF-8]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  const base::Bytes good = chain.sign("ann", transfer("bob", kWal));
  CHECK(chain.submit({}).status == 400);
  for (std::size_t cut = 1; cut < good.size(); cut += 7) {
    const Answer answer = chain.submit(base::Bytes(good.begin(), good.end() - long(cut)));
    CHECK(answer.reason() == "MALFORMED");
  }
  for (std::size_t at = 0; at < good.size(); at += 5) {
    base::Bytes bad = good;
    bad[at] ^= 0x40;
    const Answer answer = chain.submit(bad);
    INFO("byte " << at);
    CHECK(answer.status >= 400);
    CHECK(answer.status < 500);
  }
  const Answer big = chain.submit(base::Bytes(80'000, 1));
  CHECK(big.status == 403);
  CHECK(big.reason() == "TOO_LARGE");
  CHECK(chain.submit(base::Bytes(200'000, 1)).status == 413);
  CHECK(chain.core().head().height.value() == 0);
  CHECK(chain.submit(good).status == 202);
}

TEST_CASE("txs: a full pool and a lost sequencer say when to come again", "[http][rule:IF-8]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  const base::Bytes envelope = chain.sign("ann", transfer("bob", kWal));
  chain.refuse = http::SubmitResult::State::kFull;
  const Answer full = chain.submit(envelope);
  CHECK(full.status == 429);
  CHECK(full.reason() == "POOL_FULL");
  CHECK(full.raw.header("retry-after") == "1");
  chain.refuse = http::SubmitResult::State::kUnavailable;
  const Answer lost = chain.submit(envelope);
  CHECK(lost.status == 503);
  CHECK(lost.reason() == "SEQUENCER_UNREACHABLE");
}

TEST_CASE("txs: a wait ends with the block, or with the time", "[http][rule:IF-9]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  const std::string nobody = "/v1/txs/" + base::to_base58(base::Bytes(32, 9));
  CHECK(chain.get(nobody).reason() == "TX_NOT_FOUND");
  CHECK(chain.get(nobody + "?wait=50ms").status == 404);
  CHECK(chain.get("/v1/txs/0OIl").reason() == "INVALID_ID_FORMAT");
  const Answer sent = chain.submit(chain.sign("ann", transfer("bob", kWal)));
  const std::string path = "/v1/txs/" + digest_of(sent);
  CHECK(chain.get(path + "?wait=20ms").json.at("data").at("state").as_string() == "accepted");
  auto later = std::async(std::launch::async, [&] { return chain.get(path + "?wait=20s"); });
  chain.block();
  CHECK(later.get().json.at("data").at("state").as_string() == "committed");
}

TEST_CASE("simulate: code, fee and effects without a signature, and nothing happens",
          "[http][rule:IF-8][rule:Q-4]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  const auto run = [&](const spec::Body& body) {
    return chain.post("/v1/txs/simulate", json_of("body", wire::write_canonical(body)));
  };
  const Answer good = run(chain.body_of("ann", transfer("bob", kWal)));
  REQUIRE(good.status == 200);
  const auto& data = good.json.at("data");
  CHECK(data.at("code").as_string() == "OK");
  CHECK(data.at("events").as_array().size() == 1);
  CHECK(data.at("effects").as_array().size() == 2);
  CHECK(data.at("effects").at(0).at("path").as_string().starts_with("account/0x"));

  // The fee is what the real thing pays.
  const Answer sent = chain.submit(chain.sign("ann", transfer("bob", kWal)));
  chain.block();
  const Answer done = chain.get("/v1/txs/" + digest_of(sent));
  CHECK(done.json.at("data").at("fee").as_string() == data.at("fee").as_string());

  const Answer poor = run(chain.body_of("bob", transfer("ann", 90 * kWal)));
  CHECK(poor.json.at("data").at("code").as_string() == "INSUFFICIENT");
  CHECK(run(chain.body_of("ghost", transfer("ann", 1))).reason() == "NO_ACCOUNT");
  spec::Body other = chain.body_of("ann", transfer("bob", 1));
  other.set_chain(std::string(32, '\7'));
  CHECK(run(other).reason() == "WRONG_CHAIN");
  spec::Operation statement;
  statement.mutable_attest_sync()->set_statement(std::string(168, '\1'));
  CHECK(run(chain.body_of("ann", statement)).reason() == "NOT_SIMULATED");
  CHECK(chain.post("/v1/txs/simulate", json_of("body", base::Bytes(3, 1))).reason() == "MALFORMED");
  CHECK(chain.core().head().height.value() == 1);
}
