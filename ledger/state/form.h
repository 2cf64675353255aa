// SPDX-License-Identifier: Apache-2.0
// The byte form of records: how record.h's encode and decode are made from a type's list of
// members, and walks over the bytes that make no record. For the few files that make or walk forms.
#pragma once

#include <algorithm>

#include "ledger/state/record.h"

namespace wald::ledger {
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

// Appends to bytes that are somebody else's.
class Sink {
 public:
  explicit Sink(base::Bytes& out) : out_(out) {}
  template <std::unsigned_integral T>
  Sink& be(T value) {
    const std::size_t at = out_.size();
    out_.resize(at + sizeof(T));
    for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 4 >> 4))
      out_[at + i] = static_cast<std::uint8_t>(value);
    return *this;
  }
  Sink& u8(std::uint8_t value) { return be(value); }
  Sink& raw(base::ByteView bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  Sink& text(std::string_view bytes) { return raw(base::as_bytes(bytes)); }

 private:
  base::Bytes& out_;
};

template <class T>
void put(Sink& out, const T& value);
template <class T>
bool take(base::Reader& in, T& value);

inline void put_count(Sink& out, std::size_t count) { out.be(base::narrow<std::uint32_t>(count)); }

template <class T>
void put(Sink& out, const T& value) {
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

// Bytes that every value of a type takes, or nothing where they differ.
template <class T>
constexpr std::optional<std::size_t> fixed_size() {
  if constexpr (std::is_same_v<T, bool>) {
    return 1;
  } else if constexpr (std::is_same_v<T, U128>) {
    return 16;
  } else if constexpr (std::is_enum_v<T> || std::unsigned_integral<T>) {
    return sizeof(T);
  } else if constexpr (Id<T>) {
    return T::kSize;
  } else if constexpr (std::is_same_v<T, Held> || std::is_same_v<T, Noted>) {
    return sizeof(std::uint64_t);
  } else if constexpr (Numbered<T>) {
    return sizeof(std::declval<T>().value());
  } else {
    return std::nullopt;
  }
}

template <class T>
struct Fields;  // of a record: its members' types
template <class... F>
struct Fields<std::tuple<F&...>> {
  template <class Each>
  static bool all(const Each& each) {
    return (each(std::type_identity<F>()) && ...);
  }
};
template <class T>
using FieldsOf = Fields<decltype(tie_fields(std::declval<T&>()))>;

// Passes over a value without making it.
template <class T>
bool skip(base::Reader& in) {
  if constexpr (fixed_size<T>().has_value()) {
    return in.raw(*fixed_size<T>()).has_value();
  } else if constexpr (IsOptional<T>::value) {
    const auto there = in.u8();
    return there && (*there == 0 || skip<typename T::value_type>(in));
  } else if constexpr (IsMap<T>::value || IsVector<T>::value || std::is_same_v<T, std::string>) {
    std::uint32_t count = 0;
    if (!take_number(in, count)) return false;
    using Item = typename T::value_type;
    if constexpr (IsMap<T>::value) {
      for (std::uint32_t i = 0; i < count; ++i)
        if (!skip<typename T::key_type>(in) || !skip<typename T::mapped_type>(in)) return false;
      return true;
    } else if constexpr (std::is_same_v<T, std::string>) {
      return in.raw(count).has_value();
    } else if constexpr (fixed_size<Item>().has_value()) {
      return in.raw(count * *fixed_size<Item>()).has_value();
    } else {
      for (std::uint32_t i = 0; i < count; ++i)
        if (!skip<Item>(in)) return false;
      return true;
    }
  } else {
    return FieldsOf<T>::all([&]<class F>(std::type_identity<F>) { return skip<F>(in); });
  }
}

// Walks all Held money of a value where its bytes lie; path: names joined by dots, places of lists
// and keys of maps. False where the bytes are no value of the type.
template <class T, class Visit>
bool walk_held(base::Reader& in, const std::string& path, const Visit& visit) {
  if constexpr (!holds_money<T>()) {
    return skip<T>(in);
  } else if constexpr (std::is_same_v<T, Held>) {
    T money;
    if (!take(in, money)) return false;
    visit(path, money.amount());
    return true;
  } else if constexpr (IsOptional<T>::value) {
    const auto there = in.u8();
    return there && (*there == 0 || walk_held<typename T::value_type>(in, path, visit));
  } else if constexpr (IsMap<T>::value || IsVector<T>::value) {
    std::uint32_t count = 0;
    if (!take_number(in, count)) return false;
    for (std::uint32_t i = 0; i < count; ++i) {
      if constexpr (IsMap<T>::value) {
        typename T::key_type key{};
        if (!take(in, key)) return false;
        if (!walk_held<typename T::mapped_type>(in, path + "." + std::to_string(key.value()),
                                                visit))
          return false;
      } else if (!walk_held<typename T::value_type>(in, path + "." + std::to_string(i), visit)) {
        return false;
      }
    }
    return true;
  } else {
    std::string_view names = field_names(static_cast<const T*>(nullptr));
    return FieldsOf<T>::all([&]<class F>(std::type_identity<F>) {
      const std::string_view name = names.substr(0, names.find(','));
      names.remove_prefix(std::min(names.size(), name.size() + 2));
      if constexpr (!holds_money<F>()) return skip<F>(in);
      return walk_held<F>(in, path.empty() ? std::string(name) : path + "." + std::string(name),
                          visit);
    });
  }
}

}  // namespace detail

template <Record R>
base::Bytes encode_record(const R& record) {
  base::Bytes out;
  out.reserve(64);  // most records fit
  detail::Sink to(out);
  detail::put(to, record);
  return out;
}

template <Record R>
base::ByteView encoded_record(const R& record) {
  thread_local base::Bytes room;
  room.clear();
  detail::Sink to(room);
  detail::put(to, record);
  return room;
}

template <Record R>
bool decode_into(R& record, base::ByteView bytes) {
  base::Reader in(bytes);
  return detail::take(in, record) && in.done();
}

template <Record R>
std::optional<R> decode_record(base::ByteView bytes) {
  R record{};
  if (!decode_into(record, bytes)) return std::nullopt;
  return record;
}

}  // namespace wald::ledger
