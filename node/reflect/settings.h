// SPDX-License-Identifier: Apache-2.0
// A TOML file as a flat list of settings, each with its place, for a program that reads it by a
// table of its keys (interfaces.md 6). Tables inside tables become dotted names:
//
//   [contexts.main]          contexts        table, 1:1
//   node = "http://a:1"      contexts.main   table, 1:1
//                            contexts.main.node   "http://a:1", key at 2:1, value at 2:8
//
// The order is that of the file, but a table stands right before all that is in it, so a program
// can go through the list once. What TOML has beyond texts, whole numbers, truth values and lists
// of texts comes as kOther: readable by nobody. Errors are collected by the reader, all of them at
// once. Thread rule: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "codec/base/result.h"

namespace wald::reflect {

struct Place {  // from 1; 0: not in a file
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
};
struct SettingError {
  Place place;
  std::string text;
};
// `file:line:column: text`, or `file: text` where there is no place.
std::string describe(const std::string& file, const SettingError& error);

struct TableBegin {};
struct OtherValue {};  // a date, a fraction, a list of anything but texts
using SettingValue =
    std::variant<TableBegin, std::string, std::int64_t, bool, std::vector<std::string>, OtherValue>;

struct Setting {
  std::string name;  // dotted
  SettingValue value;
  Place key;    // where its name stands
  Place where;  // where its value stands

  bool is_table() const { return std::holds_alternative<TableBegin>(value); }
  template <class T>
  const T* as() const {
    return std::get_if<T>(&value);
  }
};

base::Result<std::vector<Setting>, SettingError> read_settings(const std::string& text);

}  // namespace wald::reflect
