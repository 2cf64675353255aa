// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/score.h"

#include <algorithm>

namespace wald::ledger::rounds {
namespace {

bool is_excused(const DrawRecord& draw, std::uint16_t blob) {
  return std::binary_search(draw.excused.begin(), draw.excused.end(), blob);
}

bool holds_lost(const RoundView& view, std::uint16_t place) {
  const auto& shards = view.committee.members.at(place).shards;
  return std::any_of(shards.begin(), shards.end(),
                     [&](base::ShardIndex shard) { return is_lost(view, shard); });
}

}  // namespace

std::vector<std::uint32_t> excused_points(const RoundView& view, const DrawRecord& draw,
                                          std::uint16_t place) {
  std::vector<std::uint32_t> out;
  if (draw.excused.empty()) return out;
  const auto order = exam_of(view, place).permutation();
  WALD_CHECK(order.size() == draw.blobs.size());
  for (std::uint32_t t = 0; t < view.record.points; ++t)
    if (is_excused(draw, order[t % order.size()])) out.push_back(t);
  return out;
}

std::vector<std::uint32_t> lost_points(const RoundView& view, std::uint16_t place) {
  std::vector<std::uint32_t> out;
  if (!holds_lost(view, place)) return out;
  for (const proofs::Point& point : exam_of(view, place).points(view.record.points))
    if (is_lost(view, point.shard)) out.push_back(point.t);
  return out;
}

economics::RoundTally numbers_of(const TallyRecord& tally) {
  economics::RoundTally out;
  out.due = tally.due;
  out.ok = tally.ok;
  if (tally.committed)
    out.commit = tally.late ? economics::CommitTime::kLate : economics::CommitTime::kOnTime;
  out.reveal = tally.revealed;
  out.row = tally.row_in_time;
  return out;
}

// O-29: denied leaves are not due, those of an unconfirmed member if it has shown that they are.
bool is_denied(const TallyRecord& tally, std::uint16_t t) {
  if (!std::binary_search(tally.denied.begin(), tally.denied.end(), t)) return false;
  return tally.outcome == spec::OUTCOME_ON_TIME || tally.outcome == spec::OUTCOME_LATE ||
         std::binary_search(tally.proven.begin(), tally.proven.end(), t);
}

void add_points(PointsByShard& sums, const RoundView& view, const DrawRecord& draw,
                std::uint16_t place, const TallyRecord& tally) {
  for (const proofs::Point& point : exam_of(view, place).points(view.record.points)) {
    if (is_excused(draw, point.blob) || is_denied(tally, point.t)) continue;
    const bool named =
        std::binary_search(tally.unavailable.begin(), tally.unavailable.end(), point.t);
    ShardPoints& sum = sums[point.shard];
    ++sum.due;
    if (named || is_lost(view, point.shard)) ++sum.unavailable;
  }
}

}  // namespace wald::ledger::rounds
