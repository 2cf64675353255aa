// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/settings.h"

#include <catch2/catch.hpp>

#include "node/reflect/nearest.h"

namespace wald::reflect {
namespace {

const Setting* find(const std::vector<Setting>& list, const std::string& name) {
  for (const Setting& one : list)
    if (one.name == name) return &one;
  return nullptr;
}

TEST_CASE("settings: tables become dotted names, each with the place of key and value",
          "[node][reflect]") {
  const auto read = read_settings(
      "top = true\n[a]\n  count = 7\n  list = [\"x\", \"y\"]\n[a.b]\nname = \"n\"\n[empty]\n");
  REQUIRE(read.ok());
  const Setting* count = find(*read, "a.count");
  REQUIRE(count != nullptr);
  REQUIRE(count->as<std::int64_t>() != nullptr);
  CHECK(*count->as<std::int64_t>() == 7);
  CHECK(count->key.line == 3);
  CHECK(count->key.column == 3);
  CHECK(count->where.column == 11);
  CHECK(*find(*read, "top")->as<bool>());
  CHECK(find(*read, "a.list")->as<std::vector<std::string>>()->size() == 2);
  CHECK(*find(*read, "a.b.name")->as<std::string>() == "n");
  CHECK(find(*read, "a")->is_table());
  CHECK(find(*read, "empty")->is_table());
  CHECK(read->size() == 7);
}

TEST_CASE("settings: what no key takes is marked, and broken text has its place",
          "[node][reflect]") {
  const auto odd = read_settings("a = 1.5\nb = 2026-01-01\nc = [1, 2]\n");
  REQUIRE(odd.ok());
  for (const Setting& one : *odd) CHECK(one.as<OtherValue>() != nullptr);
  const auto broken = read_settings("a = 1\nb = \n");
  REQUIRE_FALSE(broken.ok());
  CHECK(broken.error().place.line == 2);
  CHECK(describe("f.toml", broken.error()).find("f.toml:2:") == 0);
  CHECK(describe("f.toml", {{}, "words"}) == "f.toml: words");
  CHECK_FALSE(read_settings(std::string(100'000, '[')).ok());
}

TEST_CASE("settings: the nearest name is the one with the fewest slips", "[node][reflect]") {
  const std::vector<std::string> names{"capacity", "commission", "epoch"};
  CHECK(nearest_name("capcity", names) == "capacity");
  CHECK(nearest_name("comission", names) == "commission");
  CHECK(nearest_name("epcoh", names) == "epoch");
  CHECK(nearest_name("zzz", names).empty());
  CHECK(nearest_name("", names).empty());
  CHECK(nearest_name(std::string(100'000, 'a'), names).empty());
  CHECK(nearest_hint("epohc", names) == ", did you mean \"epoch\"?");
  CHECK(nearest_hint("zzz", names).empty());
}

}  // namespace
}  // namespace wald::reflect
