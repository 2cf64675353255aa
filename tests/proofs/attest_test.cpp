// SPDX-License-Identifier: Apache-2.0
#include "proofs/attest.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

std::vector<bool> bits(std::size_t count, std::initializer_list<std::size_t> set) {
  std::vector<bool> out(count);
  for (const std::size_t i : set) out[i] = true;
  return out;
}

RowReport row(std::initializer_list<std::size_t> verified,
              std::initializer_list<std::size_t> missing, std::vector<Demand> demands,
              std::uint16_t seq = 0) {
  return {seq,
          filled_array<VrfProof>(1),
          bits(6, verified),
          bits(6, missing),
          bits(6, {seq}),
          filled<base::Hash>(static_cast<std::uint8_t>(seq)),
          std::move(demands)};
}

}  // namespace

TEST_CASE("confirmed: with the prover's own weight, whether or not it vouches for itself",
          "[proofs][rule:O-20]") {
  const std::vector<std::uint16_t> weights = {30, 30, 20, 10, 10};
  // 67 of 100 is the least quorum.
  REQUIRE(confirmed(weights, 0, bits(5, {1, 3}), 100));
  REQUIRE(confirmed(weights, 0, bits(5, {0, 1, 3}), 100));
  REQUIRE_FALSE(confirmed(weights, 0, bits(5, {1}), 100));
  REQUIRE_FALSE(confirmed(weights, 3, bits(5, {0, 2}), 100));  // 60
  REQUIRE(confirmed(weights, 3, bits(5, {0, 1}), 100));        // 70
}

TEST_CASE("confirmed: members that may fail cannot block anybody by silence",
          "[proofs][rule:O-20]") {
  for (std::uint32_t n = 4; n <= 40; ++n) {
    const std::vector<std::uint16_t> weights(n, 1);
    std::vector<bool> honest(n, true);
    for (std::uint32_t i = 0; i < (n - 1) / 3; ++i) honest[i] = false;
    REQUIRE(confirmed(weights, n - 1, honest, n));
  }
}

TEST_CASE("demanded: by more than a third of the verifiers", "[proofs][rule:O-21]") {
  REQUIRE_FALSE(demanded(5, 16));
  REQUIRE(demanded(6, 16));
  REQUIRE_FALSE(demanded(1, 3));
  REQUIRE(demanded(2, 3));
  REQUIRE_FALSE(demanded(0, 0));
}

TEST_CASE("rows: bits are OR-ed and lists joined", "[proofs][rule:O-19]") {
  const RowReport merged =
      merge_rows(row({0}, {2, 3}, {{2, {5, 9}}}), row({1}, {4}, {{2, {7, 9}}, {4, {1}}}, 1));
  REQUIRE(merged.verified == bits(6, {0, 1}));
  REQUIRE(merged.missing == bits(6, {2, 3, 4}));
  REQUIRE(merged.leaky == bits(6, {0, 1}));
  REQUIRE(merged.seq == 1);
  REQUIRE(merged.rows_digest == filled<base::Hash>(1));
  REQUIRE(merged.demands.size() == 2);
  REQUIRE(merged.demands[0].member == 2);
  REQUIRE(merged.demands[0].leaves == std::vector<std::uint16_t>{5, 7, 9});
  REQUIRE(merged.demands[1].leaves == std::vector<std::uint16_t>{1});
}

TEST_CASE("rows: verified overrides missing and demands, in either order, never the other way",
          "[proofs][rule:O-19]") {
  const RowReport missing = row({}, {2}, {{2, {5}}}), verified = row({2}, {}, {}, 1);
  for (const RowReport& merged : {merge_rows(missing, verified), merge_rows(verified, missing)}) {
    REQUIRE(merged.verified == bits(6, {2}));
    REQUIRE(merged.missing == bits(6, {}));
    REQUIRE(merged.demands.empty());
  }
}

TEST_CASE("rows: joined lists keep the limits of one row", "[proofs][rule:O-19]") {
  const RowReport merged = merge_rows(row({}, {2}, {{2, {10, 11, 12, 13, 14, 15}}}),
                                      row({}, {2}, {{2, {1, 2, 3, 4}}}, 1));
  REQUIRE(merged.demands.at(0).leaves == std::vector<std::uint16_t>{1, 2, 10, 11, 12, 13, 14, 15});
  std::vector<Demand> many, more;
  for (std::uint16_t m = 0; m < 32; ++m) many.push_back({m, {1, 2, 3, 4, 5, 6, 7, 8}});
  more.push_back({33, {1}});
  RowReport first = row({}, {}, {}), second = first;
  first.verified = first.missing = first.leaky = std::vector<bool>(40);
  second = first;
  first.demands = many;
  second.demands = more;
  std::size_t total = 0;
  for (const Demand& demand : merge_rows(first, second).demands) total += demand.leaves.size();
  REQUIRE(total == 256);
}

TEST_CASE("rows: the digest is that of the roots committed by the verified members",
          "[proofs][rule:O-16]") {
  const std::vector<std::optional<base::Hash>> roots = {filled<base::Hash>(1), std::nullopt,
                                                        filled<base::Hash>(3)};
  REQUIRE(expected_rows_digest({true, false, true}, roots) ==
          rows_digest({{0, filled<base::Hash>(1)}, {2, filled<base::Hash>(3)}}));
  REQUIRE_FALSE(expected_rows_digest({true, true, false}, roots).has_value());
}
