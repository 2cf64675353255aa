// SPDX-License-Identifier: Apache-2.0
// The steps of a round, one file each; advance() calls at most one of them in a block, before its
// transactions (O-5). All are total and write their records themselves. Times: block time in ms.
#pragma once

#include "ledger/context.h"
#include "ledger/rounds/view.h"

namespace wald::ledger::rounds {

// ---- start.cpp ----

// Draws when the next round of the epoch begins, where that is not known and none is open (O-6).
void plan_next(Context& ctx);
// A record of the round to come, or of one that never came, under the parameters in force.
RoundRecord blank_round(const Context& ctx);
// Opens the next round if its time has come: the snapshot of O-7, or VOID at once.
void open_next(Context& ctx);

// ---- seed.cpp ----

// FREEZE: to COMMIT with seed and drawn blobs, or VOID; else nothing.
void end_freeze(Context& ctx, RoundView view);

// ---- gate.cpp ----

// COMMIT: to VERIFY with the assignment key, or VOID; else nothing.
void end_commit(Context& ctx, RoundView view);
// VERIFY: to INSPECT with the second seed; else nothing.
void end_verify(Context& ctx, RoundView view);

// ---- settle.cpp ----

// INSPECT: to SETTLED with an outcome for each member; else nothing.
void end_inspect(Context& ctx, RoundView view);

// ---- shared ----

PhaseMark mark_of(const Context& ctx);
// O-5 from a phase's mark to the block at hand.
bool is_due(const Context& ctx, const std::optional<PhaseMark>& from, std::uint64_t delay_ms,
            std::uint64_t blocks);
void save_round(Context& ctx, const RoundView& view);
// The open round ends without a result (O-10); the index moves on.
void void_round(Context& ctx, RoundView view, spec::VoidCause cause);
// No round is open any more.
void close_clock(Context& ctx);

}  // namespace wald::ledger::rounds
