// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/units.h"

#include <array>
#include <cstdio>
#include <limits>
#include <optional>

namespace wald::reflect {
namespace {

using base::Err;

Err<UnitError> fail(std::string_view text, std::string why, std::string hint) {
  return Err<UnitError>{UnitError{"\"" + std::string(text) + "\": " + why, std::move(hint)}};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Of durations, from the greatest down.
constexpr std::pair<std::string_view, std::uint64_t> kTimes[] = {
    {"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
constexpr std::uint64_t kLongestMs = 366 * std::uint64_t{86'400'000};

// A decimal number cut from its unit: digits before and after the point.
struct Decimal {
  std::string_view whole;
  std::string_view fraction;
  bool point = false;
  std::string_view unit;
};

// Splits `12.5KiB`, with at most one space before the unit. Signs, separators and exponents end up
// in the unit and are refused there.
Decimal split(std::string_view text) {
  Decimal d;
  std::size_t at = 0;
  while (at < text.size() && is_digit(text[at])) ++at;
  d.whole = text.substr(0, at);
  if (at < text.size() && text[at] == '.') {
    d.point = true;
    const std::size_t start = ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
    d.fraction = text.substr(start, at - start);
  }
  if (at < text.size() && text[at] == ' ') ++at;
  d.unit = text.substr(at);
  return d;
}

std::optional<std::uint64_t> times_plus(std::uint64_t a, std::uint64_t factor, std::uint64_t add) {
  std::uint64_t out = 0;
  if (__builtin_mul_overflow(a, factor, &out)) return std::nullopt;
  if (__builtin_add_overflow(out, add, &out)) return std::nullopt;
  return out;
}

std::optional<std::uint64_t> digits(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const auto next = times_plus(value, 10, static_cast<std::uint64_t>(c - '0'));
    if (!next) return std::nullopt;
    value = *next;
  }
  return value;
}

// whole.fraction times 10^places, exactly; nothing if digits are left over or it does not fit.
std::optional<std::uint64_t> scaled(const Decimal& d, std::size_t places) {
  if (d.fraction.size() > places) return std::nullopt;
  std::string all(d.whole);
  all += d.fraction;
  all.append(places - d.fraction.size(), '0');
  return digits(all);
}

bool shaped(const Decimal& d) { return !d.whole.empty() && (!d.point || !d.fraction.empty()); }

// 0.DIGITS times 2^power if that is whole. With k digits it is f / (2^k 5^k) * 2^power, f < 10^k:
// so 5^k must divide f, what is left is below 2^k, and its product with 2^(power-k) below 2^power.
std::optional<std::uint64_t> fraction_of(std::string_view fraction, std::size_t power) {
  std::uint64_t value = *digits(fraction);  // at most 9 digits
  for (std::size_t i = 0; i < fraction.size(); ++i) {
    if (value % 5 != 0) return std::nullopt;
    value /= 5;
  }
  if (power >= fraction.size()) return value << (power - fraction.size());
  const std::size_t down = fraction.size() - power;
  if ((value & ((std::uint64_t{1} << down) - 1)) != 0) return std::nullopt;
  return value >> down;
}

constexpr std::array<std::string_view, 7> kSizes = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

std::string trimmed(std::uint64_t whole, std::uint64_t rest, int places) {
  std::string out = std::to_string(whole);
  if (rest == 0) return out;
  std::string tail = std::to_string(rest);
  tail.insert(0, static_cast<std::size_t>(places) - tail.size(), '0');
  tail.erase(tail.find_last_not_of('0') + 1);
  return out + "." + tail;
}

}  // namespace

Parsed<std::uint64_t> parse_amount(std::string_view text) {
  const Decimal d = split(text);
  if (!shaped(d)) return fail(text, "not an amount", "write 1.5WAL or 250FROST");
  if (d.unit.empty())
    return fail(text, "an amount needs a unit",
                "write " + std::string(text) + "WAL or " + std::string(text) + "FROST");
  if (d.unit == "FROST") {
    if (d.point) return fail(text, "FROST is the smallest unit", "write it without a point");
    if (const auto value = digits(d.whole)) return *value;
    return fail(text, "more than there can be", "");
  }
  if (d.unit != "WAL") return fail(text, "unknown unit", "the units are WAL and FROST");
  if (d.fraction.size() > 9)
    return fail(text, "more than 9 decimals", "1 FROST = 0.000000001 WAL is the smallest amount");
  if (const auto value = scaled(d, 9)) return *value;
  return fail(text, "more than there can be", "");
}

Parsed<std::uint64_t> parse_size(std::string_view text) {
  const Decimal d = split(text);
  if (!shaped(d)) return fail(text, "not a size", "write 5GiB, or 123B for single bytes");
  if (d.unit.empty())
    return fail(text, "a size needs a unit", "write " + std::string(text) + "MiB");
  for (std::size_t power = 0; power < kSizes.size(); ++power) {
    if (d.unit != kSizes[power]) continue;
    const std::uint64_t unit = std::uint64_t{1} << (10 * power);
    if (d.fraction.size() > 9) return fail(text, "too many decimals", "write it in a smaller unit");
    const auto rest = fraction_of(d.fraction, 10 * power);
    if (!rest) return fail(text, "not a whole number of bytes", "use a smaller unit");
    const auto whole = digits(d.whole);
    const auto value = whole ? times_plus(*whole, unit, *rest) : std::nullopt;
    if (value) return *value;
    return fail(text, "more than there can be", "");
  }
  if (d.unit.size() == 2 && d.unit[1] == 'B')
    return fail(text, "decimal units are not used",
                std::string("write ") + (d.unit[0] == 'k' ? 'K' : d.unit[0]) + "iB");
  return fail(text, "unknown unit", "the units are B, KiB, MiB, GiB, TiB, PiB, EiB");
}

Parsed<std::uint32_t> parse_rate(std::string_view text) {
  const Decimal d = split(text);
  const std::string hint = "write 5% or 500bps";
  if (!shaped(d)) return fail(text, "not a rate", hint);
  if (d.unit.empty()) return fail(text, "a rate needs a unit", hint);
  if (d.unit == "bps" && d.point) return fail(text, "bps is the smallest unit", hint);
  if (d.unit != "bps" && d.unit != "%") return fail(text, "unknown unit", hint);
  if (d.fraction.size() > 2)
    return fail(text, "more than 2 decimals", "0.01% = 1bps is the smallest step");
  const auto value = scaled(d, d.unit == "%" ? 2 : 0);
  if (!value || *value > std::numeric_limits<std::uint32_t>::max())
    return fail(text, "too large", "");
  return static_cast<std::uint32_t>(*value);
}

Parsed<std::uint64_t> parse_duration(std::string_view text) {
  const std::string hint = "250ms, 5s, 10m, 24h or 7d, for example";
  const Decimal d = split(text);
  const std::string_view unit_text = d.unit == "min" ? "m" : d.unit;
  const auto number = digits(d.whole);
  if (!shaped(d) || d.point || !number) return fail(text, "not a time", hint);
  for (const auto& [unit, ms] : kTimes) {
    if (unit_text != unit) continue;
    if (*number > kLongestMs / ms) return fail(text, "more than a year", "");
    return *number * ms;
  }
  return fail(text, d.unit.empty() ? "a time needs a unit" : "unknown unit", hint);
}

Parsed<std::uint64_t> parse_whole(std::string_view text) {
  if (text.empty()) return fail(text, "not a number", "write decimal digits");
  for (const char c : text)
    if (!is_digit(c)) return fail(text, "not a whole number", "write decimal digits only");
  if (text.size() > 1 && text[0] == '0') return fail(text, "leading zero", "write it without");
  if (const auto value = digits(text)) return *value;
  return fail(text, "too large", "the greatest is 18446744073709551615");
}

std::string format_wal(std::uint64_t frost) {
  return trimmed(frost / 1'000'000'000, frost % 1'000'000'000, 9) + " WAL";
}

std::string format_frost(std::uint64_t frost) { return std::to_string(frost) + " FROST"; }

std::string format_size(std::uint64_t bytes) {
  std::size_t power = 0;
  while (bytes != 0 && power + 1 < kSizes.size() && bytes % 1024 == 0) {
    bytes /= 1024;
    ++power;
  }
  return std::to_string(bytes) + " " + std::string(kSizes[power]);
}

std::string format_duration(std::uint64_t ms) {
  for (const auto& [unit, each] : kTimes)
    if (ms != 0 && ms % each == 0) return std::to_string(ms / each) + std::string(unit);
  return std::to_string(ms) + "ms";
}

std::string format_rate(std::uint32_t bps) {
  std::string cents = std::to_string(bps % 100);
  if (cents.size() < 2) cents.insert(0, 1, '0');
  return std::to_string(bps / 100) + "." + cents + " %";
}

}  // namespace wald::reflect
