// SPDX-License-Identifier: Apache-2.0
#include "economics/amount.h"

#include <catch2/catch.hpp>

#include "codec/base/ids.h"
#include "codec/base/prng.h"
#include "economics/basis_points.h"
#include "economics/shares.h"

using namespace wald::economics;
using wald::base::Prng;

namespace {

const Amount kTop = Amount::of(kMaxAmount);

}  // namespace

TEST_CASE("amount: sums above 2^63-1 and differences below zero are refused",
          "[economics][rule:M-1]") {
  CHECK(kTop.plus(Amount()).value() == kTop);
  CHECK(kTop.plus(Amount::of(1)).error() == Refusal::kOverflow);
  CHECK(kTop.plus(kTop).error() == Refusal::kOverflow);
  CHECK(kTop.minus(kTop).value() == Amount());
  CHECK(Amount().minus(Amount::of(1)).error() == Refusal::kInsufficient);
  CHECK(Amount::make(kMaxAmount + 1).error() == Refusal::kOverflow);
  CHECK(kGenesisSupply.value() == 5'000'000'000u * kFrostPerWal);
}

TEST_CASE("kinds of numbers do not convert into each other", "[economics][rule:M-2]") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Amount, Shares>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::uint64_t, Amount>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Bps, Ppm>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Units, wald::base::ByteCount>);
  CHECK(Bps::make(10'000).ok());
  CHECK(Bps::make(10'001).error() == Refusal::kOutOfBounds);
  CHECK(Ppm::make(1'000'001).error() == Refusal::kOutOfBounds);
  CHECK(Shares(kMaxU64).plus(Shares(1)).error() == Refusal::kOverflow);
  CHECK(Shares(0).minus(Shares(1)).error() == Refusal::kInsufficient);
}

TEST_CASE("mul_div: corners of every operand, rounded as named", "[economics][rule:M-3]") {
  for (const Round round : {Round::kDown, Round::kUp}) {
    CHECK(mul_div(1, 1, 0, round, kMaxU64).error() == Refusal::kDivZero);
    CHECK(mul_div(0, kMaxU64, 1, round, 0).value() == 0);
    CHECK(mul_div(kMaxU64, kMaxU64, kMaxU64, round, kMaxU64).value() == kMaxU64);
    CHECK(mul_div(kMaxU64, kMaxU64, 1, round, kMaxU64).error() == Refusal::kOverflow);
    CHECK(mul_div(kMaxAmount, 2, 1, round, kMaxAmount).error() == Refusal::kOverflow);
  }
  CHECK(mul_div(kMaxU64, 1, 2, Round::kDown, kMaxU64).value() == kMaxAmount);
  CHECK(mul_div(kMaxU64, 1, 2, Round::kUp, kMaxU64).value() == kMaxAmount + 1);
  CHECK(mul_div(kMaxU64, 1, 2, Round::kUp, kMaxAmount).error() == Refusal::kOverflow);
  CHECK(mul_div(1, 1, kMaxU64, Round::kDown, kMaxU64).value() == 0);
  CHECK(mul_div(1, 1, kMaxU64, Round::kUp, kMaxU64).value() == 1);
  CHECK(Amount::of(7).mul_div(5, 3, Round::kDown).value() == Amount::of(11));
  CHECK(Amount::of(7).mul_div(5, 3, Round::kUp).value() == Amount::of(12));
}

TEST_CASE("mul_div: 128 and 512 bits agree, and wide operands divide exactly",
          "[economics][rule:M-3]") {
  Prng prng(31);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t a = prng.next() >> prng.below(64);
    const std::uint64_t b = prng.next() >> prng.below(64);
    const std::uint64_t c = (prng.next() >> prng.below(64)) | 1;
    for (const Round round : {Round::kDown, Round::kUp}) {
      const auto narrow = mul_div(a, b, c, round, kMaxU64);
      const auto wide = ratio({a, b}, {c}, round, kMaxU64);
      REQUIRE(narrow.ok() == wide.ok());
      if (narrow.ok()) REQUIRE(narrow.value() == wide.value());
      // (a * 2^64) * b / (c * 2^64) has factors beyond 64 bits and the same value.
      const auto shifted = ratio({U128{a} << 64, b}, {U128{c} << 64}, round, kMaxU64);
      REQUIRE(shifted.ok() == narrow.ok());
      if (narrow.ok()) REQUIRE(shifted.value() == narrow.value());
    }
  }
}

TEST_CASE("shares and money: what a user receives is rounded down", "[economics][rule:M-4]") {
  const Rate rate{Amount::of(4), Shares(3), Scale(0)};
  CHECK(to_shares(Amount::of(kFrostPerWal), rate).value() == Shares(750'000'000));
  CHECK(to_frost(Shares(5), rate).value() == Amount::of(6));
  CHECK(to_shares(Amount::of(9), Rate{}).value() == Shares(9));
  CHECK(to_frost(Shares(), Rate{}).value() == Amount());
}

TEST_CASE("lift: doublings are exact or refused", "[economics][rule:P-3]") {
  CHECK(lift(Shares(5), Scale(1), Scale(4)).value() == Shares(40));
  CHECK(lift(Shares(1), Scale(0), Scale(63)).value() == Shares(std::uint64_t{1} << 63));
  CHECK(lift(Shares(1), Scale(0), Scale(64)).error() == Refusal::kOverflow);
  CHECK(lift(Shares(2), Scale(0), Scale(63)).error() == Refusal::kOverflow);
  CHECK(lift(Shares(0), Scale(0), Scale(500)).value() == Shares(0));
  CHECK(lift(Shares(1), Scale(1), Scale(0)).error() == Refusal::kInsufficient);
}

TEST_CASE("sink: up to the cap into the fund, the rest burned", "[economics][rule:M-6]") {
  const auto check = [](std::uint64_t x, std::uint64_t fund, std::uint64_t cap,
                        std::uint64_t into) {
    const Sunk sunk = sink(Amount::of(x), Amount::of(fund), Amount::of(cap));
    CHECK(sunk.into_fund.value() == into);
    CHECK(sunk.into_fund.value() + sunk.burned.value() == x);
  };
  check(10, 0, 100, 10);
  check(10, 95, 100, 5);
  check(10, 100, 100, 0);
  check(10, 200, 100, 0);  // a lowered cap burns nothing that is in already
  check(0, 0, 0, 0);
  check(kMaxAmount, 0, kMaxAmount, kMaxAmount);
}

TEST_CASE("halves and spread: nothing is lost, the remainder goes where it is named",
          "[economics][rule:M-7]") {
  CHECK(halves(Amount::of(7)).burn == Amount::of(4));
  CHECK(halves(Amount::of(7)).rest == Amount::of(3));
  const auto parts = spread(Amount::of(11), 4).value();
  CHECK(parts == std::vector<Amount>{Amount::of(5), Amount::of(2), Amount::of(2), Amount::of(2)});
  CHECK(spread(Amount::of(5), 0).error() == Refusal::kBadRange);
}
