// SPDX-License-Identifier: Apache-2.0
#include "node/net/router.h"

#include <catch2/catch.hpp>

using namespace wald::net;

namespace {

Router sample() {
  Router router;
  const auto add = [&](Method method, const char* pattern) {
    Route row;
    row.method = method;
    row.pattern = pattern;
    row.handler = answer([](const Request&) { return Response{}; });
    router.add(std::move(row));
  };
  add(Method::kGet, "/v1/blobs/{blobId}");
  add(Method::kGet, "/v1/blobs/{blobId}/metadata");
  add(Method::kPut, "/v1/blobs/{blobId}/metadata");
  add(Method::kGet, "/v1/blobs/by-object-id/{id}");
  add(Method::kGet, "/v1/blobs/{blobId}/{what}");
  add(Method::kPut, "/v1/blobs");
  add(Method::kGet, "/{path*}");
  return router;
}

std::string pattern_of(const Router& router, Method method, std::string_view path) {
  const auto match = router.match(method, parse_target(path)->segments);
  return match.route == nullptr ? "" : match.route->pattern;
}

}  // namespace

TEST_CASE("router: literals win over names, the leftmost first", "[node][net][rule:IF-1]") {
  const Router r = sample();
  REQUIRE(pattern_of(r, Method::kGet, "/v1/blobs/x") == "/v1/blobs/{blobId}");
  REQUIRE(pattern_of(r, Method::kGet, "/v1/blobs/x/metadata") == "/v1/blobs/{blobId}/metadata");
  REQUIRE(pattern_of(r, Method::kGet, "/v1/blobs/by-object-id/metadata") ==
          "/v1/blobs/by-object-id/{id}");
  REQUIRE(pattern_of(r, Method::kGet, "/v1/blobs/x/y") == "/v1/blobs/{blobId}/{what}");
  REQUIRE(pattern_of(r, Method::kHead, "/v1/blobs/x") == "/v1/blobs/{blobId}");
  REQUIRE(pattern_of(r, Method::kGet, "/v1/blobs/x/y/z") == "/{path*}");
  REQUIRE(pattern_of(r, Method::kGet, "/") == "/{path*}");
  REQUIRE(pattern_of(r, Method::kPut, "/v1/other").empty());
}

TEST_CASE("router: parameters are decoded, and a wrong method knows the right ones",
          "[node][net][rule:IF-1]") {
  const Router r = sample();
  const auto match = r.match(Method::kGet, parse_target("/v1/blobs/a%2Fb/c")->segments);
  REQUIRE(match.params == Pairs{{"blobId", "a/b"}, {"what", "c"}});
  const auto rest = r.match(Method::kGet, parse_target("/web/js/x.js")->segments);
  REQUIRE(rest.params == Pairs{{"path", "web/js/x.js"}});
  const auto wrong = r.match(Method::kPost, parse_target("/v1/blobs")->segments);
  REQUIRE(wrong.route == nullptr);
  REQUIRE(wrong.other_methods == std::vector<Method>{Method::kPut, Method::kGet});
}
