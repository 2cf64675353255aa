// SPDX-License-Identifier: Apache-2.0
#include "tests/support/record_json.h"

#include "ledger/state/form.h"
#include "ledger/state/keys.h"

namespace wald::tests {
namespace {

namespace json = boost::json;

std::string decimal(economics::U128 value) {
  std::string out;
  do out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  while ((value /= 10) != 0);
  return out;
}

template <class T>
json::value shown(const T& value);

// A key of a map inside a record.
template <class T>
std::string shown_key(const T& key) {
  if constexpr (ledger::detail::Id<T>)
    return base::shown_hex(key.view());
  else
    return std::to_string(key.value());
}

template <class T>
json::object shown_fields(const T& record) {
  json::object out;
  std::string_view names = field_names(static_cast<const T*>(nullptr));
  const auto one = [&](const auto& field) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 2));
    out[json::string_view(name.data(), name.size())] = shown(field);
  };
  std::apply([&](const auto&... field) { (one(field), ...); }, tie_fields(record));
  return out;
}

template <class T>
json::value shown(const T& value) {
  using namespace ledger::detail;
  if constexpr (std::is_same_v<T, bool>) {
    return value;
  } else if constexpr (std::is_same_v<T, economics::U128>) {
    return json::value(decimal(value));
  } else if constexpr (std::is_enum_v<T> || std::unsigned_integral<T>) {
    return static_cast<std::uint64_t>(value);
  } else if constexpr (Id<T>) {
    return json::value(base::shown_hex(value.view()));
  } else if constexpr (std::is_same_v<T, ledger::Held> || std::is_same_v<T, ledger::Noted>) {
    return value.amount().value();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return json::value(value);
  } else if constexpr (std::is_same_v<T, base::Bytes>) {
    return json::value(base::shown_hex(value));
  } else if constexpr (IsVector<T>::value) {
    json::array out;
    for (const auto& item : value) out.push_back(shown(item));
    return out;
  } else if constexpr (IsMap<T>::value) {
    json::object out;
    for (const auto& [key, item] : value) out[shown_key(key)] = shown(item);
    return out;
  } else if constexpr (IsOptional<T>::value) {
    return value ? shown(*value) : json::value(nullptr);
  } else if constexpr (ledger::Record<const T>) {
    return shown_fields(value);
  } else {
    return static_cast<std::uint64_t>(value.value());
  }
}

// visit(table) with the one that a key belongs to.
template <class Visit>
void with_table(base::ByteView key, const Visit& visit) {
  std::apply([&](const auto&... table) { ((table.prefix == key[0] ? visit(table) : void()), ...); },
             ledger::kTables);
}

}  // namespace

std::string table_name(base::ByteView key) {
  std::string out;
  with_table(key, [&](const auto& table) { out = table.name; });
  return out;
}

json::value shown_record(base::ByteView key, base::ByteView record) {
  json::value out;
  with_table(key, [&]<class R, class... Parts>(const ledger::Table<R, Parts...>&) {
    out = shown(ledger::decode_record<R>(record).value());
  });
  return out;
}

}  // namespace wald::tests
