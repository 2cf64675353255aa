// SPDX-License-Identifier: Apache-2.0
// What storage transactions and the expiry of blobs share (L-4 to L-15): the size of a blob on this
// chain, owners' objects, and the counts of a blob id, whose last certified object takes its leaf
// out of the proof index.
#pragma once

#include "codec/shape/layout.h"
#include "ledger/context.h"
#include "ledger/state/storage.h"

namespace wald::ledger {

// n was checked at genesis (CHECK).
shape::Params code_of(const Params& params);

// UNKNOWN_OBJECT, NOT_OWNER.
base::Result<ResourceRecord, Rejected> own_resource(Context& ctx, const base::ObjectId& id);
base::Result<BlobRecord, Rejected> known_blob(Context& ctx, const base::ObjectId& id);

void put_resource(Context& ctx, const base::ObjectId& id, const ResourceRecord& resource);
void drop_resource(Context& ctx, const base::ObjectId& id, const ResourceRecord& resource);

// One object of this blob id fewer: at its deletion or end (L-15).
void leave_blob_id(Context& ctx, const BlobRecord& blob);

}  // namespace wald::ledger
