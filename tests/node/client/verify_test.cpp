// SPDX-License-Identifier: Apache-2.0
// A node that lies: whatever it changes in an answer or its proof is noticed.
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "node/client/verify.h"
#include "tests/node/http/test_chain.h"

using namespace wald;
using namespace wald::tests;
using client::Exit;

namespace {

std::string id_of(const std::string& name) { return base::shown_hex(account_of(name).view()); }

// Serves these bodies, whatever the rest of the path.
class Liar {
 public:
  Liar(std::string account, std::string proof) {
    auto router = std::make_shared<net::Router>();
    for (const auto& [pattern, body] : {std::pair{std::string("/v1/accounts/{a}"), account},
                                        std::pair{std::string("/v1/proofs/account/{a}"), proof}}) {
      net::Route route;
      route.pattern = pattern;
      route.limit = net::LimitClass::kFree;
      route.handler =
          net::answer([body = body](const net::Request&) { return net::json_response(body); });
      router->add(std::move(route));
    }
    net::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    server_ = net::Server::start(options, router).value();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports().at(0)); }

 private:
  std::unique_ptr<net::Server> server_;
};

struct Truth {
  Truth() : chain(chain_genesis({{"ann", 10 * kWal}, {"bob", kWal}})) {
    REQUIRE(chain.submit(chain.sign("ann", transfer("bob", kWal))).status == 202);
    chain.block();
    account = chain.get("/v1/accounts/" + id_of("bob")).raw.body;
    proof = chain.get("/v1/proofs/account/" + id_of("bob")).json;
    trust.chain = chain.core().chain();
    trust.sequencer = key_of_name("sequencer").key;
  }
  client::Outcome<client::Reply> read(const std::string& shown, const boost::json::value& path) {
    const Liar liar(shown, boost::json::serialize(path));
    client::Remote remote(liar.url(), 5'000);
    return client::verified_account(remote, trust, account_of("bob"));
  }
  // The proof with one byte of a base64 member changed.
  boost::json::value bent(const char* member, std::size_t at) const {
    boost::json::value out = proof;
    auto& text = out.at("data").at(member);
    auto bytes = base::from_base64(std::string(text.as_string())).value();
    bytes.at(at) ^= 1;
    text = base::to_base64(bytes);
    return out;
  }

  TestChain chain;
  std::string account;
  boost::json::value proof;
  client::Trust trust;
};

}  // namespace

TEST_CASE("verify: what the record says is believed", "[client][rule:IF-12]") {
  Truth truth;
  const auto reply = truth.read(truth.account, truth.proof);
  REQUIRE(reply.ok());
  CHECK(reply->data.at("balance").as_string() == std::to_string(2 * kWal));
}

TEST_CASE("verify: another balance than the record's is refused", "[client][rule:IF-12]") {
  Truth truth;
  std::string lie = truth.account;
  const std::string real = std::to_string(2 * kWal);
  lie.replace(lie.find(real), real.size(), std::to_string(3 * kWal));
  const auto reply = truth.read(lie, truth.proof);
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.error().exit == Exit::kProblem);
  CHECK(reply.error().message.find("the balance") != std::string::npos);
}

TEST_CASE("verify: a changed value, path, header or signature is refused", "[client][rule:IF-12]") {
  Truth truth;
  for (const char* member : {"value", "proof", "header"}) {
    const auto size =
        base::from_base64(std::string(truth.proof.at("data").at(member).as_string()))->size();
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      INFO(member << " " << at);
      const auto reply = truth.read(truth.account, truth.bent(member, at));
      REQUIRE_FALSE(reply.ok());
      CHECK(reply.error().exit == Exit::kProblem);
    }
  }
  boost::json::value unsigned_proof = truth.proof;
  unsigned_proof.at("data").at("signatures") = boost::json::array{};
  CHECK(truth.read(truth.account, unsigned_proof).error().exit == Exit::kProblem);
  boost::json::value absent = truth.proof;
  absent.at("data").as_object().erase("value");
  CHECK(truth.read(truth.account, absent).error().exit == Exit::kProblem);
}

TEST_CASE("verify: a header that another key signed is refused", "[client][rule:IF-12]") {
  Truth truth;
  truth.trust.sequencer = key_of_name("mallory").key;
  const auto reply = truth.read(truth.account, truth.proof);
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.error().message.find("did not sign") != std::string::npos);
  truth.trust.sequencer = key_of_name("sequencer").key;
  truth.trust.chain = base::ChainId();
  CHECK(truth.read(truth.account, truth.proof).error().message.find("another chain") !=
        std::string::npos);
}

TEST_CASE("verify: answers of another form fail, they never crash", "[client]") {
  Truth truth;
  for (const char* body : {"", "[]", "{}", R"({"data":5})", R"({"data":{}})", "{\"data\":"}) {
    const Liar liar(truth.account, body);
    client::Remote remote(liar.url(), 5'000);
    CHECK_FALSE(client::verified_account(remote, truth.trust, account_of("bob")).ok());
    const Liar other(body, boost::json::serialize(truth.proof));
    client::Remote second(other.url(), 5'000);
    CHECK_FALSE(client::verified_account(second, truth.trust, account_of("bob")).ok());
  }
}
