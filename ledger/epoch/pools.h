// SPDX-License-Identifier: Apache-2.0
// One pool into the next epoch with real money (P-5, X-2, X-6), and quarantine (H-8). The figures
// come from economics/pool_step.h; here every sum of its outcome becomes a coin that leaves or
// enters. Total. Thread rule: one block at a time.
#pragma once

#include "economics/pool_step.h"
#include "ledger/epoch/settle.h"

namespace wald::ledger::epoch {

// A step that went well, the pool on both sides of it, and what its fine owes to holders of bad
// rounds, which report_step() pays, so that each payment is told by an event of its own.
struct StepDone {
  economics::StepOutcome outcome;
  economics::Pool before;
  economics::Pool after;
  Coin bounty;
  std::uint32_t bad_rounds = 0;  // that have a holder
};
// Takes a pool one step on, with the money of its input's reward and bonus; what is nobody's comes
// to `ownerless`. Where the step fails nothing moves.
economics::Outcome<StepDone> take_step(Context& ctx, const base::NodeId& id,
                                       const economics::StepInput& input, const Params& params,
                                       Coin& money, Ownerless& ownerless);
void report_step(Context& ctx, const base::NodeId& id, base::Epoch into, StepDone done);

// Mint and claim of a step, kept under (node, epoch).
void keep_rates(Overlay& state, const base::NodeId& node, base::Epoch into,
                const economics::StepOutcome& outcome);

// Stake records that a step ends or hands their shares back to (P-12).
void keep_bond(Overlay& state, const economics::StepOutcome& outcome);

}  // namespace wald::ledger::epoch
