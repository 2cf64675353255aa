// SPDX-License-Identifier: Apache-2.0
#include "tests/ledger/tree/ledger_vectors.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

using namespace wald::ledger;

namespace {

boost::json::object protocol_file() {
  std::ifstream file("specs/vectors/protocol.json", std::ios::binary);
  REQUIRE(file.good());
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return boost::json::parse(text).as_object();
}

}  // namespace

TEST_CASE(
    "vectors: every entry of the ledger's sections comes out as an independent program has it",
    "[ledger][tree][rule:U-1][rule:U-2][rule:U-3][rule:A-38]") {
  const boost::json::object file = protocol_file();
  for (const vectors::Section& section : vectors::sections()) {
    const boost::json::array& entries = file.at(section.name).as_array();
    REQUIRE_FALSE(entries.empty());
    for (const boost::json::value& row : entries) {
      const boost::json::object& entry = row.as_object();
      const boost::json::object got = section.run(entry.at("input").as_object());
      for (const auto& want : entry.at("expected").as_object()) {
        INFO(section.name << " " << entry.at("name") << " " << want.key());
        REQUIRE(got.contains(want.key()));
        REQUIRE(got.at(want.key()) == want.value());
      }
    }
  }
}

TEST_CASE("vectors: a file with a wrong entry is reported, not trusted",
          "[ledger][tree][vectors]") {
  for (const vectors::Section& section : vectors::sections())
    REQUIRE_THROWS_AS(section.run({{"unknown", 1}}), vectors::BadEntry);
}
