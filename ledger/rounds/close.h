// SPDX-License-Identifier: Apache-2.0
// What the challenge rounds of an epoch come to at its close (H-4 a, O-29, O-30): all that the
// settlement of the epoch takes from them. Called once, in the block of the change, while the
// closing epoch is still the running one. Total: nothing here can fail.
#pragma once

#include <map>

#include "economics/basis_points.h"
#include "ledger/context.h"

namespace wald::ledger::rounds {

struct MemberResult {
  economics::Ppm store = economics::Ppm::of(economics::kPpm);
  economics::Ppm duty = economics::Ppm::of(economics::kPpm);
  economics::Ppm s = economics::Ppm::of(economics::kPpm);
  economics::Ppm q;
  std::uint64_t denied = 0;  // d of O-30, bytes
  std::uint64_t credits = 0;
  std::uint64_t due = 0;                     // points due in the non-void rounds
  std::uint64_t unavailable = 0;             // of them, those of excused shards left out
  std::vector<base::ShardIndex> bad_shards;  // over 10^4 PPM of their own points unavailable
  std::vector<base::AccountId> holders;      // one entry for each bad round that has a holder
};

struct EpochScores {
  std::uint32_t settled = 0;
  std::uint32_t void_rounds = 0;                 // v: those with an empty index left out (O-10)
  std::map<base::NodeId, MemberResult> members;  // of the closing committee, all of them
};

// Rounds of the running epoch that are neither settled nor void become VOID, opened or not; then
// every member is scored.
EpochScores close_epoch(Context& ctx);

}  // namespace wald::ledger::rounds
