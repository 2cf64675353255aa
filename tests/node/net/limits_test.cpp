// SPDX-License-Identifier: Apache-2.0
#include "node/net/limits.h"

#include <catch2/catch.hpp>

using namespace wald::net;

namespace {

LimitOptions tight(Rate address, Rate all) {
  LimitOptions options;
  options.classes[static_cast<std::size_t>(LimitClass::kPoint)] = {address, all};
  return options;
}

}  // namespace

TEST_CASE("limits: a burst passes, then the rate holds, and the wait is told",
          "[node][net][rule:IF-6]") {
  Limiter limiter(tight({2, 3}, {0, 0}));
  for (std::uint32_t left : {2u, 1u, 0u}) {
    const auto verdict = limiter.take(LimitClass::kPoint, "a", 1'000);
    REQUIRE(verdict.allowed);
    REQUIRE(verdict.remaining == left);
    REQUIRE(verdict.limit == 2);
  }
  const auto refused = limiter.take(LimitClass::kPoint, "a", 1'000);
  REQUIRE_FALSE(refused.allowed);
  REQUIRE(refused.retry_after_s == 1);
  REQUIRE(limiter.take(LimitClass::kPoint, "b", 1'000).allowed);
  REQUIRE_FALSE(limiter.take(LimitClass::kPoint, "a", 1'499).allowed);
  REQUIRE(limiter.take(LimitClass::kPoint, "a", 1'500).allowed);
  REQUIRE_FALSE(limiter.take(LimitClass::kPoint, "a", 1'500).allowed);
  int passed = 0;
  for (std::uint64_t ms = 10'000; ms < 20'000; ms += 10)
    passed += limiter.take(LimitClass::kPoint, "a", ms).allowed ? 1 : 0;
  REQUIRE(passed >= 22);
  REQUIRE(passed <= 23);  // 3 of the burst, 2 a second for 10 s
}

TEST_CASE("limits: the total holds over many addresses, and classes do not mix",
          "[node][net][rule:IF-6]") {
  Limiter limiter(tight({10, 10}, {5, 5}));
  int passed = 0;
  for (int i = 0; i < 20; ++i)
    passed += limiter.take(LimitClass::kPoint, std::to_string(i), 0).allowed ? 1 : 0;
  REQUIRE(passed == 5);
  REQUIRE(limiter.take(LimitClass::kSubmit, "0", 0).allowed);
  for (int i = 0; i < 10'000; ++i) REQUIRE(limiter.take(LimitClass::kFree, "0", 0).allowed);
}

TEST_CASE("limits: the table of addresses is bounded", "[node][net]") {
  LimitOptions options = tight({1, 1}, {0, 0});
  options.max_addresses = 10;
  Limiter limiter(options);
  for (int i = 0; i < 1'000; ++i) limiter.take(LimitClass::kPoint, std::to_string(i), 0);
  REQUIRE(limiter.addresses() == 10);
  REQUIRE_FALSE(limiter.take(LimitClass::kPoint, "999", 0).allowed);  // recent ones are known
  // Time that stands still or runs back adds nothing.
  REQUIRE_FALSE(limiter.take(LimitClass::kPoint, "998", 0).allowed);
}

TEST_CASE("limits: addresses count as /32 and /64", "[node][net]") {
  REQUIRE(address_key("10.0.0.1") == "4:0a000001");
  REQUIRE(address_key("::ffff:10.0.0.1") == "4:0a000001");
  REQUIRE(address_key("2001:db8::1") == address_key("2001:db8::ffff:2"));
  REQUIRE(address_key("2001:db8::1") != address_key("2001:db8:0:1::1"));
  REQUIRE(address_key("fe80::1%eth0") == address_key("fe80::2"));
  REQUIRE(address_key("local") == "local");
}

TEST_CASE("limits: slots are taken and given back", "[node][net]") {
  Slots slots(3, 2);
  REQUIRE(slots.take("a"));
  REQUIRE(slots.take("a"));
  REQUIRE_FALSE(slots.take("a"));
  REQUIRE(slots.take("b"));
  REQUIRE_FALSE(slots.take("c"));
  slots.release("a");
  REQUIRE(slots.take("c"));
  REQUIRE(slots.in_use() == 3);
}
