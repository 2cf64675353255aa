// SPDX-License-Identifier: Apache-2.0
#include "node/os/clock.h"

#include <ctime>

#include "node/os/files.h"

namespace wald::os {
namespace {

std::uint64_t read_clock(clockid_t id, std::uint64_t per_second) {
  timespec now{};
  WALD_CHECK(::clock_gettime(id, &now) == 0);
  WALD_CHECK(now.tv_sec >= 0);
  const auto nanos_per_unit = 1'000'000'000u / per_second;
  return static_cast<std::uint64_t>(now.tv_sec) * per_second +
         static_cast<std::uint64_t>(now.tv_nsec) / nanos_per_unit;
}

}  // namespace

base::TimeMs wall_time() { return base::TimeMs(read_clock(CLOCK_REALTIME, 1'000)); }
std::uint64_t monotonic_ms() { return read_clock(CLOCK_MONOTONIC, 1'000); }
std::uint64_t monotonic_us() { return read_clock(CLOCK_MONOTONIC, 1'000'000); }

std::string boot_id() {
  const auto bytes = read_file("/proc/sys/kernel/random/boot_id", 64);
  if (!bytes.ok()) return "unknown";
  std::string text(base::as_text(*bytes));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace wald::os
