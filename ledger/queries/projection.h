// SPDX-License-Identifier: Apache-2.0
// What several answers share: when coming epochs begin, how an election would end now, and how much
// of an epoch can still be sold. Thread rule: functions over a state.
#pragma once

#include "ledger/epoch/select.h"
#include "ledger/state/keys.h"
#include "specs/proto/query.pb.h"

namespace wald::ledger::queries {

// The start of a coming epoch, as far as the timetable knows it; of a past one that of the running.
std::uint64_t start_of(const EpochClock& clock, base::Epoch epoch);

// The epoch whose committee is the first that is not chosen yet.
base::Epoch next_unchosen(const EpochClock& clock);

// An election held now for `target`, after the committee of the epoch before it.
struct Projection {
  base::Epoch target;
  CommitteeRecord present;  // sits in the epoch before; empty: none
  epoch::LostShards lost;
  epoch::Choice choice;
};
Projection project(const Reader& state, const base::ChainId& chain, const Params& params,
                   base::Epoch target);

// Bytes that can still be sold beside `used` (L-2, L-8).
struct Room {
  std::uint64_t purchases;
  std::uint64_t extensions;
};
Room room_beside(std::uint64_t used, const MarketRecord& market, const Params& params);

spec::Committee committee_of(const Reader& state, base::Epoch epoch, const CommitteeRecord& record);
std::uint32_t quorum_of(std::uint64_t shards);  // least weight of a quorum (V-1)

}  // namespace wald::ledger::queries
