// SPDX-License-Identifier: Apache-2.0
// Tables over a Reader: a prefix byte, a name, the types of the key's parts, a record type.
// Key parts: integers big-endian of fixed width, ids raw, texts preceded by their length (u8), so
// that no key is a prefix of another. All tables are declared in keys.h, nowhere else.
#pragma once

#include <algorithm>
#include <array>
#include <functional>

#include "ledger/state/record.h"
#include "ledger/store.h"

namespace wald::ledger {

template <class R, class... Parts>
struct Table {
  using RecordType = R;
  std::uint8_t prefix;
  std::string_view name;
};

// The bytes of a key, or with fewer parts the common prefix of many, where they are only looked at.
template <class R, class... Parts>
class Key {
 public:
  template <class... Given>
  explicit Key(const Table<R, Parts...>& table, const Given&... parts) {
    static_assert(sizeof...(Given) <= sizeof...(Parts));
    number(table.prefix);
    (part(parts), ...);
  }
  base::ByteView view() const { return base::ByteView(bytes_).first(size_); }

 private:
  void raw(base::ByteView bytes) {
    WALD_CHECK(bytes.size() <= bytes_.size() - size_);
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
  }
  template <std::unsigned_integral T>
  void number(T value) {
    std::array<std::uint8_t, sizeof(T)> bytes;
    for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 4 >> 4))
      bytes[i] = static_cast<std::uint8_t>(value);
    raw(bytes);
  }
  template <class T>
  void part(const T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
      number(base::narrow<std::uint8_t>(value.size()));
      raw(base::as_bytes(value));
    } else if constexpr (std::unsigned_integral<T>) {
      number(value);
    } else if constexpr (detail::Id<T>) {
      raw(value.view());
    } else {
      static_assert(Numbered<T>, "no place in a key for this type");
      number(value.value());
    }
  }

  std::array<std::uint8_t, 511> bytes_;  // the longest key; filled up to size_
  std::size_t size_ = 0;
};
template <class R, class... Parts, class... Given>
Key(const Table<R, Parts...>&, const Given&...) -> Key<R, Parts...>;

template <class R, class... Parts, class... Given>
base::Bytes key_of(const Table<R, Parts...>& table, const Given&... parts) {
  const Key key(table, parts...);
  return base::Bytes(key.view().begin(), key.view().end());
}

// A record that is there always decodes: only we wrote it (a damaged store is found below, by its
// own checksum).
template <class R, class... Parts>
std::optional<R> load(const Reader& state, const Table<R, Parts...>& table,
                      const std::type_identity_t<Parts>&... parts) {
  base::Bytes room;
  const auto bytes = state.look(Key(table, parts...).view(), room);
  if (!bytes) return std::nullopt;
  auto record = decode_record<R>(*bytes);
  WALD_CHECK(record.has_value());
  return record;
}

// The same into a record made before; false where there is none. For what nearly every transaction
// reads.
template <class R, class... Parts>
bool load_into(R& record, const Reader& state, const Table<R, Parts...>& table,
               const std::type_identity_t<Parts>&... parts) {
  thread_local base::Bytes room;
  const auto bytes = state.look(Key(table, parts...).view(), room);
  WALD_CHECK(!bytes || decode_into(record, *bytes));
  return bytes.has_value();
}

template <class R, class... Parts>
bool exists(const Reader& state, const Table<R, Parts...>& table,
            const std::type_identity_t<Parts>&... parts) {
  base::Bytes room;
  return state.look(Key(table, parts...).view(), room).has_value();
}

// For records whose absence would be a bug of ours.
template <class R, class... Parts>
R must_load(const Reader& state, const Table<R, Parts...>& table,
            const std::type_identity_t<Parts>&... parts) {
  auto record = load(state, table, parts...);
  WALD_CHECK(record.has_value());
  return *std::move(record);
}

template <class R, class... Parts>
void save(Overlay& state, const Table<R, Parts...>& table, const R& record,
          const std::type_identity_t<Parts>&... parts) {
  state.put(Key(table, parts...).view(), encoded_record(record));
}

template <class R, class... Parts>
void remove(Overlay& state, const Table<R, Parts...>& table,
            const std::type_identity_t<Parts>&... parts) {
  state.erase(Key(table, parts...).view());
}

// All records below the given leading key parts, ascending; `visit(rest of the key, record)`
// returns false to stop. Records visited must not be changed meanwhile: collect first.
template <class R, class... Parts, class... Given>
void for_each(const Reader& state, const Table<R, Parts...>& table,
              const std::function<bool(base::ByteView, const R&)>& visit, const Given&... parts) {
  const base::Bytes prefix = key_of(table, parts...);
  state.scan(prefix, {}, [&](base::ByteView key, base::ByteView value) {
    const auto record = decode_record<R>(value);
    WALD_CHECK(record.has_value());
    return visit(key.subspan(prefix.size()), *record);
  });
}

}  // namespace wald::ledger
