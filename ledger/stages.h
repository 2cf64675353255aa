// SPDX-License-Identifier: Apache-2.0
// Stages 4 and 5 in the life of a transaction (architecture.md 4), shared by admission to the
// mempool and by the execution of blocks.
#pragma once

#include "ledger/state/account.h"
#include "ledger/state_machine.h"

namespace wald::ledger {

// Stage 4: version; of a statement all of its rules, of a paid transaction account, right of the
// keys, nonce, expiry and fee, which it returns. Changes nothing.
base::Result<Amount, Dropped> admit_tx(Context& view, const CheckedTx& tx);

// The record of a sender that stage 4 accepted, behind this transaction: its nonce used up, the
// keys it shows the account's. Good until the next call on this thread.
AccountRecord& used_account(const Reader& state, const CheckedTx& tx);

// Stage 5, in the state in which stage 4 accepted: the fee is taken and the nonce used; cannot
// fail.
Coin take_fee(Context& ctx, const CheckedTx& tx, Amount fee);

// What of a fee comes back, rounded down.
Amount fee_back(Amount fee, Context::FeePart back);
// Gives the part back and distributes the rest, which is answered (U-5).
Amount settle_fee(Context& ctx, Coin fee, Context::FeePart back);

}  // namespace wald::ledger
