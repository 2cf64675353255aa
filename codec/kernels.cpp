// SPDX-License-Identifier: Apache-2.0
#include "codec/kernels.h"

#include <algorithm>
#include <array>
#include <atomic>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "codec/base/prng.h"
#include "codec/field/field.h"

namespace wald::codec {
namespace {

constexpr std::array<std::string_view, 2> kNames = {"scalar", "avx2"};

#if defined(__x86_64__)
// AVX2 needs the instructions and an operating system that saves the wide registers.
bool has_avx2() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0) return false;
  const bool osxsave = (c >> 27 & 1) != 0;
  const bool avx = (c >> 28 & 1) != 0;
  if (!osxsave || !avx) return false;
  unsigned low = 0, high = 0;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  if ((low & 6) != 6) return false;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  return (b >> 5 & 1) != 0;
}
#endif

// Every function of `some` on 1 KiB of fixed data does what the scalar one does.
bool agrees(const Kernels& some) {
  base::Prng prng(0x57414C44);
  const base::Bytes a = prng.bytes(1024);
  const base::Bytes b = prng.bytes(1024);
  for (const Word constant : {Word{1}, Word{2}, Word{0x1234}, Word{0xFFFF}, Word{0x8001}}) {
    const MulTable table = mul_table(constant);
    for (int which = 0; which < 5; ++which) {
      std::array<std::array<base::Bytes, 2>, 2> out;
      for (std::size_t k = 0; k < 2; ++k) {
        const Kernels& use = k == 0 ? some : kScalarKernels;
        base::Bytes x = a, y = b;
        if (which == 0) use.add(x.data(), y.data(), x.size());
        if (which == 1) use.mul(x.data(), y.data(), x.size(), &table);
        if (which == 2) use.mul_add(x.data(), y.data(), x.size(), &table);
        if (which == 3) use.inverse(x.data(), y.data(), x.size(), &table);
        if (which == 4) use.forward(x.data(), y.data(), x.size(), &table);
        out[k] = {std::move(x), std::move(y)};
      }
      if (out[0] != out[1]) return false;
    }
  }
  const std::uint8_t* const from[4] = {a.data(), b.data(), a.data() + 300, b.data() + 301};
  for (const std::size_t bytes : {0U, 2U, 64U, 126U, 127U, 128U, 255U, 256U, 700U}) {
    std::array<std::uint8_t, 128> one{}, two{};
    some.hash4(from, bytes, 1, one.data());
    kScalarKernels.hash4(from, bytes, 1, two.data());
    if (one != two) return false;
  }
  return true;
}

const std::array<const Kernels*, 2>& usable() {
  static const std::array<const Kernels*, 2> found = [] {
    std::array<const Kernels*, 2> out = {&kScalarKernels, nullptr};
#if defined(__x86_64__)
    if (has_avx2() && agrees(kAvx2Kernels)) out[1] = &kAvx2Kernels;
#endif
    return out;
  }();
  return found;
}

std::atomic<Tier>& chosen() {
  static std::atomic<Tier> tier = tiers().back();
  return tier;
}

}  // namespace

std::string_view name(Tier tier) {
  const auto at = static_cast<std::size_t>(tier);
  WALD_CHECK(at < kNames.size());
  return kNames[at];
}

std::optional<Tier> parse_tier(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == text) return static_cast<Tier>(i);
  return std::nullopt;
}

std::vector<Tier> tiers() {
  std::vector<Tier> out;
  for (std::size_t i = 0; i < usable().size(); ++i)
    if (usable()[i] != nullptr) out.push_back(static_cast<Tier>(i));
  WALD_CHECK(!out.empty());
  return out;
}

Tier tier() { return chosen().load(std::memory_order_relaxed); }

bool force_tier(Tier tier) {
  const auto at = static_cast<std::size_t>(tier);
  if (at >= usable().size() || usable()[at] == nullptr) return false;
  chosen().store(tier, std::memory_order_relaxed);
  return true;
}

const Kernels& kernels() {
  const Kernels* use = usable()[static_cast<std::size_t>(tier())];
  WALD_CHECK(use != nullptr);
  return *use;
}

}  // namespace wald::codec
