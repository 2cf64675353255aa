// SPDX-License-Identifier: Apache-2.0
// The clocks of the machine. Wall time is Unix milliseconds and may jump; monotonic time only
// measures distances. Any thread. Long-lived components take time as an argument; only the
// adapters and the wiring read it here.
#pragma once

#include <cstdint>
#include <string>

#include "codec/base/ids.h"

namespace wald::os {

base::TimeMs wall_time();
std::uint64_t monotonic_ms();
std::uint64_t monotonic_us();

// The kernel's id of this boot, or "unknown": with a pid it names a process across restarts.
std::string boot_id();

}  // namespace wald::os
