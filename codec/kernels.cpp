// SPDX-License-Identifier: Apache-2.0
#include "codec/kernels.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "codec/base/check.h"
#include "codec/cpu.h"
#include "codec/field/kernel.h"
#include "codec/hash/kernel.h"

namespace wald::codec {
namespace {

struct Entry {
  std::string_view name;
  bool (*offered)(const Cpu&);
  const Kernels* field;
  const HashKernels* hash;
};

#if defined(__x86_64__)
constexpr std::array<Entry, 5> kTable = {{
    {"scalar", [](const Cpu&) { return true; }, &kScalarKernels, &kScalarHash},
    {"ssse3", [](const Cpu& c) { return c.ssse3; }, &kSsse3Kernels, &kScalarHash},
    {"avx2", [](const Cpu& c) { return c.ssse3 && c.avx2; }, &kAvx2Kernels, &kAvx2Hash},
    {"avx512", [](const Cpu& c) { return c.ssse3 && c.avx2 && c.avx512; }, &kAvx2Kernels,
     &kAvx512Hash},
    {"gfni", [](const Cpu& c) { return c.ssse3 && c.avx2 && c.avx512 && c.gfni; }, &kGfniKernels,
     &kAvx512Hash},
}};
#else
constexpr auto kNever = [](const Cpu&) { return false; };
constexpr std::array<Entry, 5> kTable = {{
    {"scalar", [](const Cpu&) { return true; }, &kScalarKernels, &kScalarHash},
    {"ssse3", kNever, nullptr, nullptr},
    {"avx2", kNever, nullptr, nullptr},
    {"avx512", kNever, nullptr, nullptr},
    {"gfni", kNever, nullptr, nullptr},
}};
#endif

const Entry& entry(Tier tier) {
  const auto at = static_cast<std::size_t>(tier);
  WALD_CHECK(at < kTable.size());
  return kTable[at];
}

struct Found {
  std::vector<Tier> good, bad;
};

const Found& found() {
  static const Found once = [] {
    Found out;
    for (const Tier tier : tiers_of(cpu())) {
      const bool good = agrees(*entry(tier).field) && agrees(*entry(tier).hash);
      (good ? out.good : out.bad).push_back(tier);
    }
    WALD_CHECK(!out.good.empty());  // the scalar one agrees with itself
    return out;
  }();
  return once;
}

struct Chosen {
  std::atomic<Tier> field, hash;
};
Chosen& chosen() {
  static Chosen tiers = {found().good.back(), found().good.back()};
  return tiers;
}

bool runs(Tier tier) {
  const std::vector<Tier>& good = found().good;
  return std::find(good.begin(), good.end(), tier) != good.end();
}

}  // namespace

std::string_view name(Tier tier) { return entry(tier).name; }

std::optional<Tier> parse_tier(std::string_view text) {
  for (std::size_t i = 0; i < kTable.size(); ++i)
    if (kTable[i].name == text) return static_cast<Tier>(i);
  return std::nullopt;
}

std::string tier_names() {
  std::string out;
  for (const Entry& one : kTable) out += (out.empty() ? "" : "|") + std::string(one.name);
  return out;
}

std::vector<Tier> tiers_of(const Cpu& cpu) {
  std::vector<Tier> out;
  for (std::size_t i = 0; i < kTable.size(); ++i)
    if (kTable[i].offered(cpu)) out.push_back(static_cast<Tier>(i));
  WALD_CHECK(!out.empty());
  return out;
}

std::vector<Tier> tiers() { return found().good; }
std::vector<Tier> left_out() { return found().bad; }
Tier tier() { return chosen().field.load(std::memory_order_relaxed); }

bool force_tier(Tier tier) { return force_tiers(tier, tier); }

bool force_tiers(Tier field, Tier hash) {
  if (!runs(field) || !runs(hash)) return false;
  chosen().field.store(field, std::memory_order_relaxed);
  chosen().hash.store(hash, std::memory_order_relaxed);
  return true;
}

const Kernels& kernels() { return *entry(tier()).field; }
const HashKernels& hash_kernels() {
  return *entry(chosen().hash.load(std::memory_order_relaxed)).hash;
}

}  // namespace wald::codec
