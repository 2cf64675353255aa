// SPDX-License-Identifier: Apache-2.0
// The change of epoch e -> e+1, which is F(e) (H-4), in its order: rounds of e end, e is paid,
// pools step, sinks, standing, ring; parameters due; committee e+1 takes over with its prices and
// capacity; its sync starts; nodes end and are paid. Total. Thread rule: one block at a time.
#pragma once

#include "ledger/context.h"

namespace wald::ledger::epoch {

// The selection of e+1 is done (CHECK).
void change(Context& ctx);

// Announces the running epoch with its times.
void report_start(Context& ctx);

}  // namespace wald::ledger::epoch
