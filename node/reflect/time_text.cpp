// SPDX-License-Identifier: Apache-2.0
// RFC 3339 text <-> Unix milliseconds, proleptic Gregorian calendar, years 1970 to 9999. Own
// arithmetic: the C library's depends on zone and locale.
#include <cstdio>

#include "codec/base/check.h"
#include "node/reflect/units.h"

namespace wald::reflect {
namespace {

using base::Err;

constexpr std::uint64_t kDayMs = 86'400'000;
constexpr std::uint64_t kLastMs = 253'402'300'799'999;  // end of the year 9999

bool leap(std::uint64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

std::uint64_t month_days(std::uint64_t year, std::uint64_t month) {
  constexpr std::uint64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && leap(year) ? 1 : 0);
}

// Days from 1970-01-01 to the first day of a year.
std::uint64_t days_before(std::uint64_t year) {
  const std::uint64_t y = year - 1;
  return y * 365 + y / 4 - y / 100 + y / 400 - 719'162;
}

struct Cursor {
  std::string_view rest;
  bool ok = true;

  std::uint64_t number(std::size_t width) {
    if (rest.size() < width) ok = false;
    std::uint64_t value = 0;
    for (std::size_t i = 0; ok && i < width; ++i) {
      if (rest[i] < '0' || rest[i] > '9') ok = false;
      value = value * 10 + static_cast<std::uint64_t>(rest[i] - '0');
    }
    if (ok) rest.remove_prefix(width);
    return value;
  }
  void symbol(char c) {
    if (rest.empty() || rest[0] != c) ok = false;
    if (ok) rest.remove_prefix(1);
  }
};

}  // namespace

Parsed<std::uint64_t> parse_time(std::string_view text) {
  const auto refuse = [&] {
    return Err<UnitError>{UnitError{"\"" + std::string(text) + "\": not a time in UTC",
                                    "write 2026-03-02T10:00:00.000Z"}};
  };
  if (const auto plain = parse_whole(text); plain.ok() && *plain > kLastMs) return *plain;
  Cursor c{text};
  const std::uint64_t year = c.number(4);
  c.symbol('-');
  const std::uint64_t month = c.number(2);
  c.symbol('-');
  const std::uint64_t day = c.number(2);
  c.symbol('T');
  const std::uint64_t hour = c.number(2);
  c.symbol(':');
  const std::uint64_t minute = c.number(2);
  c.symbol(':');
  const std::uint64_t second = c.number(2);
  std::uint64_t ms = 0;
  if (c.ok && !c.rest.empty() && c.rest[0] == '.') {
    c.symbol('.');
    ms = c.number(3);
  }
  c.symbol('Z');
  if (!c.ok || !c.rest.empty() || year < 1970 || month < 1 || month > 12 || day < 1)
    return refuse();
  if (day > month_days(year, month) || hour > 23 || minute > 59 || second > 59) return refuse();
  std::uint64_t days = days_before(year) + day - 1;
  for (std::uint64_t m = 1; m < month; ++m) days += month_days(year, m);
  return days * kDayMs + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
}

std::string format_time(std::uint64_t ms) {
  if (ms > kLastMs) return std::to_string(ms);  // a year has four digits
  const std::uint64_t days = ms / kDayMs;
  const std::uint64_t rest = ms % kDayMs;
  std::uint64_t year = 1970 + days / 366;  // at most the right one, by few years
  while (days_before(year + 1) <= days) ++year;
  std::uint64_t day = days - days_before(year);
  std::uint64_t month = 1;
  while (day >= month_days(year, month)) day -= month_days(year, month++);
  char out[32];
  std::snprintf(out, sizeof out, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", static_cast<unsigned>(year),
                static_cast<unsigned>(month), static_cast<unsigned>(day + 1),
                static_cast<unsigned>(rest / 3'600'000), static_cast<unsigned>(rest / 60'000 % 60),
                static_cast<unsigned>(rest / 1000 % 60), static_cast<unsigned>(rest % 1000));
  return out;
}

std::string format_local(std::uint64_t ms, std::int64_t minutes_east) {
  const bool west = minutes_east < 0;
  const auto away = static_cast<std::uint64_t>(west ? -minutes_east : minutes_east);
  const std::uint64_t shift = away * 60'000;
  if (west && shift > ms) return format_time(ms);  // before 1970 on that clock
  std::string text = format_time(west ? ms - shift : ms + shift);
  WALD_CHECK(text.back() == 'Z');
  text.pop_back();
  const auto two = [](std::uint64_t n) { return std::to_string(100 + n % 100).substr(1); };
  return text + (west ? "-" : "+") + two(away / 60) + ":" + two(away % 60);
}

}  // namespace wald::reflect
