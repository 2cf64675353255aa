// SPDX-License-Identifier: Apache-2.0
// The shard hand-over of an epoch (H-5): who has all its shards in place, by weight. A member that
// gained no shard counts from the change on; the others attest, until the epoch ends. The quorum
// ends the sync once, the deadline only names who is missing. Thread rule: one block at a time.
#pragma once

#include "ledger/context.h"
#include "ledger/state/keys.h"

namespace wald::ledger::epoch {

bool has_attested(const SyncRecord& sync, std::size_t member);

// The record of `opening` at its beginning, against the committee before (none: all gained).
SyncRecord start_sync(Overlay& state, base::Epoch opening);

// One member more; the member has not attested (CHECK). Emits epoch.syncAttested, and at the
// quorum epoch.syncDone.
void attest(Context& ctx, std::size_t member);
// Emits epoch.syncDone the first time that the running epoch has a quorum in place.
void settle_sync(Context& ctx);

// The deadline phase: epoch.syncTimedOut if somebody is missing.
void close_sync(Context& ctx);

}  // namespace wald::ledger::epoch
