// SPDX-License-Identifier: Apache-2.0
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "codec/recovery.h"
#include "node/storage/symbol_list.h"
#include "tests/node/storage/rig.h"

using namespace wald;
using namespace wald::tests;
using codec::Axis;
using net::Method;

namespace {

struct Confirmation {
  base::Bytes message;
  base::Bytes signature;
};
Confirmation read_confirmation(const net::Response& reply) {
  const auto json = boost::json::parse(reply.body);
  const auto& data = json.at("success").at("data").at("signed");
  const auto field = [&](const char* name) {
    return base::from_base64(std::string(data.at(name).as_string())).value();
  };
  return {field("serializedMessage"), field("signature")};
}

}  // namespace

TEST_CASE("confirmation: it comes once all of the node's part is stored, signed for this epoch",
          "[node][storage][rule:K-22]") {
  KnownBlob s;
  RigNode& node = s.node(1);
  const std::string url = node.url(blob_path(s.id(), "/confirmation/permanent"));
  REQUIRE(refused(ask(Method::kGet, url), 400, "MISSING_SLIVERS"));
  s.fill(s.blob);
  const auto signed_message = read_confirmation(ask(Method::kGet, url));
  REQUIRE(signed_message.message.size() == 40);
  const auto message = proofs::decode_message(signed_message.message).value();
  REQUIRE(message.epoch == base::Epoch(1));
  REQUIRE(std::get<proofs::StorageConfirmation>(message.body) ==
          proofs::StorageConfirmation{s.id(), std::nullopt});
  proofs::Signature signature{};
  REQUIRE(signed_message.signature.size() == signature.size());
  std::copy(signed_message.signature.begin(), signed_message.signature.end(), signature.begin());
  // A certificate of all three members over the message verifies.
  proofs::Certificate certificate{signed_message.message, {0x07}, {}};
  std::vector<proofs::CertMember> members;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto reply =
        ask(Method::kGet, s.node(i).url(blob_path(s.id(), "/confirmation/permanent")));
    proofs::Signature one{};
    const auto bytes = read_confirmation(reply).signature;
    std::copy(bytes.begin(), bytes.end(), one.begin());
    certificate.signatures.push_back(one);
    members.push_back(
        {s.node(i).signer().public_key(), static_cast<std::uint16_t>(i == 0 ? 3 : 2)});
  }
  REQUIRE(certificate.signatures[1] == signature);
  REQUIRE(proofs::verify_certificate(certificate, s.chain, base::Epoch(1), members, 7,
                                     proofs::MessageType::kStorageConfirmation,
                                     proofs::Threshold::kQuorum)
              .ok());
  // One sliver fewer, and it is refused again.
  const auto slivers = node.store().slivers(s.id());
  node.store().erase_sliver(s.id(), slivers.front()).value();
  REQUIRE(refused(ask(Method::kGet, url), 400, "MISSING_SLIVERS"));
}

TEST_CASE("confirmation: what is not registered so is not confirmed",
          "[node][storage][rule:SN-4]") {
  KnownBlob s;
  s.fill(s.blob);
  RigNode& node = s.node(0);
  const auto object = id_of<base::ObjectId>(8);
  const std::string deletable =
      node.url(blob_path(s.id(), "/confirmation/deletable/0x" + base::to_hex(object.view())));
  REQUIRE(refused(ask(Method::kGet, deletable), 400, "NOT_REGISTERED"));
  REQUIRE(refused(ask(Method::kGet, node.url(blob_path(s.id(), "/confirmation/deletable/0xzz"))),
                  400, "INVALID_ID_FORMAT"));
  ledger::BlobRecord record;
  record.blob_id = s.id();
  record.deletable = true;
  record.end = base::Epoch(4);
  const auto put = [&] {
    s.state.change(
        [&](ledger::Overlay& out) { ledger::save(out, ledger::kBlobs, record, object); });
  };
  put();
  const auto message =
      proofs::decode_message(read_confirmation(ask(Method::kGet, deletable)).message).value();
  REQUIRE(std::get<proofs::StorageConfirmation>(message.body) ==
          proofs::StorageConfirmation{s.id(), object});
  record.end = base::Epoch(1);
  put();
  REQUIRE(refused(ask(Method::kGet, deletable), 400, "NOT_REGISTERED"));
  record.end = base::Epoch(4);
  record.deletable = false;
  put();
  REQUIRE(refused(ask(Method::kGet, deletable), 400, "NOT_REGISTERED"));
  s.state.set_blob(s.id(), permanent_blob(5'000, 1));
  REQUIRE(refused(ask(Method::kGet, node.url(blob_path(s.id(), "/confirmation/permanent"))), 400,
                  "NOT_REGISTERED"));
}

TEST_CASE("confirmation: an earlier epoch is never signed for again",
          "[node][storage][rule:SN-4]") {
  KnownBlob s;
  s.fill(s.blob);
  const std::string url = s.node(0).url(blob_path(s.id(), "/confirmation/permanent"));
  s.set_committee(2, 0);
  s.state.set_epoch(2);
  REQUIRE(ask(Method::kGet, url).status == 200);
  s.state.set_epoch(1);
  REQUIRE(refused(ask(Method::kGet, url), 500, "SIGNING_REFUSED"));
}

TEST_CASE("status: it says what the ledger says, in Walrus' words", "[node][storage][rule:SN-3]") {
  KnownBlob s;
  const auto status = [&] {
    return ask(Method::kGet, s.node(0).url(blob_path(s.id(), "/status"))).body;
  };
  const std::string event = "{\"txDigest\":\"" + std::string(32, '1') + "\",\"eventSeq\":\"0\"}";
  REQUIRE(
      status() ==
      "{\"success\":{\"code\":200,\"data\":{\"permanent\":{\"endEpoch\":4,\"isCertified\":false,"
      "\"statusEvent\":" +
          event +
          ",\"deletableCounts\":{\"count_deletable_total\":0,"
          "\"count_deletable_certified\":0},\"initialCertifiedEpoch\":null}}}}");
  ledger::BlobIdRecord record;
  record.deletable = 2;
  record.deletable_certified = 1;
  record.first_certified = base::Epoch(1);
  s.state.set_blob(s.id(), record);
  REQUIRE(status() ==
          "{\"success\":{\"code\":200,\"data\":{\"deletable\":{\"initialCertifiedEpoch\":1,"
          "\"deletableCounts\":{\"count_deletable_total\":2,\"count_deletable_certified\":1}}}}}");
  record.invalid = true;
  s.state.set_blob(s.id(), record);
  REQUIRE(status() ==
          "{\"success\":{\"code\":200,\"data\":{\"invalid\":{\"event\":" + event + "}}}}");
  s.state.set_blob(s.id(), ledger::BlobIdRecord());
  REQUIRE(status() == "{\"success\":{\"code\":200,\"data\":\"nonexistent\"}}");
}

TEST_CASE("status: the event that certified a blob has its number of the log",
          "[node][storage][rule:SN-3]") {
  KnownBlob s;
  RigNode& node = s.node(0);
  const auto seq = [&] {
    const auto json =
        boost::json::parse(ask(Method::kGet, node.url(blob_path(s.id(), "/status"))).body);
    const auto& permanent = json.at("success").at("data").at("permanent");
    return std::string(permanent.at("statusEvent").at("eventSeq").as_string());
  };
  REQUIRE(seq() == "0");  // registered, not certified
  auto certified = permanent_blob(5'000, 4, true);
  certified.certified_event = 77;
  s.state.set_blob(s.id(), certified);
  REQUIRE(seq() == "77");
}

TEST_CASE("health: it counts shards by what they are to the node", "[node][storage][rule:SN-3]") {
  KnownBlob s;
  RigNode& node = s.node(0);  // shards 0, 3, 6
  node.in_transfer = [] { return std::set<base::ShardIndex>{base::ShardIndex(4)}; };
  node.stop();
  node.start();
  s.set_committee(2, 2);  // node 0 now has 1 and 4
  s.state.set_epoch(2);
  const auto json =
      boost::json::parse(ask(Method::kGet, node.url("/v1/health?detailed=true")).body);
  const auto& data = json.at("success").at("data");
  REQUIRE(data.at("epoch") == 2);
  REQUIRE(data.at("nodeStatus") == "Active");
  REQUIRE(data.at("shardSummary").at("owned") == 2);
  REQUIRE(data.at("shardSummary").at("ownedShardStatus").at("ready") == 1);
  REQUIRE(data.at("shardSummary").at("ownedShardStatus").at("inTransfer") == 1);
  REQUIRE(data.at("shardSummary").at("readOnly") == 3);
  REQUIRE(boost::json::serialize(data.at("shardDetail").at("owned")) ==
          R"([{"shard":1,"status":"ready"},{"shard":4,"status":"inTransfer"}])");
}

TEST_CASE("recovery symbols: those of enough nodes rebuild a sliver",
          "[node][storage][rule:K-23]") {
  KnownBlob s;
  s.fill(s.blob);
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
    std::vector<shape::GeneralRecoverySymbol> symbols;
    for (std::size_t i = 0; i < s.size(); ++i) {
      const auto reply =
          ask(Method::kGet, s.node(i).url(blob_path(
                                s.id(), std::string("/recoverySymbols?targetSliver=5&targetType=") +
                                            (axis == Axis::kPrimary ? "primary" : "secondary"))));
      REQUIRE(reply.status == 200);
      const auto some = storage::symbols_from_bytes(base::as_bytes(reply.body)).value();
      symbols.insert(symbols.end(), some.begin(), some.end());
    }
    REQUIRE(symbols.size() == 7);
    const auto rebuilt =
        codec::recover_sliver(s.codec(), s.blob.metadata(), {axis, 5}, symbols).value();
    REQUIRE(base::equal(rebuilt.data.body, s.blob.sliver(axis, 5).body));
  }
}

TEST_CASE("recovery symbols: single ones are found by id along either axis",
          "[node][storage][rule:K-23]") {
  KnownBlob s;
  s.fill(s.blob);
  // Pair 2's node has primary 2 and secondary 4.
  RigNode& node = s.holder(s.id(), 2);
  const auto get = [&](const std::string& query) {
    return ask(Method::kGet, node.url(blob_path(s.id(), "/recoverySymbols" + query)));
  };
  const auto reply = get("?id=2-6&id=1-4");
  REQUIRE(reply.status == 200);
  const auto symbols = storage::symbols_from_bytes(base::as_bytes(reply.body)).value();
  REQUIRE(symbols.size() == 2);
  for (const auto& symbol : symbols) {
    const codec::Target target{symbol.target_axis, symbol.target.value()};
    REQUIRE(codec::verify_general_symbol(s.codec(), s.blob.metadata(), target, symbol).ok());
  }
  REQUIRE(get("?id=2-6&proofAxis=primary").status == 200);
  REQUIRE(refused(get("?id=2-6&proofAxis=tertiary"), 400, "INVALID_SLIVER_TYPE"));
  REQUIRE(refused(get(""), 400, "NO_SYMBOLS_SPECIFIED"));
  REQUIRE(refused(get("?id=7-0"), 400, "INDEX_OUT_OF_RANGE"));
  REQUIRE(refused(get("?id=7"), 400, "INDEX_OUT_OF_RANGE"));
  REQUIRE(refused(get("?targetSliver=9&targetType=primary"), 400, "INDEX_OUT_OF_RANGE"));
  REQUIRE(refused(get("?targetSliver=1"), 400, "INVALID_SLIVER_TYPE"));
  REQUIRE(refused(get("?targetSliver=1&targetType=primary&proofAxis=primary"), 400,
                  "SYMBOL_NOT_PRESENT_AT_SHARDS"));
  std::string many = "?id=2-6";
  for (int i = 0; i < 256; ++i) many += "&id=0-0";
  REQUIRE(refused(get(many), 400, "TOO_MANY_SYMBOLS"));
}
