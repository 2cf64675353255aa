// SPDX-License-Identifier: Apache-2.0
// An account (U-1, U-9): it begins with its first credit and never ends.
#pragma once

#include "ledger/state/record.h"

namespace wald::ledger {

struct AccountRecord {
  Held balance;
  std::uint64_t nonce = 0;  // the next one to use
  base::Bytes policy;       // U-1 bytes once the account has signed; before that empty
};
WALD_RECORD(AccountRecord, balance, nonce, policy);

// An object of an account: the key says it all.
struct OwnedRecord {};
WALD_EMPTY_RECORD(OwnedRecord);

}  // namespace wald::ledger
