// SPDX-License-Identifier: Apache-2.0
// What several phases ask about a committee. Thread rule: plain functions.
#pragma once

#include "economics/committee.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {

economics::Assignment assignment_of(const CommitteeRecord& committee);

}  // namespace wald::ledger::epoch
