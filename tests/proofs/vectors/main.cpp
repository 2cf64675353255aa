// SPDX-License-Identifier: Apache-2.0
// protocol_vectors FILE.json: replays every entry of every section and compares each field of
// `expected`. An unknown section is a failure; what is left out on purpose stands in kSkipped and
// is printed. Last line: `N passed, N failed`, with `, K skipped` where there is a skip.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/proofs/vectors/form.h"

namespace wald::vectors {
namespace {

struct Skip {
  std::string_view section, reason;
};
const std::vector<Skip> kSkipped = {};  // nothing is left out

Replay find(std::string_view name) {
  for (const auto* table :
       {&hash_sections(), &message_sections(), &statement_sections(), &beacon_sections(),
        &exam_sections(), &ledger_sections(), &tree_sections(), &economic_sections()})
    for (const Section& section : *table)
      if (section.name == name) return section.replay;
  return nullptr;
}

// Numbers and decimal strings alike; objects in key order.
std::string plain(const json::value& value) {
  if (value.is_int64() || value.is_uint64()) return "\"" + json::serialize(value) + "\"";
  if (value.is_array()) {
    std::string out = "[";
    for (const json::value& item : value.get_array()) {
      if (out.size() > 1) out += ",";
      out += plain(item);
    }
    return out + "]";
  }
  if (value.is_object()) {
    std::vector<std::string> fields;
    for (const auto& field : value.get_object())
      fields.push_back("\"" + std::string(field.key()) + "\":" + plain(field.value()));
    std::sort(fields.begin(), fields.end());
    std::string out = "{";
    for (const std::string& field : fields) out += (out.size() > 1 ? "," : "") + field;
    return out + "}";
  }
  return json::serialize(value);
}

struct Tally {
  std::size_t passed = 0, failed = 0, skipped = 0;
};

void report(std::string_view entry, std::string_view field, std::string_view want,
            std::string_view got) {
  std::cout << "FAIL " << entry << " field " << field << "\n  want " << want << "\n  got  " << got
            << "\n";
}

bool replay_entry(std::string_view section, Replay replay, const json::object& entry) {
  const std::string name = std::string(section) + "/" + std::string(entry.at("name").as_string());
  json::object got;
  try {
    got = replay(Input(entry.at("input").as_object()));
  } catch (const std::exception& error) {
    report(name, "(whole)", "an answer", error.what());
    return false;
  }
  bool good = true;
  for (const auto& field : entry.at("expected").as_object()) {
    const json::value* mine = got.if_contains(field.key());
    const std::string want = plain(field.value());
    const std::string have = mine == nullptr ? "(nothing)" : plain(*mine);
    if (want == have) continue;
    report(name, field.key(), want, have);
    good = false;
  }
  return good;
}

void replay_section(std::string_view name, const json::array& entries, Tally& tally) {
  for (const Skip& skip : kSkipped) {
    if (skip.section != name) continue;
    std::cout << "skipped " << name << ": " << skip.reason << "\n";
    tally.skipped += entries.size();
    return;
  }
  const Replay replay = find(name);
  if (replay == nullptr) {
    report(name, "(section)", "a known section", "unknown");
    tally.failed += std::max<std::size_t>(1, entries.size());
    return;
  }
  for (const json::value& entry : entries)
    (replay_entry(name, replay, entry.as_object()) ? tally.passed : tally.failed) += 1;
}

int run(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cerr << "cannot read " << path << "\n";
    return 2;
  }
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  Tally tally;
  try {
    const json::value document = json::parse(text);
    for (const auto& section : document.as_object())
      replay_section(section.key(), section.value().as_array(), tally);
  } catch (const std::exception& error) {
    std::cerr << path << ": " << error.what() << "\n";
    return 2;
  }
  std::cout << tally.passed << " passed, " << tally.failed << " failed";
  if (tally.skipped != 0) std::cout << ", " << tally.skipped << " skipped";
  std::cout << "\n";
  return tally.failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace wald::vectors

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: protocol_vectors FILE.json\n";
    return 2;
  }
  return wald::vectors::run(argv[1]);
}
