// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <future>

#include "codec/base/text.h"
#include "ledger/state/keys.h"
#include "ledger/state_proof.h"
#include "node/reflect/value.h"
#include "proofs/signature.h"
#include "tests/node/http/test_chain.h"

using namespace wald;
using namespace wald::tests;

namespace {

std::string id_of(const std::string& name) {
  return reflect::bytes_text(spec::KIND_ACCOUNT, account_of(name).view());
}

void pay(TestChain& chain, const std::string& from, const std::string& to) {
  REQUIRE(chain.submit(chain.sign(from, transfer(to, kWal))).status == 202);
  chain.block();
}

base::Bytes bytes_at(const boost::json::value& object, const char* key) {
  return base::from_base64(std::string(object.at(key).as_string())).value();
}

// Reads a stream until `enough` bytes are there.
std::string read_stream(const std::string& url, std::size_t enough) {
  net::Client client;
  std::string out;
  const auto head = client.stream({net::Method::kGet, url}, [&](std::string_view bytes) {
    out += bytes;
    return out.size() < enough;
  });
  REQUIRE(head.ok());
  REQUIRE(head->status == 200);
  return out;
}

}  // namespace

TEST_CASE("events: numbered from 1, filtered by type, account and place", "[http]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", 10 * kWal}, {"cat", kWal}}));
  pay(chain, "ann", "bob");
  pay(chain, "bob", "cat");
  const Answer all = chain.get("/v1/events?limit=1000");
  const auto& list = all.json.at("data").as_array();
  REQUIRE(list.size() == chain.core().head().events);
  for (std::size_t i = 0; i < list.size(); ++i)
    CHECK(list[i].at("seq").as_string() == std::to_string(i + 1));
  CHECK(all.json.at("page").at("next").is_null());
  CHECK(chain.get("/v1/events?type=account.transferred").json.at("data").as_array().size() == 2);
  CHECK(chain.get("/v1/events?type=account.*,token.*&account=" + id_of("cat"))
            .json.at("data")
            .as_array()
            .size() == 1);
  const std::string last = std::to_string(list.size());
  CHECK(chain.get("/v1/events?after=" + last).json.at("data").as_array().empty());
  const Answer one = chain.get("/v1/events/" + last);
  CHECK(one.json.at("data").at("seq").as_string() == last);
  CHECK(one.json.at("data") == list.back());
}

TEST_CASE("events: a long poll answers with the first that passes, or empty in time",
          "[http][rule:IF-9]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", 10 * kWal}}));
  const std::string mine = "/v1/events?type=account.transferred&account=" + id_of("bob");
  const Answer none = chain.get(mine + "&wait=50ms");
  CHECK(none.status == 200);
  CHECK(none.json.at("data").as_array().empty());
  auto waiting = std::async(std::launch::async, [&] { return chain.get(mine + "&wait=20s"); });
  chain.block();  // nothing for bob
  pay(chain, "ann", "bob");
  const Answer answer = waiting.get();
  REQUIRE(answer.json.at("data").as_array().size() == 1);
  CHECK(answer.json.at("data").at(0).at("height").as_string() == "2");
}

TEST_CASE("events: many polls at once cost no worker each", "[http][rule:IF-9]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", 10 * kWal}}));
  std::vector<std::future<Answer>> polls;
  polls.reserve(6);
  for (int i = 0; i < 6; ++i)
    polls.push_back(std::async(std::launch::async, [&] {
      return chain.get("/v1/events?type=account.transferred&wait=20s");
    }));
  CHECK(chain.get("/v1/status").status == 200);  // two workers, six polls
  pay(chain, "ann", "bob");
  for (auto& poll : polls) CHECK(poll.get().json.at("data").as_array().size() == 1);
}

TEST_CASE("blocks and headers: contents, results and the signed bytes", "[http][rule:IF-12]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  pay(chain, "ann", "bob");
  const Answer block = chain.get("/v1/blocks/1");
  REQUIRE(block.status == 200);
  const auto& txs = block.json.at("data").at("transactions").as_array();
  REQUIRE(txs.size() == 1);
  CHECK(txs[0].at("state").as_string() == "committed");
  CHECK(txs[0].at("code").as_string() == "OK");
  CHECK(block.json.at("data").at("firstEvent").as_string() == "1");
  CHECK(block.json.at("data").at("events").to_number<std::uint64_t>() ==
        chain.core().head().events);
  const Answer header = chain.get("/v1/headers/1");
  CHECK(header.json.at("data") == block.json.at("data").at("header"));
  const base::Bytes bytes = bytes_at(header.json.at("data"), "bytes");
  const auto parsed = ledger::parse_header(bytes);
  REQUIRE(parsed);
  CHECK(parsed->state_root == chain.core().head().root);
  const auto signature =
      base::from_hex(std::string(header.json.at("data").at("signature").as_string()).substr(2));
  CHECK(proofs::verify_signature(key_of_name("sequencer").key,
                                 ledger::block_preimage(ledger::header_hash(*parsed)),
                                 signature.value()));
}

TEST_CASE("blocks/stream: a block far larger than a piece usually is goes through whole",
          "[http][rule:IF-9]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  pay(chain, "ann", "bob");
  chain.force(std::vector<base::Bytes>(80, base::Bytes(65'536, 7)));
  const auto first = chain.core().block(base::Height(1)).value();
  const auto second = chain.core().block(base::Height(2)).value();
  REQUIRE(second.size() > 5'000'000);
  const std::size_t both = 8 + first.size() + second.size();
  const std::string got = read_stream(chain.url() + "/v1/blocks/stream?from=1", both);
  base::Reader in(base::as_bytes(got));
  CHECK(in.le<std::uint32_t>() == first.size());
  CHECK(base::equal(*in.raw(first.size()), first));
  CHECK(in.le<std::uint32_t>() == second.size());
  CHECK(base::equal(*in.raw(second.size()), second));
  CHECK(chain.get("/v1/status").status == 200);
}

TEST_CASE("blocks/stream: every record in order, then heartbeats, then the next block",
          "[http][rule:IF-9]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  pay(chain, "ann", "bob");
  pay(chain, "ann", "bob");
  const auto first = chain.core().block(base::Height(1)).value();
  const auto second = chain.core().block(base::Height(2)).value();
  const std::size_t both = 8 + first.size() + second.size();
  const std::string got = read_stream(chain.url() + "/v1/blocks/stream?from=1", both + 12);
  base::Reader in(base::as_bytes(got));
  CHECK(in.le<std::uint32_t>() == first.size());
  CHECK(base::equal(*in.raw(first.size()), first));
  CHECK(in.le<std::uint32_t>() == second.size());
  CHECK(base::equal(*in.raw(second.size()), second));
  INFO(got.size() << " of " << both + 12);
  CHECK(in.le<std::uint32_t>() == 0u);
  CHECK(in.le<std::uint64_t>() == 2u);

  auto next = std::async(std::launch::async, [&] {
    return read_stream(chain.url() + "/v1/blocks/stream?from=3", 100);
  });
  pay(chain, "ann", "bob");
  const std::string third = next.get();
  CHECK(third.size() >= 100);
  CHECK(chain.get("/v1/blocks/stream?from=9").reason() == "INVALID_PARAMETER");
  CHECK(chain.get("/v1/blocks/stream?from=0").reason() == "INVALID_PARAMETER");
}

TEST_CASE("proofs: a record and an absence hold against the signed header",
          "[http][rule:IF-12][rule:Q-1]") {
  TestChain chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}}));
  pay(chain, "ann", "bob");
  for (const std::string who : {"ann", "ghost"}) {
    const Answer answer = chain.get("/v1/proofs/account/" + id_of(who));
    REQUIRE(answer.status == 200);
    const auto& data = answer.json.at("data");
    const auto header = ledger::parse_header(bytes_at(data, "header"));
    REQUIRE(header);
    const base::Bytes key = ledger::key_of(ledger::kAccounts, account_of(who));
    CHECK(bytes_at(data, "key") == key);
    const auto proof = ledger::parse_proof(bytes_at(data, "proof"));
    REQUIRE(proof);
    std::optional<base::Bytes> value;
    if (data.as_object().contains("value")) value = bytes_at(data, "value");
    std::optional<base::ByteView> shown;
    if (value) shown = base::ByteView(*value);
    const auto verdict = ledger::verify(header->state_root, key, shown, *proof);
    CHECK(verdict == (who == "ann" ? ledger::Verdict::kPresent : ledger::Verdict::kAbsent));
  }
  // The same with the answer itself, of one version, also where there is no such record.
  for (const std::string who : {"ann", "ghost"}) {
    const std::string path = "/v1/accounts/" + id_of(who);
    const Answer plain = chain.get(path);
    const Answer proved = chain.get(path + "?proof=true");
    CHECK(proved.status == (who == "ann" ? 200 : 404));
    CHECK(proved.json.at("proof") == chain.get("/v1/proofs/account/" + id_of(who)).json.at("data"));
    auto rest = proved.json.as_object();
    rest.erase("proof");
    CHECK(boost::json::value(rest) == plain.json);
    CHECK(chain.get(path + "?proof=false").raw.body == plain.raw.body);
    CHECK(chain.get(path + "?proof=1").reason() == "INVALID_PARAMETER");
  }
  CHECK(chain.get("/v1/accounts/" + id_of("ann") + "/stakes?proof=true").reason() ==
        "UNKNOWN_PARAMETER");
  CHECK(chain.get("/v1/proofs/nothing/0x00").reason() == "TABLE_NOT_FOUND");
  CHECK(chain.get("/v1/proofs/account/0x0").reason() == "INVALID_KEY");
  CHECK(chain.get("/v1/proofs/chain/-").status == 200);
}
