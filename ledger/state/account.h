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

// WAL locked for a beneficiary (T-3); what is free at a time: ledger/vesting.h.
struct VestingRecord {
  base::AccountId beneficiary;
  Noted total;  // that was locked
  base::TimeMs start;
  base::TimeMs cliff;  // nothing is free before
  base::TimeMs end;    // all is free from here on
  std::uint32_t steps = 0;
  Noted released;  // paid to the beneficiary so far
  Noted staked;    // taken to be staked and not back yet
  Held locked;
};
WALD_RECORD(VestingRecord, beneficiary, total, start, cliff, end, steps, released, staked, locked);

// An object of an account: the key says it all.
struct OwnedRecord {};
WALD_EMPTY_RECORD(OwnedRecord);

}  // namespace wald::ledger
