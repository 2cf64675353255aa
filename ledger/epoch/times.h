// SPDX-License-Identifier: Apache-2.0
// The timetable of an epoch (H-1), from its clock and the parameters in force. Times in ms.
#pragma once

#include "ledger/params.h"
#include "ledger/state/chain.h"

namespace wald::ledger::epoch {

// End of the shard hand-over; rounds may open from here on (O-6).
inline base::TimeMs handover_end(const EpochClock& clock, const Params& params) {
  return base::TimeMs(clock.start.value() + params.handover);
}

// When the committee of the next epoch is chosen. length <= 60 d and select <= 7500: 64 bits.
inline base::TimeMs selection_time(const EpochClock& clock, const Params& params) {
  return base::TimeMs(clock.start.value() + clock.length * params.select / 10'000);
}

}  // namespace wald::ledger::epoch
