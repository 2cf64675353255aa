// SPDX-License-Identifier: Apache-2.0
// Tables over a Reader: a prefix byte, a name, the types of the key's parts, a record type.
// Key parts: integers big-endian of fixed width, ids raw, texts preceded by their length (u8), so
// that no key is a prefix of another. All tables are declared in keys.h, nowhere else.
#pragma once

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

namespace detail {

template <class T>
void put_key_part(base::Writer& out, const T& part) {
  if constexpr (std::is_same_v<T, std::string>) {
    out.u8(base::narrow<std::uint8_t>(part.size())).text(part);
  } else {
    put(out, part);
  }
}

}  // namespace detail

// The key of a record, or with fewer parts the common prefix of many.
template <class R, class... Parts, class... Given>
base::Bytes key_of(const Table<R, Parts...>& table, const Given&... parts) {
  static_assert(sizeof...(Given) <= sizeof...(Parts));
  base::Writer out;
  out.u8(table.prefix);
  (detail::put_key_part(out, parts), ...);
  return std::move(out).bytes();
}

// A record that is there always decodes: only we wrote it (a damaged store is found below, by its
// own checksum).
template <class R, class... Parts>
std::optional<R> load(const Reader& state, const Table<R, Parts...>& table,
                      const std::type_identity_t<Parts>&... parts) {
  const auto bytes = state.get(key_of(table, parts...));
  if (!bytes) return std::nullopt;
  auto record = decode_record<R>(*bytes);
  WALD_CHECK(record.has_value());
  return record;
}

template <class R, class... Parts>
bool exists(const Reader& state, const Table<R, Parts...>& table,
            const std::type_identity_t<Parts>&... parts) {
  return state.get(key_of(table, parts...)).has_value();
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
  state.put(key_of(table, parts...), encode_record(record));
}

template <class R, class... Parts>
void remove(Overlay& state, const Table<R, Parts...>& table,
            const std::type_identity_t<Parts>&... parts) {
  state.erase(key_of(table, parts...));
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
