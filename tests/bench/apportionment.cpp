// SPDX-License-Identifier: Apache-2.0
// B13: seats for 1,000 candidates by the ledger's own function, against the plain reading of the
// rule: for every seat look at every candidate. Both give the same seats, or it is no measurement.
#include <algorithm>
#include <stdexcept>

#include "codec/base/prng.h"
#include "economics/committee.h"
#include "tests/bench/bench.h"

namespace wald::bench {
namespace {

using economics::SeatRow;

std::vector<std::uint32_t> naive(std::uint16_t shards, const std::vector<SeatRow>& rows) {
  __extension__ using Wide = unsigned __int128;
  std::vector<std::uint32_t> seats(rows.size(), 0);
  for (std::uint32_t given = 0; given < shards; ++given) {
    std::size_t best = rows.size();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (seats[i] == rows[i].cap) continue;
      if (best == rows.size()) {
        best = i;
        continue;
      }
      const Wide mine = Wide{rows[i].stake.value()} * (seats[best] + 1);
      const Wide its = Wide{rows[best].stake.value()} * (seats[i] + 1);
      if (mine > its || (mine == its && (rows[i].stake > rows[best].stake ||
                                         (rows[i].stake == rows[best].stake &&
                                          rows[i].priority < rows[best].priority))))
        best = i;
    }
    if (best == rows.size()) throw std::runtime_error("the caps are below the shards");
    ++seats[best];
  }
  return seats;
}

std::vector<SeatRow> make_rows(std::size_t count) {
  base::Prng prng(13);
  std::vector<SeatRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t stake = 1'000'000'000'000 + prng.below(50'000'000'000'000'000);
    rows.push_back({economics::Amount::of(stake), 0, i});
  }
  std::sort(rows.begin(), rows.end(),
            [](const SeatRow& a, const SeatRow& b) { return a.stake > b.stake; });
  std::vector<economics::Seeker> seekers;
  for (std::size_t i = 0; i < count; ++i) {
    rows[i].priority = i;
    seekers.push_back({rows[i].stake, std::nullopt});
  }
  const auto caps = economics::seat_caps(1'000, seekers).value().caps;
  for (std::size_t i = 0; i < count; ++i) rows[i].cap = caps[i];
  return rows;
}

}  // namespace

std::vector<Figure> apportionment(const Settings& settings) {
  const std::size_t count = settings.quick ? 50 : 1'000;
  const auto rows = make_rows(count);
  if (economics::apportion(1'000, rows).value() != naive(1'000, rows))
    throw std::runtime_error("B13: the two ways give different seats");
  // Enough rounds for the clock; the time of one is what is compared.
  const auto time_of = [](std::size_t rounds, const std::function<std::uint32_t()>& once) {
    std::uint64_t kept = 0;
    const double time = seconds([&] {
      for (std::size_t i = 0; i < rounds; ++i) kept += once();
    });
    if (kept == 0) throw std::runtime_error("B13: nobody got a seat");
    return time / static_cast<double>(rounds) * 1e6;
  };
  const auto most = [](const std::vector<std::uint32_t>& seats) {
    return *std::max_element(seats.begin(), seats.end());
  };
  Figure figure;
  figure.id = "B13";
  figure.numerator = "economics::apportion";
  figure.denominator = "for each seat a look at each candidate";
  figure.unit = "us for one apportionment";
  figure.better = Better::kLess;
  figure.must = 0.01;
  figure.aim = 0.005;
  figure.data = "1000 shards, " + std::to_string(count) + " candidates with caps of C-2";
  measure(
      figure, settings.pairs,
      [&] {
        return time_of(settings.quick ? 10 : 2'000,
                       [&] { return most(economics::apportion(1'000, rows).value()); });
      },
      [&] { return time_of(settings.quick ? 2 : 100, [&] { return most(naive(1'000, rows)); }); });
  return {figure};
}

}  // namespace wald::bench
