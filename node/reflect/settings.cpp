// SPDX-License-Identifier: Apache-2.0
// The only file that includes toml++.
#include "node/reflect/settings.h"

#include <algorithm>

// On some broken texts (a line of brackets) this version of toml++ asserts instead of saying so:
// its asserts become refusals.
namespace wald::reflect {
struct BrokenSyntax {};
[[noreturn]] static void no_toml() { throw BrokenSyntax(); }
}  // namespace wald::reflect
#define TOML_ASSERT(expr) (static_cast<bool>(expr) ? void(0) : ::wald::reflect::no_toml())
#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

namespace wald::reflect {
namespace {

Place place_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

SettingValue list_of(const toml::array& array) {
  std::vector<std::string> out;
  for (const auto& item : array) {
    const auto text = item.value_exact<std::string>();
    if (!text) return OtherValue{};
    out.push_back(*text);
  }
  return out;
}

SettingValue value_of(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto number = node.value_exact<std::int64_t>()) return *number;
  if (const auto truth = node.value_exact<bool>()) return *truth;
  if (const auto* array = node.as_array(); array != nullptr) return list_of(*array);
  return OtherValue{};
}

// The parser bounds how deep tables may nest, so this ends.
void flatten(const toml::table& table, const std::string& above, std::vector<Setting>& out) {
  std::vector<std::pair<Setting, const toml::table*>> rows;
  for (const auto& [key, node] : table) {
    const auto* inner = node.as_table();
    SettingValue value = inner == nullptr ? value_of(node) : SettingValue(TableBegin{});
    rows.push_back({{above + std::string(key.str()), std::move(value), place_of(key.source()),
                     place_of(node.source())},
                    inner});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.first.key < b.first.key;  // the parser keeps them by name
  });
  for (auto& [row, inner] : rows) {
    const std::string name = row.name;
    out.push_back(std::move(row));
    if (inner != nullptr) flatten(*inner, name + ".", out);
  }
}

}  // namespace

std::string describe(const std::string& file, const SettingError& error) {
  if (error.place.line == 0) return file + ": " + error.text;
  return file + ":" + std::to_string(error.place.line) + ":" + std::to_string(error.place.column) +
         ": " + error.text;
}

base::Result<std::vector<Setting>, SettingError> read_settings(const std::string& text) {
  try {
    std::vector<Setting> out;
    flatten(toml::parse(text), "", out);
    return out;
  } catch (const toml::parse_error& error) {
    return base::Err{SettingError{place_of(error.source()), std::string(error.description())}};
  } catch (const BrokenSyntax&) {
    return base::Err{SettingError{{}, "this is no TOML"}};
  }
}

}  // namespace wald::reflect
