// SPDX-License-Identifier: Apache-2.0
// SplitMix64: the one generator of tests, simulator and data sets; equal seeds give equal streams
// on every build. Never a source of secrets, never used by a rule (protocol draws are those of
// O-2).
#pragma once

#include <cstdint>

#include "codec/base/bytes.h"
#include "codec/base/check.h"

namespace wald::base {

class Prng {
 public:
  explicit Prng(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t y = state_;
    y = (y ^ (y >> 30)) * 0xBF58476D1CE4E5B9u;
    y = (y ^ (y >> 27)) * 0x94D049BB133111EBu;
    return y ^ (y >> 31);
  }
  // Uniform in [0, bound), bound >= 1, without bias.
  std::uint64_t below(std::uint64_t bound) {
    WALD_CHECK(bound >= 1);
    const std::uint64_t rest = (0 - bound) % bound;
    for (;;) {
      const std::uint64_t x = next();
      if (x <= UINT64_MAX - rest) return x % bound;
    }
  }
  Bytes bytes(std::size_t count) {
    Bytes out(count);
    for (std::uint8_t& b : out) b = static_cast<std::uint8_t>(next());
    return out;
  }

 private:
  std::uint64_t state_;
};

}  // namespace wald::base
