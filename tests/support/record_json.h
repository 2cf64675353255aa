// SPDX-License-Identifier: Apache-2.0
// Any record of a state as JSON, by the names of its fields: ids as 0x and hexadecimal digits,
// amounts and all other numbers as numbers.
#pragma once

#include <boost/json.hpp>

#include "codec/base/text.h"
#include "ledger/state/record.h"

namespace wald::tests {

inline std::string hex(base::ByteView bytes) { return "0x" + base::to_hex(bytes); }

inline std::string decimal(economics::U128 value) {
  std::string out;
  do out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  while ((value /= 10) != 0);
  return out;
}

template <class T>
boost::json::value shown(const T& value);

// A key of a map inside a record.
template <class T>
std::string shown_key(const T& key) {
  if constexpr (ledger::detail::Id<T>)
    return hex(key.view());
  else
    return std::to_string(key.value());
}

template <class T>
boost::json::object shown_record(const T& record) {
  boost::json::object out;
  std::string_view names = field_names(static_cast<const T*>(nullptr));
  const auto one = [&](const auto& field) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 2));
    out[boost::json::string_view(name.data(), name.size())] = shown(field);
  };
  std::apply([&](const auto&... field) { (one(field), ...); }, tie_fields(record));
  return out;
}

template <class T>
boost::json::value shown(const T& value) {
  using namespace ledger::detail;
  if constexpr (std::is_same_v<T, bool>) {
    return value;
  } else if constexpr (std::is_same_v<T, economics::U128>) {
    return boost::json::value(decimal(value));
  } else if constexpr (std::is_enum_v<T> || std::unsigned_integral<T>) {
    return static_cast<std::uint64_t>(value);
  } else if constexpr (Id<T>) {
    return boost::json::value(hex(value.view()));
  } else if constexpr (std::is_same_v<T, ledger::Held> || std::is_same_v<T, ledger::Noted>) {
    return value.amount().value();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return boost::json::value(value);
  } else if constexpr (std::is_same_v<T, base::Bytes>) {
    return boost::json::value(hex(value));
  } else if constexpr (IsVector<T>::value) {
    boost::json::array out;
    for (const auto& item : value) out.push_back(shown(item));
    return out;
  } else if constexpr (IsMap<T>::value) {
    boost::json::object out;
    for (const auto& [key, item] : value) out[shown_key(key)] = shown(item);
    return out;
  } else if constexpr (IsOptional<T>::value) {
    return value ? shown(*value) : boost::json::value(nullptr);
  } else if constexpr (ledger::Record<const T>) {
    return shown_record(value);
  } else {
    return static_cast<std::uint64_t>(value.value());
  }
}

}  // namespace wald::tests
