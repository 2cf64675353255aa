// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/json.h"

#include <catch2/catch.hpp>

#include "ledger/wire/canonical.h"
#include "specs/proto/query.pb.h"
#include "tests/ledger/wire/samples.h"

namespace wald::reflect {
namespace {

namespace json = boost::json;

template <class T>
JsonError refused(std::string_view text) {
  T message;
  const auto read = from_json_text(text, message);
  REQUIRE_FALSE(read.ok());
  return read.error();
}

std::string id(char digit) { return "\"0x" + std::string(64, digit) + "\""; }

TEST_CASE("json: a transfer in words of the interface", "[reflect]") {
  const json::object out = to_json(wire::sample::transfer_body());
  CHECK(json::serialize(out) ==
        "{\"chain\":" + id('1') + ",\"version\":1,\"sender\":" + id('2') +
            ",\"nonce\":\"7\",\"validUntil\":\"1000\",\"maxFee\":\"300000\",\"operation\":"
            "{\"transfer\":{\"to\":" +
            id('3') + ",\"amount\":\"1500000000\"}}}");
}

TEST_CASE("json: blob ids, digests, rates, epochs, times and words", "[reflect]") {
  spec::BlobCertified certified;
  certified.set_blob_id(std::string(32, '\xff'));
  certified.set_epoch(42);
  certified.set_extension(true);
  const json::object out = to_json(certified);
  CHECK(out.at("blobId").as_string() == "__________________________________________8");
  CHECK(out.at("epoch").to_number<int>() == 42);
  CHECK(out.at("extension").as_bool());
  CHECK_FALSE(out.contains("owner"));  // an id that is absent has no text
  spec::EpochStarted started;
  started.set_starts(1'772'445'600'000);
  CHECK(to_json(started).at("starts").as_string() == "2026-03-02T10:00:00.000Z");
  spec::TokenBurned burned;
  burned.set_cause(spec::BURN_SHIFT);
  CHECK(to_json(burned).at("cause").as_string() == "shift");
  CHECK(to_json(burned).at("amount").as_string() == "0");
  spec::TxResult result;
  result.set_code(spec::STAKE_NOT_MATURE);
  result.set_digest(std::string(32, '\0'));
  CHECK(to_json(result).at("code").as_string() == "STAKE_NOT_MATURE");
  CHECK(to_json(result).at("digest").as_string() == std::string(32, '1'));
}

TEST_CASE("json: optional fields are there iff they are set", "[reflect]") {
  spec::SetVotes votes;
  votes.set_write_price(0);
  const json::object out = to_json(votes);
  CHECK(out.at("writePrice").as_string() == "0");
  CHECK_FALSE(out.contains("storagePrice"));
  spec::SetVotes back;
  REQUIRE(from_json(out, back).ok());
  CHECK(back.has_write_price());
  CHECK_FALSE(back.has_capacity());
}

template <class T>
void round_trip(std::uint64_t seed, int count) {
  base::Prng prng(seed);
  for (int i = 0; i < count; ++i) {
    T message;
    wire::sample::fill(prng, message);
    const std::string text = json::serialize(to_json(message));
    T back;
    const auto read = from_json_text(text, back);
    INFO(text);
    if (!read.ok()) FAIL(read.error().path << " " << read.error().message);
    REQUIRE(wire::write_canonical(back) == wire::write_canonical(message));
  }
}

TEST_CASE("json: every transaction, event, block and genesis comes back unchanged", "[reflect]") {
  round_trip<spec::Body>(21, 300);
  round_trip<spec::Envelope>(22, 100);
  round_trip<spec::EventRecord>(23, 300);
  round_trip<spec::BlockInput>(24, 100);
  round_trip<spec::Genesis>(25, 50);
}

TEST_CASE("json: short ids are filled with zeros, other forms of ids are accepted", "[reflect]") {
  spec::RegisterBlob blob;
  const std::string hex(64, 'f');
  REQUIRE(from_json_text("{\"resource\":\"0x7\",\"blobId\":\"0x" + hex + "\"}", blob).ok());
  CHECK(blob.resource() == std::string(31, '\0') + "\x07");
  CHECK(blob.blob_id() == std::string(32, '\xff'));
}

TEST_CASE("json: money and 64-bit numbers are never bare", "[reflect]") {
  CHECK(refused<spec::Burn>("{\"amount\":5}").path == "amount");
  CHECK(refused<spec::Burn>("{\"amount\":5}").message.find("text") != std::string::npos);
  CHECK(refused<spec::Burn>("{\"amount\":\"1.5\"}").path == "amount");
  CHECK(refused<spec::Burn>("{\"amount\":\"05\"}").path == "amount");
  CHECK(refused<spec::Burn>("{\"amount\":\"18446744073709551616\"}").path == "amount");
}

TEST_CASE("json: unknown keys are refused with the known ones", "[reflect]") {
  const JsonError error = refused<spec::Operation>("{\"burn\":{\"amuont\":\"5\"}}");
  CHECK(error.path == "burn.amuont");
  CHECK(error.message.find("known: amount") != std::string::npos);
}

TEST_CASE("json: what does not fit its field is refused with its path", "[reflect]") {
  CHECK(refused<spec::Operation>("{\"burn\":{},\"transfer\":{}}").path == "transfer");
  CHECK(refused<spec::Operation>("[]").message.find("object") != std::string::npos);
  CHECK(refused<spec::Operation>("{\"burn\":").message.find("not JSON") != std::string::npos);
  CHECK(refused<spec::Operation>(std::string(100, '[')).message.find("not JSON") !=
        std::string::npos);
  CHECK(refused<spec::WithdrawStake>("{\"stakes\":\"0x1\"}").path == "stakes");
  CHECK(refused<spec::WithdrawStake>("{\"stakes\":[\"0x1\",\"zz\"]}").path == "stakes[1]");
  CHECK(refused<spec::SetCommission>("{\"commission\":-1}").path == "commission");
  CHECK(refused<spec::SetCommission>("{\"commission\":4294967296}").path == "commission");
  CHECK(refused<spec::SetCommission>("{\"commission\":1.5}").path == "commission");
  CHECK(refused<spec::DelegateStake>("{\"bond\":1}").path == "bond");
  CHECK(refused<spec::TokenBurned>("{\"cause\":\"why\"}").path == "cause");
  CHECK(refused<spec::Pair>("{\"key\":\"" + std::string(65, 'k') + "\"}").path == "key");
  CHECK(refused<spec::Pair>("{\"key\":null}").path == "key");
  CHECK(refused<spec::AttestSync>("{\"statement\":\"!\"}").path == "statement");
  CHECK(refused<spec::RegisterNode>("{\"possession\":\"0x12\"}").path == "possession");
  std::string many;
  for (int i = 0; i < 65; ++i) many += i == 0 ? "\"0x1\"" : ",\"0x1\"";
  CHECK(refused<spec::WithdrawStake>("{\"stakes\":[" + many + "]}").path == "stakes");
}

TEST_CASE("json: an event of the log names its type, rule, accounts and nodes", "[reflect]") {
  spec::EventRecord record;
  record.set_seq(9);
  record.set_height(100);
  record.set_index(2);
  record.set_tx(std::string(32, '\0'));
  auto& moved = *record.mutable_account_transferred();
  moved.set_from(std::string(32, '\x22'));
  moved.set_to(std::string(32, '\x22'));
  moved.set_amount(5);
  json::object out = event_json(record, 1'772'445'600'000, 42);
  CHECK(out.at("seq").as_string() == "9");
  CHECK(out.at("type").as_string() == "account.transferred");
  CHECK(out.at("txDigest").is_null());
  CHECK(out.at("time").as_string() == "2026-03-02T10:00:00.000Z");
  CHECK(out.at("accounts").as_array().size() == 1);  // each once
  CHECK(out.at("nodes").as_array().empty());
  CHECK(out.at("body").as_object().at("amount").as_string() == "5");
  record.set_tx(std::string(32, '\x01'));
  CHECK(event_json(record, 0, 0).at("txDigest").is_string());
}

TEST_CASE("json: nodes of a list are named too", "[reflect]") {
  spec::EpochSyncTimedOut late;
  late.add_missing(std::string(32, '\x01'));
  late.add_missing(std::string(32, '\x02'));
  CHECK(event_names(late).nodes.size() == 2);
}

}  // namespace
}  // namespace wald::reflect
