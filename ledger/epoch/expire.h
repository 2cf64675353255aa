// SPDX-License-Identifier: Apache-2.0
// The end of one object whose epochs are over (L-9): records, owner entry, attributes and
// certificate go, a fund is paid back, the counts of its blob id fall, and with the last certified
// object its leaf leaves the proof index (L-15). Thread rule: one block at a time.
#pragma once

#include "ledger/context.h"

namespace wald::ledger::epoch {

// Objects that exist (CHECK). Emits storage.expired or blob.expired; what is inside a bucket goes
// one by one, then the bucket by end_bucket().
void expire_resource(Context& ctx, const base::ObjectId& id);
void expire_blob(Context& ctx, const base::ObjectId& id);

}  // namespace wald::ledger::epoch
