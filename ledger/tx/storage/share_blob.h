// SPDX-License-Identifier: Apache-2.0
// ShareBlob: the owner opens a fund for a blob, with a limit on the storage price it pays and an
// account that gets the rest at the end (L-10). The blob stays the owner's.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct ShareBlob {
  using Message = spec::ShareBlob;
  base::ObjectId blob;
  Amount price_limit;  // per unit and epoch
  base::AccountId refund;
  static Parsed<ShareBlob> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, BLOB_ENDED, SHARE_STATE, BELOW_ACCOUNT_MIN.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
