// SPDX-License-Identifier: Apache-2.0
#include "economics/credits.h"

#include <algorithm>

#include "economics/wide.h"

namespace wald::economics {
namespace {

using Leaves = std::vector<std::uint32_t>;

// Ascending, each once, only leaves that exist: a list may come from a foreign statement.
Leaves sorted(Leaves leaves, std::uint32_t points) {
  std::erase_if(leaves, [points](std::uint32_t leaf) { return leaf >= points; });
  std::sort(leaves.begin(), leaves.end());
  leaves.erase(std::unique(leaves.begin(), leaves.end()), leaves.end());
  return leaves;
}

bool has(const Leaves& leaves, std::uint32_t leaf) {
  return std::binary_search(leaves.begin(), leaves.end(), leaf);
}

// Leaves of `from` that stand in none of the lists.
Leaves without(const Leaves& from, std::initializer_list<const Leaves*> lists) {
  Leaves rest;
  for (const std::uint32_t leaf : from) {
    const bool listed = std::any_of(lists.begin(), lists.end(),
                                    [leaf](const Leaves* list) { return has(*list, leaf); });
    if (!listed) rest.push_back(leaf);
  }
  return rest;
}

std::uint32_t count(const Leaves& leaves) { return base::narrow<std::uint32_t>(leaves.size()); }

std::uint32_t count_common(const Leaves& leaves, const Leaves& with) {
  std::uint32_t common = 0;
  for (const std::uint32_t leaf : leaves) common += has(with, leaf) ? 1u : 0u;
  return common;
}

Leaves joined(std::initializer_list<const Leaves*> lists, std::uint32_t points) {
  Leaves all;
  for (const Leaves* list : lists) all.insert(all.end(), list->begin(), list->end());
  return sorted(std::move(all), points);
}

}  // namespace

RoundTally tally_round(const RoundRecord& record) {
  const Leaves excused = sorted(record.excused, record.points);
  const Leaves withheld = sorted(record.withheld, record.points);
  const Leaves proven = sorted(record.proven, record.points);
  const Leaves denied_claims = sorted(record.denied, record.points);
  RoundTally tally;
  tally.commit = record.commit;
  tally.bad = record.bad;
  tally.void_of_credit = record.bad || record.unopened;
  tally.reveal = record.reveal;
  tally.row = record.row;
  std::uint32_t off = count(excused);
  if (record.commit != CommitTime::kNone) {
    const Leaves denied = without(denied_claims, {&excused, &withheld});
    off += record.confirmed ? count(denied) : count_common(denied, proven);
    // Claimed OK is what no list takes out; so count the others, each once.
    const Leaves others = joined(
        {&record.excused, &record.unavailable, &record.denied, &record.lost, &record.withheld},
        record.points);
    tally.ok = record.confirmed ? record.points - count(others) : count(without(proven, {&others}));
  }
  WALD_CHECK(off <= record.points);
  tally.due = record.points - off;
  return tally;
}

namespace {

// Indices of the late rounds that are paid: falling amount, equal ones by rising round.
std::vector<std::size_t> paid_late(const std::vector<RoundTally>& tallies, std::uint64_t rounds) {
  std::vector<std::size_t> late;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    if (tallies[i].commit == CommitTime::kLate) late.push_back(i);
  }
  const auto amount = [&tallies](std::size_t i) {
    return tallies[i].void_of_credit ? 0 : tallies[i].ok;
  };
  std::stable_sort(late.begin(), late.end(),
                   [&amount](std::size_t a, std::size_t b) { return amount(a) > amount(b); });
  WALD_CHECK(late.size() <= tallies.size());
  if (late.size() > paid_late_rounds(rounds)) late.resize(paid_late_rounds(rounds));
  return late;
}

}  // namespace

EpochScore score_epoch(const std::vector<RoundTally>& tallies, std::uint64_t rounds) {
  WALD_CHECK(tallies.size() <= rounds);
  EpochScore score;
  score.credits.assign(tallies.size(), 0);
  score.bad.assign(tallies.size(), 0);
  for (const std::size_t i : paid_late(tallies, rounds)) {
    if (!tallies[i].void_of_credit) score.credits[i] = tallies[i].ok;
  }
  std::uint64_t credits = 0;
  std::uint64_t due = 0;
  std::uint64_t bad = 0;
  std::uint64_t duties = 0;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const RoundTally& tally = tallies[i];
    if (tally.commit == CommitTime::kOnTime && !tally.void_of_credit) {
      score.credits[i] = 2 * std::uint64_t{tally.ok};
    }
    if (tally.bad) score.bad[i] = tally.due;
    WALD_CHECK(tally.ok <= tally.due);
    credits += score.credits[i];
    due += tally.due;
    bad += score.bad[i];
    duties += (tally.reveal ? 1u : 0u) + (tally.row ? 1u : 0u);
  }
  const auto part = [](std::uint64_t num, std::uint64_t den) {
    return Ppm::of(exact_ratio({num, kPpm}, {den}, Round::kDown, kPpm));
  };
  score.store = due == 0 ? Ppm::of(kPpm) : part(credits, 2 * due);
  score.duty = tallies.empty() ? Ppm::of(kPpm) : part(duties, 2 * tallies.size());
  score.score = score_of(score.store, score.duty);
  score.bad_part = due == 0 ? Ppm() : part(bad, due);
  return score;
}

Ppm score_of(Ppm store, Ppm duty) {
  const std::uint64_t weight = 9 * kPpm + duty.value();
  return Ppm::of(std::uint64_t{store.value()} * weight / (10 * kPpm));
}

}  // namespace wald::economics
