// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/advance.h"

#include "ledger/epoch/ballots.h"
#include "ledger/epoch/change.h"
#include "ledger/epoch/repair.h"
#include "ledger/epoch/select.h"
#include "ledger/epoch/sweep.h"
#include "ledger/epoch/sync.h"
#include "ledger/epoch/times.h"
#include "ledger/rounds/index.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {
namespace {

// The earliest phase that is due, if one is. In an epoch the order is deadline, selection, change:
// handover ends before the selection (G-5), which comes before the end.
void turn(Context& ctx) {
  const EpochClock clock = must_load(ctx.state(), kChain).clock;
  const base::TimeMs now = ctx.block().time;
  const std::uint64_t blocks = ctx.block().height.value() - clock.first_height.value();
  if (!clock.sync_closed && now >= handover_end(clock, ctx.params())) return close_sync(ctx);
  if (!clock.selected && now >= selection_time(clock, ctx.params())) return select(ctx);
  if (!clock.selected || now < clock.end() || blocks < ctx.params().epoch_min_blocks) return;
  change(ctx);
}

}  // namespace

void advance(Context& ctx) {
  turn(ctx);
  sweep_repairs(ctx);
  sweep_expired(ctx);
  rounds::sweep_index(ctx);
  sweep_ballots(ctx);
}

}  // namespace wald::ledger::epoch
