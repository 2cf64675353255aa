// SPDX-License-Identifier: Apache-2.0
#include "economics/amount.h"

namespace wald::economics {

Sunk sink(Amount x, Amount fund, Amount cap) {
  const std::uint64_t open = cap > fund ? cap.value() - fund.value() : 0;
  const Amount into_fund = lesser(x, Amount::of(open));
  WALD_CHECK(into_fund <= x && into_fund.value() <= open);
  return {into_fund, Amount::of(x.value() - into_fund.value())};
}

Halves halves(Amount x) {
  const std::uint64_t rest = x.value() / 2;
  return {Amount::of(x.value() - rest), Amount::of(rest)};
}

Outcome<std::vector<Amount>> spread(Amount x, std::size_t places) {
  if (places == 0) return base::Err{Refusal::kBadRange};
  const std::uint64_t each = x.value() / places;
  std::vector<Amount> parts(places, Amount::of(each));
  parts.front() = Amount::of(each + x.value() % places);
  WALD_CHECK(product(each, places - 1) + parts.front().value() == x.value());
  return parts;
}

}  // namespace wald::economics
