// SPDX-License-Identifier: Apache-2.0
// DeleteBlob: the owner deletes a deletable blob; the resource returns with its remaining epochs
// (L-9).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct DeleteBlob {
  using Message = spec::DeleteBlob;
  base::ObjectId blob;
  static Parsed<DeleteBlob> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, BLOB_ENDED, NOT_DELETABLE.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
