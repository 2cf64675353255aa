// SPDX-License-Identifier: Apache-2.0
// Which kernels work: chosen once, at first use, from what processor and operating system offer
// (CPUID, XGETBV), after each has agreed with its scalar twin on fixed data. A tier that does not
// agree is left out, and left_out() names it. force_tier() is for tests and for `--codec-tier`:
// call it before any other thread uses the codec. No effect on results, only on time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wald::codec {

struct Cpu;
struct HashKernels;
struct Kernels;

// Each holds what the one before it has, and more: byte shuffles in 16 and in 32 bytes with four
// lanes of hashing, eight lanes, and multiplication by matrices of bits.
enum class Tier : std::uint8_t { kScalar, kSsse3, kAvx2, kAvx512, kGfni };

std::string_view name(Tier tier);
std::optional<Tier> parse_tier(std::string_view text);
std::string tier_names();  // all, with bars between

// What a processor of these features could run, slowest first; never empty.
std::vector<Tier> tiers_of(const Cpu& cpu);
// What this machine runs: those of its processor that agree with their twins.
std::vector<Tier> tiers();
// Those of its processor that do not agree.
std::vector<Tier> left_out();
// The tier in use, the best of tiers() unless forced; of multiplication where the two differ.
Tier tier();
// False, and nothing changes, if this machine cannot run it.
bool force_tier(Tier tier);
// The same with multiplication and hashing of different tiers, to measure one of them.
bool force_tiers(Tier field, Tier hash);

// The functions of the tier in use, for the codec's own files.
const Kernels& kernels();
const HashKernels& hash_kernels();

// Whether these do what their scalar twins do, on 1 KiB of fixed data.
bool agrees(const Kernels& some);
bool agrees(const HashKernels& some);

}  // namespace wald::codec
