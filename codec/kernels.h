// SPDX-License-Identifier: Apache-2.0
// Which kernels work: chosen once, at first use, from what processor and operating system offer
// (CPUID, XGETBV), after each has agreed with its scalar twin on fixed data. A tier that does not
// agree is left out. force_tier() is for tests and for `--codec-tier`: call it before any other
// thread uses the codec. No effect on results, only on time.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wald::codec {

struct Kernels;

enum class Tier : std::uint8_t { kScalar, kAvx2 };

std::string_view name(Tier tier);
std::optional<Tier> parse_tier(std::string_view text);

// What this machine can run, slowest first; never empty.
std::vector<Tier> tiers();
// The tier in use; the best of tiers() unless forced.
Tier tier();
// False, and nothing changes, if this machine cannot run it.
bool force_tier(Tier tier);

// The functions of the tier in use, for the codec's own files.
const Kernels& kernels();

}  // namespace wald::codec
