// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/docs.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

namespace wald::reflect {
namespace {

// Runs at the root of the tree, as ctest starts it.
TEST_CASE("docs: the committed pages are those of the declarations", "[reflect]") {
  const auto pages = generate_docs();
  CHECK(pages.size() == 3);
  for (const auto& [name, text] : pages) {
    std::ifstream file("specs/generated/" + name);
    INFO("make specs/generated/" << name << " anew with `wald docs`");
    REQUIRE(file.good());
    std::stringstream committed;
    committed << file.rdbuf();
    CHECK(committed.str() == text);
  }
}

TEST_CASE("docs: pages speak of what there is", "[reflect]") {
  const auto pages = generate_docs();
  CHECK(pages.at("transactions.md").find("## delegate-stake\n") != std::string::npos);
  CHECK(pages.at("transactions.md").find("wal tx set-votes --node NODE [--storage-price AMOUNT]") !=
        std::string::npos);
  CHECK(pages.at("events.md").find("### reward.paid\n") != std::string::npos);
  CHECK(pages.at("codes.md").find("| 105 | `STAKE_NOT_MATURE` | after the fee | 400 |") !=
        std::string::npos);
}

}  // namespace
}  // namespace wald::reflect
