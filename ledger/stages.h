// SPDX-License-Identifier: Apache-2.0
// Stages 4 and 5 in the life of a transaction (architecture.md 4), shared by admission to the
// mempool and by the execution of blocks.
#pragma once

#include "ledger/state/account.h"
#include "ledger/state_machine.h"

namespace wald::ledger {

// What stage 4 found of a paid transaction: its sender, with the keys it shows now, and the fee.
struct Admitted {
  AccountRecord account;
  Amount fee;
};

// Stage 4: version; of a statement all of its rules, of a paid transaction account, right of the
// keys, nonce, expiry and fee. Changes nothing.
base::Result<Admitted, Dropped> admit_tx(Context& view, const CheckedTx& tx);

// Stage 5, in the state in which stage 4 accepted: the fee is taken and the nonce used; cannot
// fail.
Coin take_fee(Context& ctx, const CheckedTx& tx, Admitted admitted);

// What of a fee comes back, rounded down.
Amount fee_back(Amount fee, Context::FeePart back);
// Gives the part back and distributes the rest, which is answered (U-5).
Amount settle_fee(Context& ctx, Coin fee, Context::FeePart back);

}  // namespace wald::ledger
