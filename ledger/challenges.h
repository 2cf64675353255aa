// SPDX-License-Identifier: Apache-2.0
// Challenge rounds for those outside the ledger: storage nodes that answer and check, interfaces
// that show and explain (O-7, O-13, O-14, O-33). open_round() is where a node begins: phase, seeds
// and members; exam_of() gives the questions to a member, draw_of() and facts_of() what they are
// about and what an answer must show, assigned_points() what one member has to check of another;
// explain() gives reasons. When phases end by time: ledger/timetable.h. Pure queries, any thread
// over a fixed version.
#pragma once

#include "ledger/rounds/explain.h"
#include "ledger/rounds/view.h"

namespace wald::ledger::rounds {

// From hG on (CHECK): the leaves of `prover` that `verifier` has to check, ascending; both are
// places in the committee. To ask for many provers, hand in one assignment_of() for all.
std::vector<std::uint16_t> assigned_points(const RoundView& view,
                                           const proofs::Assignment& assignment,
                                           std::uint16_t verifier, std::uint16_t prover);

}  // namespace wald::ledger::rounds
