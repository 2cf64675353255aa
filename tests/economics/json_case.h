// SPDX-License-Identifier: Apache-2.0
// Shared by the runners: reading integers (numbers or decimal strings), writing them as decimal
// strings, comparing an answer with what a file wants, and counting. A file that does not have the
// form the runner knows throws Malformed, which is a failure of that entry.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "economics/stake_pool.h"

namespace wald::economics::cases {

namespace json = boost::json;

struct Malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What a rule refused.
struct Refused {
  Refusal why;
  std::optional<Epoch> at;  // the epoch that CAPACITY names
};

// The value of an outcome, or Refused.
template <class T>
T accepted(Outcome<T> outcome) {
  if (!outcome.ok()) throw Refused{outcome.error(), std::nullopt};
  return std::move(outcome).value();
}
inline void accepted(Outcome<void> outcome) {
  if (!outcome.ok()) throw Refused{outcome.error(), std::nullopt};
}

U128 wide(const json::value& value);
std::uint64_t u64(const json::value& value);
std::uint32_t u32(const json::value& value);
std::uint16_t u16(const json::value& value);
Amount amount(const json::value& value);  // Refused above 2^63-1, like the next two beyond a whole
Bps bps(const json::value& value);
Ppm ppm(const json::value& value);
inline Epoch epoch(const json::value& value) { return Epoch(u32(value)); }
bool flag(const json::object& object, std::string_view key);
std::string text(const json::value& value);
std::uint64_t u64_or(const json::object& object, std::string_view key, std::uint64_t other);

std::string dec(U128 value);
inline std::string dec(Amount value) { return dec(value.value()); }
inline std::string dec(Shares value) { return dec(value.value()); }
template <class Tag, class Rep>
std::string dec(base::Ordinal<Tag, Rep> value) {
  return dec(U128{value.value()});
}
template <class Tag, std::uint32_t Whole>
std::string dec(Fraction<Tag, Whole> value) {
  return dec(U128{value.value()});
}
// Integers as in the file that asks: decimal strings everywhere, so numbers are brought to them.
json::value as_text(const json::value& value);

// Ids of the files: a number below 2^16 as 32 bytes big-endian; labels by hash.
template <class Id>
Id numbered(std::uint64_t number) {
  std::array<std::uint8_t, 32> bytes{};
  for (std::size_t i = 0; i < 8; ++i) bytes[31 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return Id(bytes);
}
template <class Id>
std::uint64_t number_of(const Id& id) {
  std::uint64_t number = 0;
  for (std::size_t i = 24; i < 32; ++i) number = (number << 8) | id.bytes()[i];
  return number;
}

// Counts entries; a failure prints entry, field, want and got, once for each field that differs.
class Score {
 public:
  // Every field of want must be in got and equal; got may say more at the top only.
  void compare(const std::string& entry, const json::object& want, const json::object& got);
  void pass() { ++passed_; }
  void fail(const std::string& entry, const std::string& field, const std::string& want,
            const std::string& got);
  int finish() const;  // prints the last line, returns the exit code

 private:
  bool differs(const std::string& entry, const std::string& field, const json::value& want,
               const json::value& got);
  std::uint64_t passed_ = 0;
  std::uint64_t failed_ = 0;
};

// The main program of a runner, `NAME FILE.json`: 0 if all entries of the file pass, 1 if one does
// not or the file has another form, 2 for other arguments. The last line is `N passed, N failed`.
int replay(int argc, char** argv, const std::function<void(const json::value&, Score&)>& play);

}  // namespace wald::economics::cases
