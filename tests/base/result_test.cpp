// SPDX-License-Identifier: Apache-2.0
#include "codec/base/result.h"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using wald::base::Err;
using wald::base::Result;

namespace {
Result<int, std::string> half(int x) {
  if (x % 2 != 0) return Err{std::string("odd")};
  return x / 2;
}
Result<void, std::string> both(int x, int* out) {
  TRY(half(x));
  TRY_ASSIGN(const int first, half(x));
  TRY_ASSIGN(*out, half(first));
  return {};
}
}  // namespace

TEST_CASE("result: TRY and TRY_ASSIGN leave with the first error", "[base][rule:A-26]") {
  int out = 0;
  REQUIRE(both(8, &out).ok());
  REQUIRE(out == 2);
  REQUIRE(both(6, &out).error() == "odd");
  REQUIRE(both(3, &out).error() == "odd");
}

TEST_CASE("result: move-only values pass through", "[base]") {
  Result<std::unique_ptr<int>, int> r = std::make_unique<int>(3);
  REQUIRE(r.ok());
  const std::unique_ptr<int> p = std::move(r).value();
  REQUIRE(*p == 3);
}
