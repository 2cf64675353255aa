// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/docs.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>
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

// Cells of the rows of a table, of the lines that begin a row; columns as written.
std::vector<std::vector<std::string>> rows(std::string_view text) {
  std::vector<std::vector<std::string>> out;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("| ", 0) != 0) continue;
    auto& cells = out.emplace_back();
    std::istringstream row(line.substr(1));
    for (std::string cell; std::getline(row, cell, '|');) {
      const std::size_t first = cell.find_first_not_of(' ');
      const std::size_t last = cell.find_last_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
    }
  }
  return out;
}

std::vector<std::string> words(const std::string& cell) {
  std::vector<std::string> out;
  std::istringstream in(cell);
  for (std::string word; std::getline(in, word, ',');)
    out.push_back(word.substr(word.find_first_not_of(' ')));
  return out;
}

// `by` of the list, as far as the page's own words can be held against it.
bool fits(const std::string& by, const std::string& sender, const std::string& lane) {
  const bool free = lane == "protocol (free)";
  if (by == "P" || free) return by == "P" && free;
  if (by == "F") return sender.find("foundation") == 0;
  if (by == "A") return sender.find("any account") == 0 || sender == "delegator";
  if (by.find('B') != std::string::npos && sender.find(" or who may ") == std::string::npos)
    return false;
  return sender.find("any account") != 0;
}

TEST_CASE("docs: the list of types in specs/ledger.md is that of the declarations", "[reflect]") {
  const auto pages = generate_docs();
  const std::string& page = pages.at("transactions.md");
  std::map<std::string, std::pair<std::string, std::string>> declared;  // type: sender, lane
  for (const auto& row : rows(std::string_view(page).substr(0, page.find("\n## "))))
    if (row[0].front() == '[')
      declared[row[0].substr(1, row[0].find(']') - 1)] = {row.at(1), row.at(2)};
  std::ifstream file("specs/ledger.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string spec = text.str();
  const std::size_t at = spec.find("\n## 11. Transactions");
  REQUIRE(at != std::string::npos);
  std::set<std::string> listed;
  for (const auto& row : rows(std::string_view(spec).substr(at))) {
    if (row[0] == "type") continue;
    for (const std::string& type : words(row.at(0))) {
      INFO(type);
      CHECK(listed.insert(type).second);
      REQUIRE(declared.count(type) == 1);
      CHECK(fits(row.at(1), declared[type].first, declared[type].second));
    }
    for (const std::string& event : words(row.at(3))) {
      INFO(event);
      CHECK(pages.at("events.md").find("### " + event + "\n") != std::string::npos);
    }
  }
  CHECK(listed.size() == declared.size());
  CHECK(listed.size() == 68);
}

}  // namespace
}  // namespace wald::reflect
