// SPDX-License-Identifier: Apache-2.0
// Every transaction type, one line each. The registry proves at start that this list and the oneof
// of tx.proto hold the same types.
#pragma once

#include <tuple>

#include "ledger/tx/account/batch.h"
#include "ledger/tx/account/burn.h"
#include "ledger/tx/account/transfer.h"

namespace wald::ledger {

using AllTypes = std::tuple<  //
    tx::Batch,                //
    tx::Burn,                 //
    tx::Transfer>;

}  // namespace wald::ledger
