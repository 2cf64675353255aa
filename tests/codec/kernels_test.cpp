// SPDX-License-Identifier: Apache-2.0
// Which kernels are chosen, and that a wrong one is not.
#include "codec/kernels.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "codec/cpu.h"
#include "codec/field/kernel.h"
#include "codec/hash/kernel.h"

using namespace wald::codec;

TEST_CASE("kernels: tiers have names, and an unknown one is refused", "[codec][rule:K-10]") {
  CHECK(tiers().front() == Tier::kScalar);
  CHECK(parse_tier("scalar") == Tier::kScalar);
  CHECK(parse_tier("avx2") == Tier::kAvx2);
  CHECK(parse_tier("ssse3") == Tier::kSsse3);
  CHECK(parse_tier("avx512") == Tier::kAvx512);
  CHECK(parse_tier("gfni") == Tier::kGfni);
  CHECK_FALSE(parse_tier("avx3").has_value());
  CHECK_FALSE(force_tier(static_cast<Tier>(9)));
  for (const Tier t : tiers()) CHECK(parse_tier(name(t)) == t);
  CHECK(tier_names() == "scalar|ssse3|avx2|avx512|gfni");
}

TEST_CASE("kernels: the best that the processor offers is in use, and a lower one when asked",
          "[codec][rule:K-10]") {
  CHECK(tier() == tiers().back());
  CHECK(tiers() == tiers_of(cpu()));
  CHECK(left_out().empty());
  REQUIRE(force_tier(Tier::kScalar));
  CHECK(tier() == Tier::kScalar);
  CHECK(&kernels() == &kScalarKernels);
  CHECK(&hash_kernels() == &kScalarHash);
  REQUIRE(force_tiers(tiers().back(), Tier::kScalar));
  CHECK(tier() == tiers().back());
  CHECK(&hash_kernels() == &kScalarHash);
  CHECK_FALSE(force_tiers(Tier::kScalar, static_cast<Tier>(9)));
  REQUIRE(force_tier(tiers().back()));
}

TEST_CASE("kernels: a processor gets no tier of which it lacks a part", "[codec][rule:K-10]") {
  const std::vector<Tier> scalar = {Tier::kScalar};
  CHECK(tiers_of(Cpu{}) == scalar);
  Cpu odd;
  odd.gfni = true;
  CHECK(tiers_of(odd) == scalar);
#if defined(__x86_64__)
  odd.avx512 = true;
  CHECK(tiers_of(odd) == scalar);  // the tier's code uses AVX2 as well
#endif
}

TEST_CASE("kernels: a table that computes something else is found out", "[codec][rule:K-10]") {
  CHECK(agrees(kScalarKernels));
  CHECK(agrees(kScalarHash));
  Kernels wrong = kScalarKernels;
  wrong.forward = wrong.inverse;
  CHECK_FALSE(agrees(wrong));
  wrong = kScalarKernels;
  wrong.mul = [](std::uint8_t* to, const std::uint8_t* from, std::size_t bytes, const MulTable*) {
    std::memcpy(to, from, bytes);
  };
  CHECK_FALSE(agrees(wrong));
  wrong = kScalarKernels;
  wrong.matrices = true;  // and leaves words where pairs are asked for
  CHECK_FALSE(agrees(wrong));
  HashKernels other = kScalarHash;
  other.nodes = [](const std::uint8_t* left, const std::uint8_t*, std::size_t, std::size_t,
                   std::uint8_t* to) { std::memcpy(to, left, 32); };
  CHECK_FALSE(agrees(other));
  wrong = kScalarKernels;
  wrong.forward2 = wrong.inverse2;
  CHECK_FALSE(agrees(wrong));
  wrong = kScalarKernels;
  wrong.forward3 = kScalarKernels.inverse3;
  CHECK_FALSE(agrees(wrong));
  wrong = kScalarKernels;
  wrong.forward3 = [](const Three& three) {
    Three first = three;
    first.groups = 1;  // forgets the others
    kScalarKernels.forward3(first);
  };
  CHECK_FALSE(agrees(wrong));
  wrong = kScalarKernels;
  wrong.inverse3 = [](const Three& three) {
    Three apart = three;
    apart.sum = nullptr;  // forgets it
    kScalarKernels.inverse3(apart);
  };
  CHECK_FALSE(agrees(wrong));
#if defined(__x86_64__)
  if (tiers().back() == Tier::kGfni) {
    wrong = kGfniKernels;
    wrong.turn = [](const Three* inverse, std::size_t inverses, const Three* forward,
                    std::size_t forwards) {
      Three zero = inverse[0];
      zero.used = 1;  // forgets the others
      return kGfniKernels.turn(inverses == 1 ? &zero : inverse, inverses, forward, forwards);
    };
    CHECK_FALSE(agrees(wrong));
    wrong = kGfniKernels;
    wrong.dot = [](std::uint8_t* to, const std::uint8_t* from, std::size_t step, std::size_t count,
                   std::size_t bytes, const Matrix* c, std::size_t first, std::size_t mask) {
      const std::size_t most = std::min<std::size_t>(count, 26);  // forgets the others
      kGfniKernels.dot(to, from, step, most, bytes, c, first, mask);
    };
    CHECK_FALSE(agrees(wrong));
  }
#endif
  wrong = kScalarKernels;
  wrong.place = [](std::uint8_t* to, std::size_t to_step, const std::uint8_t* from,
                   std::size_t from_step, std::size_t rows, std::size_t bytes) {
    kScalarKernels.place(to, to_step, from, from_step, rows, bytes / 64 * 64);
  };
  CHECK_FALSE(agrees(wrong));
  other = kScalarHash;
  other.lanes = 9;
  CHECK_FALSE(agrees(other));
}
