// SPDX-License-Identifier: Apache-2.0
// Mutated requests over real sockets against the real routes of ledger and storage.
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "tests/node/hostile/memory.h"
#include "tests/node/http/test_chain.h"
#include "tests/node/net/raw_client.h"
#include "tests/node/storage/rig.h"
#include "tests/support/mutate.h"

using namespace wald;
using tests::kWal;

namespace {

base::Bytes bytes_of(const std::string& text) { return base::Bytes(text.begin(), text.end()); }

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n";
}
std::string with_body(const std::string& method, const std::string& target, base::ByteView body,
                      const std::string& type = "application/octet-stream") {
  return method + " " + target + " HTTP/1.1\r\nHost: h\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + base::string_of(body);
}

// Each answer is one of a status below 500 (or "come again"), with the error object where it is an
// error; silence where there was no request.
void judge(const std::string& reply) {
  if (reply.empty()) return;
  INFO(reply.substr(0, 400));
  REQUIRE(reply.starts_with("HTTP/1.1 "));
  const int status = std::stoi(reply.substr(9, 3));
  REQUIRE((status < 500 || status == 503 || status == 505));
  if (status >= 400) REQUIRE(reply.find("\"error\":{\"status\":\"") != std::string::npos);
}

void throw_at(std::uint16_t port, const std::vector<base::Bytes>& good, std::uint64_t seed,
              int cases) {
  base::Prng prng(seed);
  for (int i = 0; i < cases; ++i) {
    const base::Bytes bytes =
        tests::mutate(prng, good.at(prng.below(good.size())), good.at(prng.below(good.size())));
    tests::RawSocket socket = tests::RawSocket::connect(port);
    socket.send(base::as_text(bytes));
    socket.end_sending();
    judge(socket.read_all());
  }
}

std::uint16_t port_of(const std::string& url) {
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

}  // namespace

TEST_CASE("hostile: mutated requests to the ledger's routes get an answer below 500",
          "[node][rule:IF-4]") {
  tests::TestChain chain(tests::chain_genesis({{"ann", 100 * kWal}, {"bob", kWal}}));
  chain.block();
  const std::string ann = base::shown_hex(tests::account_of("ann").view());
  const auto envelope = chain.sign("ann", tests::transfer("bob", 1));
  const std::string json = "{\"envelope\":\"" + base::to_base64(envelope) + "\"}";
  std::vector<base::Bytes> good;
  for (const std::string& target :
       {std::string("/v1/status"), "/v1/accounts/" + ann,
        "/v1/accounts/" + ann + "/history?limit=5",
        std::string("/v1/nodes?sort=-name&limit=2&minStake=1"), std::string("/v1/events?after=0"),
        std::string("/v1/blocks/1"), std::string("/v1/headers/1"), std::string("/v1/epochs/0"),
        "/v1/proofs/accounts/" + ann, std::string("/v1/committee?which=current"),
        std::string("/v1/txs/8wK1bqnCqJYL1Gb1mVgE9nGJ1tZ9NfXPqYp3bQJ5Zk7q"),
        std::string("/v1/readyz?verbose")})
    good.push_back(bytes_of(get(target)));
  good.push_back(bytes_of(with_body("POST", "/v1/txs", envelope)));
  good.push_back(bytes_of(with_body("POST", "/v1/txs", bytes_of(json), "application/json")));
  good.push_back(bytes_of(
      with_body("POST", "/v1/txs/simulate", bytes_of("{\"body\":\"AAAA\"}"), "application/json")));
  good.push_back(bytes_of(with_body("POST", "/v1/estimate/stake",
                                    bytes_of("{\"node\":\"" + ann + "\",\"amount\":\"5\"}"),
                                    "application/json")));
  const std::uint64_t before = tests::peak_memory();
  throw_at(port_of(chain.url()), good, 21, 800);
  REQUIRE(tests::peak_memory() - before < 128u << 20);
  REQUIRE(chain.get("/v1/status").status == 200);
}

TEST_CASE("hostile: mutated requests to the storage routes get an answer below 500, store nothing",
          "[node][rule:IF-5]") {
  tests::Rig rig(7, 3);
  const auto blob = codec::encode(rig.codec(), tests::random_bytes(3, 1'000)).value();
  const base::BlobId& id = blob.metadata().blob_id;
  rig.state.set_blob(id, tests::permanent_blob(1'000, 4));
  tests::RigNode& node = rig.holder(id, 0);
  const auto path = [&](const std::string& rest) { return tests::blob_path(id, rest); };
  std::vector<base::Bytes> good;
  for (const char* rest : {"/metadata", "/metadata/status", "/slivers/0/primary", "/status",
                           "/slivers/0/secondary/status", "/confirmation/permanent",
                           "/recoverySymbols?targetSliver=1&targetType=primary"})
    good.push_back(bytes_of(get(path(rest))));
  // A body that is not the one of the path, so that none of these may be kept.
  const auto other = codec::encode(rig.codec(), tests::random_bytes(4, 1'000)).value();
  good.push_back(
      bytes_of(with_body("PUT", path("/metadata"), shape::bcs::without_id(other.metadata()))));
  good.push_back(bytes_of(
      with_body("PUT", path("/slivers/0/primary"), shape::bcs::to_bytes(other.pair(0).primary))));
  const std::uint64_t before = tests::peak_memory();
  throw_at(port_of(node.url("")), good, 22, 800);
  REQUIRE(tests::peak_memory() - before < 128u << 20);
  REQUIRE_FALSE(node.store().has_metadata(id));
  REQUIRE(node.store().slivers(id).empty());
  const auto stored = tests::ask(net::Method::kPut, node.url(path("/metadata")),
                                 shape::bcs::without_id(blob.metadata()));
  REQUIRE(stored.status == 201);
}
