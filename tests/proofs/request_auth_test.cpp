// SPDX-License-Identifier: Apache-2.0
#include "proofs/request_auth.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

const base::ChainId kChain = filled<base::ChainId>(1);
const base::Bytes kBody = unhex("0102");
const HttpRequest kRequest{"POST", "/v1/exchange/openings?a=1", "node-1:9185", kBody};

RequestAuth authorised() {
  RequestAuth out{filled<base::NodeId>(2),
                  base::TimeMs(1234),
                  filled_array<std::array<std::uint8_t, 16>>(3),
                  {}};
  out.signature = signer(1).sign(*request_preimage(kChain, kRequest, out.time, out.random));
  return out;
}
bool accepted(const HttpRequest& request, const RequestAuth& auth) {
  return verify_request(kChain, request, auth, signer(1).public_key());
}

}  // namespace

TEST_CASE("request: the header carries what was signed", "[proofs][rule:O-38]") {
  const RequestAuth auth = authorised();
  const std::string value = authorization_value(auth);
  REQUIRE(value.substr(0, 6) == "Wald1 ");
  REQUIRE(value.size() == 6 + 160);
  const auto parsed = parse_authorization(value);
  REQUIRE(parsed.has_value());
  REQUIRE(parsed->node == auth.node);
  REQUIRE(parsed->time == auth.time);
  REQUIRE(parsed->random == auth.random);
  REQUIRE(accepted(kRequest, *parsed));
}

TEST_CASE("request: another chain, method, target, host, body, time or random is refused",
          "[proofs][rule:O-38]") {
  const RequestAuth auth = authorised();
  const base::Bytes other_body = unhex("0103");
  REQUIRE_FALSE(accepted({"PUT", kRequest.target, kRequest.host, kBody}, auth));
  REQUIRE_FALSE(accepted({"POST", "/v1/exchange/openings?a=2", kRequest.host, kBody}, auth));
  REQUIRE_FALSE(accepted({"POST", kRequest.target, "node-2:9185", kBody}, auth));
  REQUIRE_FALSE(accepted({"POST", kRequest.target, kRequest.host, other_body}, auth));
  REQUIRE_FALSE(accepted({"POST", kRequest.target, kRequest.host, {}}, auth));
  RequestAuth changed = auth;
  changed.time = base::TimeMs(1235);
  REQUIRE_FALSE(accepted(kRequest, changed));
  changed = auth;
  changed.random[0] ^= 1;
  REQUIRE_FALSE(accepted(kRequest, changed));
  REQUIRE_FALSE(verify_request(filled<base::ChainId>(2), kRequest, auth, signer(1).public_key()));
  REQUIRE_FALSE(verify_request(kChain, kRequest, auth, signer(2).public_key()));
}

TEST_CASE("request: a line feed inside a part is refused, so parts cannot shift",
          "[proofs][rule:O-38]") {
  const auto preimage = [](const HttpRequest& request) {
    return request_preimage(kChain, request, base::TimeMs(1), {});
  };
  REQUIRE(preimage(kRequest).has_value());
  REQUIRE_FALSE(preimage({"GET\n", "/", "h:1", {}}).has_value());
  REQUIRE_FALSE(preimage({"GET", "/a\nb", "h:1", {}}).has_value());
  REQUIRE_FALSE(preimage({"GET", "/", "h:1\n", {}}).has_value());
  REQUIRE(preimage({"GET", "/a", "b", {}}) != preimage({"GET", "/", "ab", {}}));
}

TEST_CASE("request: a header of another form is refused", "[proofs][rule:O-38]") {
  const std::string value = authorization_value(authorised());
  REQUIRE_FALSE(parse_authorization("").has_value());
  REQUIRE_FALSE(parse_authorization("Wald1 ").has_value());
  REQUIRE_FALSE(parse_authorization("wald1 " + value.substr(6)).has_value());
  REQUIRE_FALSE(parse_authorization("Bearer " + value.substr(6)).has_value());
  REQUIRE_FALSE(parse_authorization(value + "=").has_value());
  REQUIRE_FALSE(parse_authorization(value + " ").has_value());
  REQUIRE_FALSE(parse_authorization(" " + value).has_value());
  REQUIRE_FALSE(parse_authorization(value.substr(0, value.size() - 4)).has_value());
}
