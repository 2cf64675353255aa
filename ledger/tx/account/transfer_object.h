// SPDX-License-Identifier: Apache-2.0
// TransferObject: a stake, a resource or a blob gets another owner; nothing else of it changes and
// nothing is paid (U-9, P-12). A blob takes the resource inside along.
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct TransferObject {
  using Message = spec::TransferObject;
  base::ObjectId object;
  base::AccountId to;
  static Parsed<TransferObject> parse(const Message& message);
  // UNKNOWN_OBJECT, NOT_OWNER, SAME_TARGET, BELOW_ACCOUNT_MIN (an account that does not exist),
  // BOND_FIXED.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
