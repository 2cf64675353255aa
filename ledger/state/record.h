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
concept Id = requires(const T& t) {
  t.view();
  T::kSize;
};

}  // namespace detail

// Defined in form.h, made in keys.cpp for the record of every table: each file that loads a record
// would otherwise compile its own.
template <Record R>
base::Bytes encode_record(const R& record);
// The same in a room of this thread, good until the next record is encoded there.
template <Record R>
base::ByteView encoded_record(const R& record);
// Nothing where the bytes are not exactly one record.
template <Record R>
std::optional<R> decode_record(base::ByteView bytes);
// Into a record made before, all of it; lists and texts keep their room. False where the bytes are
// no record.
template <Record R>
bool decode_into(R& record, base::ByteView bytes);

}  // namespace wald::ledger
