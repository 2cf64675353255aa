// SPDX-License-Identifier: Apache-2.0
#include "node/net/http.h"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "node/net/client.h"
#include "node/net/errors.h"

using namespace wald::net;

TEST_CASE("http: a target is split and decoded", "[node][net]") {
  const auto t = parse_target("/v1/a%2Fb/?x=1&y=a+b%26&z&=&&x=2").value();
  REQUIRE(t.path == "/v1/a%2Fb/");
  REQUIRE(t.segments == std::vector<std::string>{"v1", "a/b", ""});
  REQUIRE(t.query == Pairs{{"x", "1"}, {"y", "a b&"}, {"z", ""}, {"", ""}, {"x", "2"}});
  REQUIRE(parse_target("/")->segments == std::vector<std::string>{""});
}

TEST_CASE("http: targets that could mean two things are refused", "[node][net]") {
  for (const char* bad :
       {"", "v1", "*", "http://h/x", "/a b", "/%", "/%4", "/%zz", "/%00", "/a/../b", "/a/%2e%2e/b",
        "/./x", "/x#y", "/x?a=%", "/x?%00=1", "/\x80", "/\x7f"})
    REQUIRE_FALSE(parse_target(bad).has_value());
}

TEST_CASE("http: percent forms round trip", "[node][net]") {
  const std::string all = "aZ09-._~ /?#%&+=\xC3\xA4";
  REQUIRE(percent_decode(percent_encode(all), false) == all);
  REQUIRE(percent_encode("a/ ") == "a%2F%20");
  REQUIRE(percent_decode("a+b", false) == "a+b");
}

TEST_CASE("http: addresses of other nodes", "[node][net]") {
  const auto full = parse_url("http://n1.example:9185/v1/x?y=1").value();
  REQUIRE(full.host == "n1.example");
  REQUIRE(full.port == "9185");
  REQUIRE(full.target == "/v1/x?y=1");
  REQUIRE(full.authority() == "n1.example:9185");
  REQUIRE(parse_url("http://h")->port == "80");
  REQUIRE(parse_url("http://h?q")->target == "/?q");
  REQUIRE(parse_url("http://[::1]:5/")->authority() == "[::1]:5");
  for (const char* bad : {"", "https://h", "h:1", "http://", "http://:1", "http://h:", "http://h:0",
                          "http://h:65536", "http://h:1x", "http://[::1", "http://[::1]x",
                          "http://u@h", "http://h/ x", "http://h/%", "http://h\r\n"})
    REQUIRE_FALSE(parse_url(bad).has_value());
}

TEST_CASE("errors: the object has its fields in order and survives any text",
          "[node][net][rule:IF-2]") {
  const Response r = error_response(Status::kFailedPrecondition, "STAKE_NOT_MATURE", kLedgerDomain,
                                    "stake \"0x12\"\n\xFF\xED\xA0\x80 ok \xC3\xA4",
                                    {{"stake", "0x12"}, {"matureEpoch", "45"}});
  REQUIRE(r.status == 400);
  REQUIRE(r.content_type == "application/json");
  const auto error = boost::json::parse(r.body).at("error").as_object();
  REQUIRE(error.begin()->key() == "status");
  REQUIRE(error.at("status") == "FAILED_PRECONDITION");
  REQUIRE(error.at("code") == 400);
  REQUIRE(std::string(error.at("message").as_string()).ends_with(" ok \xC3\xA4"));
  const auto& info = error.at("details").as_array().at(0).as_object();
  REQUIRE(info.at("@type") == "ErrorInfo");
  REQUIRE(info.at("reason") == "STAKE_NOT_MATURE");
  REQUIRE(info.at("domain") == "ledger.wald");
  REQUIRE(info.at("metadata").at("matureEpoch") == "45");
}

TEST_CASE("errors: every status has its code", "[node][net][rule:IF-2]") {
  const std::vector<std::pair<Status, int>> rows{{Status::kInvalidArgument, 400},
                                                 {Status::kFailedPrecondition, 400},
                                                 {Status::kUnauthenticated, 401},
                                                 {Status::kPermissionDenied, 403},
                                                 {Status::kSizeExceeded, 403},
                                                 {Status::kNotFound, 404},
                                                 {Status::kMethodNotAllowed, 405},
                                                 {Status::kAborted, 409},
                                                 {Status::kPruned, 410},
                                                 {Status::kPayloadTooLarge, 413},
                                                 {Status::kRangeNotSatisfiable, 416},
                                                 {Status::kResourceExhausted, 429},
                                                 {Status::kHeaderTooLarge, 431},
                                                 {Status::kUnavailableForLegalReasons, 451},
                                                 {Status::kInternal, 500},
                                                 {Status::kUnavailable, 503},
                                                 {Status::kDeadlineExceeded, 504}};
  for (const auto& [status, code] : rows) REQUIRE(http_code(status) == code);
  const Response later = retry_response(Status::kUnavailable, "BUSY", kGlobalDomain, "busy", 3);
  REQUIRE(later.header("retry-after") == "3");
}
