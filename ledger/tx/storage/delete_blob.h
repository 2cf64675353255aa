// SPDX-License-Identifier: Apache-2.0
// DeleteBlob: the owner deletes a blob that is deletable or was proved invalid; the resource
// returns with its remaining epochs, or in a bucket its bytes become free; what is left of a fund
// goes to its refund account (L-9, L-10).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct DeleteBlob {
  using Message = spec::DeleteBlob;
  base::ObjectId blob;
  static Parsed<DeleteBlob> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER or BUCKET_RIGHT, BLOB_ENDED, NOT_DELETABLE.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
