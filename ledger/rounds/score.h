// SPDX-License-Identifier: Apache-2.0
// What settled rounds say about one member, as the functions of economics/ want it: at hZ, at the
// close of the epoch, and whenever somebody asks for reasons. Leaf numbers below c. Pure queries.
// Rules O-19 (excused), O-27, O-29, O-30, X-8.
#pragma once

#include "economics/credits.h"
#include "ledger/rounds/view.h"

namespace wald::ledger::rounds {

// Leaves of a member on blobs that ended in hS..hZ, ascending.
std::vector<std::uint32_t> excused_points(const RoundView& view, const DrawRecord& draw,
                                          std::uint16_t place);
// Leaves of a member on shards declared lost, ascending.
std::vector<std::uint32_t> lost_points(const RoundView& view, std::uint16_t place);

// A tally of a settled round in numbers (O-29).
economics::RoundTally numbers_of(const TallyRecord& tally);

// Points of one member by shard over settled rounds, for the chronic mark.
struct ShardPoints {
  std::uint64_t due = 0;
  std::uint64_t unavailable = 0;  // declared so, or lost without a declaration that excuses
};
using PointsByShard = std::map<base::ShardIndex, ShardPoints>;
// Adds one round's.
void add_points(PointsByShard& sums, const RoundView& view, const DrawRecord& draw,
                std::uint16_t place, const TallyRecord& tally);

}  // namespace wald::ledger::rounds
