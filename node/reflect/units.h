// SPDX-License-Identifier: Apache-2.0
// Amounts, sizes, rates and times as people write them (interfaces.md 1 and 2).
//
// Amounts need a unit, `1.5WAL` or `250FROST`; sizes `5GiB` (B, KiB .. EiB); rates `5%` or
// `500bps`. Nothing is guessed and nothing is rounded: a bare number, an unknown unit, digits below
// the smallest unit, exponents, signs and separators are refused with a hint. Times are RFC 3339
// UTC with milliseconds; beyond the year 9999 plain milliseconds. Errors are sentences for people.
// Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "codec/base/result.h"

namespace wald::reflect {

struct UnitError {
  std::string message;  // what is wrong
  std::string hint;     // what to write instead, may be empty
};

template <class T>
using Parsed = base::Result<T, UnitError>;

Parsed<std::uint64_t> parse_amount(std::string_view text);  // FROST
Parsed<std::uint64_t> parse_size(std::string_view text);    // bytes
Parsed<std::uint32_t> parse_rate(std::string_view text);    // basis points, any u32
Parsed<std::uint64_t> parse_time(std::string_view text);    // RFC 3339 UTC -> Unix ms
// `250ms`, `5s`, `10m` (or `10min`), `24h`, `7d`: whole numbers only, at most a year -> ms
Parsed<std::uint64_t> parse_duration(std::string_view text);
Parsed<std::uint64_t> parse_whole(std::string_view text);  // decimal digits, no leading zero

std::string format_wal(std::uint64_t frost);    // "1.5 WAL", exact
std::string format_frost(std::uint64_t frost);  // "1500000000 FROST"
std::string format_size(std::uint64_t bytes);   // "5 GiB"; the largest unit that divides, else B
std::string format_rate(std::uint32_t bps);     // "5.00 %"
std::string format_duration(std::uint64_t ms);  // "5s"; the largest unit that divides
// The same moment on a clock so many minutes east of UTC: "2026-03-02T11:00:00.000+01:00".
std::string format_local(std::uint64_t ms, std::int64_t minutes_east);
std::string format_time(std::uint64_t ms);  // "2026-03-02T10:00:00.000Z"

}  // namespace wald::reflect
