// SPDX-License-Identifier: Apache-2.0
// Stages 4 and 5 in the life of a transaction (architecture.md 4), shared by admission to the
// mempool and by the execution of blocks.
#pragma once

#include "ledger/state_machine.h"

namespace wald::ledger {

// Stage 4: version; of a statement all of its rules, of a paid transaction account, right of the
// keys, nonce, expiry and fee, which is then in *fee. Changes nothing.
base::Result<void, Dropped> admit_tx(Context& view, const CheckedTx& tx, Amount* fee);

// Stage 5, after stage 4 accepted in the same state: takes the fee, uses the nonce, cannot fail.
void charge_fee(Context& ctx, const CheckedTx& tx, Amount fee);

}  // namespace wald::ledger
