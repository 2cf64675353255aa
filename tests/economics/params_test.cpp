// SPDX-License-Identifier: Apache-2.0
#include "economics/params.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

using namespace wald::economics;

TEST_CASE("params: the defaults pass, every bound is enforced from both sides",
          "[economics][rule:R-8]") {
  CHECK(check_params(Params{}).ok());
  std::set<std::string> names;
  for (const ParamBound& bound : param_bounds()) {
    names.insert(std::string(bound.name));
    Params params;
    CHECK(params.*bound.field >= bound.low);
    CHECK(params.*bound.field <= bound.high);
    params.*bound.field = bound.high + 1;
    CHECK(check_params(params).error() == Refusal::kOutOfBounds);
    if (bound.low == 0) continue;
    params.*bound.field = bound.low - 1;
    CHECK(check_params(params).error() == Refusal::kOutOfBounds);
  }
  CHECK(names.size() == kParams);
}

TEST_CASE("params: subsidies that would pay for buying unused space are refused",
          "[economics][rule:R-8]") {
  CHECK(subsidies_are_safe(20'000, 0, 0));
  CHECK_FALSE(subsidies_are_safe(20'000, 0, 1));
  CHECK_FALSE(subsidies_are_safe(20'000, 1, 0));
  CHECK_FALSE(subsidies_are_safe(0, 10'000, 0));
  CHECK(subsidies_are_safe(0, 6'666, 0));
  CHECK_FALSE(subsidies_are_safe(0, 6'667, 0));
  Params params;
  params.rho = 20'000;
  params.system = 1;
  CHECK(check_params(params).error() == Refusal::kOutOfBounds);
}

TEST_CASE("refusals: every one has a name of its own", "[economics][rule:M-1]") {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kRefusals; ++i) {
    names.insert(std::string(refusal_name(static_cast<Refusal>(i))));
  }
  CHECK(names.size() == kRefusals);
  CHECK(refusal_name(Refusal::kOutOfBounds) == "OUT_OF_BOUNDS");
  CHECK(refusal_name(Refusal::kStakeTooSmall) == "STAKE_TOO_SMALL");
}
