// SPDX-License-Identifier: Apache-2.0
// State records: an aggregate plus one line WALD_RECORD(Type, member, ...). That list yields
// encode, decode, the walk over Held money and the field names; a structured binding behind it
// fails to compile when a member is missing from the list or listed twice. Form: fields in order,
// integers big-endian of fixed width, strings, lists and maps preceded by a u32 count,
// optional by a byte 0 or 1. Decoding is strict: what it accepts encodes to the same bytes.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "codec/base/bytes.h"
#include "codec/base/ids.h"
#include "ledger/money.h"

#define WALD_RECORD(Type, ...)                                                 \
  template <class Self>                                                        \
  requires std::same_as<std::remove_const_t<Self>, Type>                       \
  constexpr auto tie_fields(Self& self) {                                      \
    auto& [__VA_ARGS__] = self;                                                \
    return std::tie(__VA_ARGS__);                                              \
  }                                                                            \
  constexpr std::string_view field_names(const Type*) { return #__VA_ARGS__; } \
  static_assert(true)

// A record without members: only its key says something.
#define WALD_EMPTY_RECORD(Type)                                                      \
  template <class Self>                                                              \
  requires std::same_as<std::remove_const_t<Self>, Type>                             \
  constexpr std::tuple<> tie_fields(Self&) { return {}; }                            \
  constexpr std::string_view field_names(const Type*) { return std::string_view(); } \
  static_assert(std::is_empty_v<Type>)

namespace wald::ledger {

using economics::U128;

template <class T>
concept Record = requires(T& t) {
  tie_fields(t);
};

// A type of one unsigned number: made from it explicitly, giving it back by value().
template <class T>
concept Numbered = requires(const T& t) {
  { t.value() } -> std::unsigned_integral;
}
&&std::is_trivially_copyable_v<T>;

namespace detail {

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class K, class V>
struct IsMap<std::map<K, V>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
concept Id = requires(const T& t) {
  t.view();
  T::kSize;
};

template <class T>
void put(base::Writer& out, const T& value);
template <class T>
bool take(base::Reader& in, T& value);

inline void put_count(base::Writer& out, std::size_t count) {
  out.be(base::narrow<std::uint32_t>(count));
}

template <class T>
void put(base::Writer& out, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    out.u8(value ? 1 : 0);
  } else if constexpr (std::is_same_v<T, U128>) {
    out.be(static_cast<std::uint64_t>(value >> 64)).be(static_cast<std::uint64_t>(value));
  } else if constexpr (std::is_enum_v<T>) {
    out.be(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::unsigned_integral<T>) {
    out.be(value);
  } else if constexpr (Id<T>) {
    out.raw(value.view());
  } else if constexpr (std::is_same_v<T, Held> || std::is_same_v<T, Noted>) {
    out.be(value.amount().value());
  } else if constexpr (std::is_same_v<T, std::string>) {
    put_count(out, value.size());
    out.text(value);
  } else if constexpr (std::is_same_v<T, base::Bytes>) {
    put_count(out, value.size());
    out.raw(value);
  } else if constexpr (IsVector<T>::value) {
    put_count(out, value.size());
    for (const auto& item : value) put(out, item);
  } else if constexpr (IsMap<T>::value) {
    put_count(out, value.size());
    for (const auto& [key, item] : value) {
      put(out, key);
      put(out, item);
    }
  } else if constexpr (IsOptional<T>::value) {
    out.u8(value ? 1 : 0);
    if (value) put(out, *value);
  } else if constexpr (Record<const T>) {
    std::apply([&](const auto&... field) { (put(out, field), ...); }, tie_fields(value));
  } else {
    static_assert(Numbered<T>, "no byte form for this member");
    out.be(value.value());
  }
}

template <class T>
bool take_number(base::Reader& in, T& value) {
  const auto got = in.be<T>();
  if (got) value = *got;
  return got.has_value();
}

template <class T>
bool take_list(base::Reader& in, T& value) {
  std::uint32_t count = 0;
  if (!take_number(in, count) || count > in.remaining()) return false;
  value.clear();
  if constexpr (IsVector<T>::value) value.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    if constexpr (IsMap<T>::value) {
      typename T::key_type key{};
      if (!take(in, key) || (!value.empty() && !(value.rbegin()->first < key))) return false;
      if (!take(in, value[key])) return false;
    } else {
      if (!take(in, value.emplace_back())) return false;
    }
  }
  return true;
}

template <class T>
bool take_text(base::Reader& in, T& value) {
  std::uint32_t count = 0;
  if (!take_number(in, count)) return false;
  const auto got = in.raw(count);
  if (got) value.assign(got->begin(), got->end());
  return got.has_value();
}

template <class T>
bool take(base::Reader& in, T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    std::uint8_t byte = 0;
    if (!take_number(in, byte) || byte > 1) return false;
    value = byte == 1;
    return true;
  } else if constexpr (std::is_same_v<T, U128>) {
    std::uint64_t high = 0, low = 0;
    if (!take_number(in, high) || !take_number(in, low)) return false;
    value = (static_cast<U128>(high) << 64) | low;
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    std::underlying_type_t<T> raw{};
    if (!take_number(in, raw)) return false;
    value = static_cast<T>(raw);
    return true;
  } else if constexpr (std::unsigned_integral<T>) {
    return take_number(in, value);
  } else if constexpr (Id<T>) {
    const auto got = in.template id<T>();
    if (got) value = *got;
    return got.has_value();
  } else if constexpr (std::is_same_v<T, Held> || std::is_same_v<T, Noted>) {
    economics::Amount amount;
    if (!take(in, amount)) return false;
    value = T::decoded(amount);
    return true;
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, base::Bytes>) {
    return take_text(in, value);
  } else if constexpr (IsVector<T>::value || IsMap<T>::value) {
    return take_list(in, value);
  } else if constexpr (IsOptional<T>::value) {
    bool there = false;
    if (!take(in, there)) return false;
    value.reset();
    return !there || take(in, value.emplace());
  } else if constexpr (Record<T>) {
    return std::apply([&](auto&... field) { return (take(in, field) && ...); }, tie_fields(value));
  } else {
    static_assert(Numbered<T>, "no byte form for this member");
    std::remove_cvref_t<decltype(value.value())> raw{};
    if (!take_number(in, raw)) return false;
    if constexpr (requires { T::make(raw); }) {  // a type with bounds of its own
      const auto made = T::make(raw);
      if (made.ok()) value = made.value();
      return made.ok();
    } else {
      value = T(raw);
      return true;
    }
  }
}

// Whether a type can hold money, through lists, maps and nested records.
template <class T>
constexpr bool holds_money() {
  if constexpr (std::is_same_v<T, Held>) {
    return true;
  } else if constexpr (IsVector<T>::value || IsOptional<T>::value) {
    return holds_money<typename T::value_type>();
  } else if constexpr (IsMap<T>::value) {
    return holds_money<typename T::mapped_type>();
  } else if constexpr (Record<T>) {
    using Fields = decltype(tie_fields(std::declval<T&>()));
    return []<class... F>(std::type_identity<std::tuple<F&...>>) {
      return (holds_money<F>() || ...);
    }(std::type_identity<Fields>());
  } else {
    return false;
  }
}

// Walks all Held money below `value`; path: names joined by dots, places of lists and keys of maps.
template <class T, class Visit>
void visit_held(const T& value, const std::string& path, const Visit& visit) {
  if constexpr (std::is_same_v<T, Held>) {
    visit(path, value.amount());
  } else if constexpr (IsVector<T>::value) {
    std::size_t place = 0;
    for (const auto& item : value) visit_held(item, path + "." + std::to_string(place++), visit);
  } else if constexpr (IsMap<T>::value) {
    if constexpr (Numbered<typename T::key_type>)
      for (const auto& [key, item] : value)
        visit_held(item, path + "." + std::to_string(key.value()), visit);
  } else if constexpr (IsOptional<T>::value) {
    if (value) visit_held(*value, path, visit);
  } else if constexpr (Record<const T>) {
    std::string_view names = field_names(static_cast<const T*>(nullptr));
    const auto one = [&](const auto& field) {
      const std::string_view name = names.substr(0, names.find(','));
      names.remove_prefix(std::min(names.size(), name.size() + 2));
      if constexpr (holds_money<std::remove_cvref_t<decltype(field)>>())
        visit_held(field, path.empty() ? std::string(name) : path + "." + std::string(name), visit);
    };
    std::apply([&](const auto&... field) { (one(field), ...); }, tie_fields(value));
  }
}

}  // namespace detail

template <Record R>
base::Bytes encode_record(const R& record) {
  base::Writer out(64);  // most records fit
  detail::put(out, record);
  return std::move(out).bytes();
}

// Nothing where the bytes are not exactly one record.
template <Record R>
std::optional<R> decode_record(base::ByteView bytes) {
  base::Reader in(bytes);
  R record{};
  if (!detail::take(in, record) || !in.done()) return std::nullopt;
  return record;
}

}  // namespace wald::ledger
