// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/units.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"

namespace wald::reflect {
namespace {

template <class T>
std::string refusal(const Parsed<T>& parsed) {
  REQUIRE_FALSE(parsed.ok());
  return parsed.error().message + " | " + parsed.error().hint;
}

TEST_CASE("units: amounts need WAL or FROST", "[reflect]") {
  CHECK(parse_amount("1.5WAL").value() == 1'500'000'000);
  CHECK(parse_amount("250FROST").value() == 250);
  CHECK(parse_amount("0WAL").value() == 0);
  CHECK(parse_amount("1 WAL").value() == 1'000'000'000);
  CHECK(parse_amount("0.000000001WAL").value() == 1);
  CHECK(parse_amount("18446744073.709551615WAL").value() == UINT64_MAX);
  CHECK(parse_amount("18446744073709551615FROST").value() == UINT64_MAX);
}

TEST_CASE("units: an amount is never guessed", "[reflect]") {
  CHECK(refusal(parse_amount("1500")).find("1500WAL or 1500FROST") != std::string::npos);
  CHECK(refusal(parse_amount("1.0000000001WAL")).find("9 decimals") != std::string::npos);
  CHECK(refusal(parse_amount("1.5FROST")).find("smallest") != std::string::npos);
  for (const char* bad : {"", "WAL", ".5WAL", "1.WAL", "1e3WAL", "1,000WAL", "1_000WAL", "-1WAL",
                          "+1WAL", "1wal", "1SUI", "1  WAL", " 1WAL", "1WAL ", "0x10WAL",
                          "1.2.3WAL", "18446744073.709551616WAL", "18446744073709551616FROST"})
    CHECK_FALSE(parse_amount(bad).ok());
}

TEST_CASE("units: sizes are IEC, and whole bytes", "[reflect]") {
  CHECK(parse_size("5GiB").value() == 5368709120);
  CHECK(parse_size("1KiB").value() == 1024);
  CHECK(parse_size("123B").value() == 123);
  CHECK(parse_size("1.5KiB").value() == 1536);
  CHECK(parse_size("0.50MiB").value() == 524288);
  CHECK(parse_size("15EiB").value() == 17293822569102704640u);
  CHECK(refusal(parse_size("5MB")).find("MiB") != std::string::npos);
  CHECK(refusal(parse_size("5kB")).find("KiB") != std::string::npos);
  CHECK(refusal(parse_size("5")).find("unit") != std::string::npos);
  CHECK(refusal(parse_size("0.1KiB")).find("whole number of bytes") != std::string::npos);
  for (const char* bad : {"", "GiB", "1.5B", "16EiB", "1e3B", "-1B", "1gib", "0.0000000001EiB"})
    CHECK_FALSE(parse_size(bad).ok());
}

TEST_CASE("units: rates are percent or basis points", "[reflect]") {
  CHECK(parse_rate("5%").value() == 500);
  CHECK(parse_rate("500bps").value() == 500);
  CHECK(parse_rate("5.25%").value() == 525);
  CHECK(parse_rate("0.1%").value() == 10);
  for (const char* bad : {"", "5", "0.05", "5.001%", "1.5bps", "5 percent", "-5%", "50000000%"})
    CHECK_FALSE(parse_rate(bad).ok());
}

TEST_CASE("units: whole numbers have one text", "[reflect]") {
  CHECK(parse_whole("0").value() == 0);
  CHECK(parse_whole("18446744073709551615").value() == UINT64_MAX);
  for (const char* bad : {"", "01", "1.0", "-1", "+1", " 1", "18446744073709551616", "1e3", "0x1"})
    CHECK_FALSE(parse_whole(bad).ok());
}

TEST_CASE("units: figures are shown exactly", "[reflect]") {
  CHECK(format_wal(0) == "0 WAL");
  CHECK(format_wal(1) == "0.000000001 WAL");
  CHECK(format_wal(1'500'000'000'000) == "1500 WAL");
  CHECK(format_wal(UINT64_MAX) == "18446744073.709551615 WAL");
  CHECK(format_frost(250) == "250 FROST");
  CHECK(format_size(0) == "0 B");
  CHECK(format_size(1536) == "1536 B");
  CHECK(format_size(5368709120) == "5 GiB");
  CHECK(format_rate(500) == "5.00 %");
  CHECK(format_rate(7) == "0.07 %");
}

TEST_CASE("units: a duration needs a unit, a whole number, and ends after a year", "[reflect]") {
  CHECK(parse_duration("250ms").value() == 250);
  CHECK(parse_duration("5s").value() == 5'000);
  CHECK(parse_duration("10m").value() == 600'000);
  CHECK(parse_duration("10min").value() == 600'000);
  CHECK(parse_duration("24h").value() == 86'400'000);
  CHECK(parse_duration("366d").value() == 366 * std::uint64_t{86'400'000});
  for (const char* bad :
       {"", "5", "1.5s", "5 m s", "-1s", "s", "5sec", "367d", "0x5s", "99999999999999999999s"})
    CHECK_FALSE(parse_duration(bad).ok());
  for (const std::uint64_t ms : {0u, 1u, 999u, 1'000u, 61'000u, 3'600'000u, 172'800'000u})
    CHECK(parse_duration(format_duration(ms)).value() == ms);
  CHECK(format_duration(5'000) == "5s");
  CHECK(format_duration(86'400'000) == "1d");
  CHECK(format_duration(1'500) == "1500ms");
}

TEST_CASE("units: what is shown is read back", "[reflect]") {
  base::Prng prng(11);
  for (int i = 0; i < 2000; ++i) {
    const std::uint64_t value = prng.next() >> prng.below(64);
    CHECK(parse_amount(format_wal(value)).value() == value);
    CHECK(parse_size(format_size(value)).value() == value);
    CHECK(parse_time(format_time(value)).value() == value);
    const std::uint64_t ms = value % 253'402'300'800'000;
    CHECK(parse_time(format_time(ms)).value() == ms);
  }
}

TEST_CASE("units: times are RFC 3339 in UTC with milliseconds", "[reflect]") {
  CHECK(format_time(0) == "1970-01-01T00:00:00.000Z");
  CHECK(format_time(1'772'445'600'123) == "2026-03-02T10:00:00.123Z");
  CHECK(format_time(951'782'400'000) == "2000-02-29T00:00:00.000Z");
  CHECK(format_time(253'402'300'799'999) == "9999-12-31T23:59:59.999Z");
  CHECK(format_local(1'772'445'600'123, 0) == "2026-03-02T10:00:00.123+00:00");
  CHECK(format_local(1'772'445'600'123, 345) == "2026-03-02T15:45:00.123+05:45");
  CHECK(format_local(1'772'445'600'123, -630) == "2026-03-01T23:30:00.123-10:30");
  CHECK(format_local(1'000, -60) == "1970-01-01T00:00:01.000Z");  // no year before it
  CHECK(parse_time("2026-03-02T10:00:00Z").value() == 1'772'445'600'000);
  for (const char* bad :
       {"", "2026-03-02", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-03-02T24:00:00Z",
        "2026-03-02T10:00:00+01:00", "1969-12-31T00:00:00Z", "2026-03-02T10:00:60Z",
        "2026-03-02T10:00:00.1Z", "2026-03-02 10:00:00Z", "2026-03-02T10:00:00Zx", "1772445600000"})
    CHECK_FALSE(parse_time(bad).ok());
}

}  // namespace
}  // namespace wald::reflect
