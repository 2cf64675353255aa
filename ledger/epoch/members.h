// SPDX-License-Identifier: Apache-2.0
// Small questions that several phases ask about nodes and committees. Thread rule: functions over a
// state.
#pragma once

#include <map>

#include "economics/committee.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {

std::map<base::NodeId, NodeRecord> all_nodes(const Reader& state);

economics::Assignment assignment_of(const CommitteeRecord& committee);

}  // namespace wald::ledger::epoch
