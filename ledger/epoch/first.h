// SPDX-License-Identifier: Apache-2.0
// The first epoch (T-2): with nodes it is epoch 1 at T_0, their registrations and stakes in place
// and minted, the committee elected; without, epoch 0 for `epoch_zero`.
#pragma once

#include "ledger/genesis.h"
#include "ledger/money.h"
#include "ledger/params.h"
#include "specs/proto/block.pb.h"

namespace wald::ledger::epoch {

// Deposits and stakes come out of `money`.
base::Result<void, GenesisError> first(Overlay& state, const base::ChainId& chain,
                                       const Params& params, const spec::Genesis& document,
                                       Coin& money);

}  // namespace wald::ledger::epoch
