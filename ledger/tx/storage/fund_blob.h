// SPDX-License-Identifier: Apache-2.0
// FundBlob: anybody pays into the fund of a shared blob (L-10).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct FundBlob {
  using Message = spec::FundBlob;
  base::ObjectId blob;
  Amount amount;
  static Parsed<FundBlob> parse(const Message& message);
  // UNKNOWN_OBJECT, BLOB_ENDED, SHARE_STATE, INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
