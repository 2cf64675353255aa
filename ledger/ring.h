// SPDX-License-Identifier: Apache-2.0
// The ring of epochs that can be sold, between records and the functions of economics/ (S-4): read
// whole, changed by a pure function, written back where it changed, with the money that came in
// laid exactly where the function put it.
#pragma once

#include "economics/schedule.h"
#include "ledger/context.h"

namespace wald::ledger {

economics::Ring load_ring(const Reader& state, base::Epoch first, std::uint64_t horizon);
// `money` is what the slots gained together (CHECK): nothing of it is left.
void save_ring(Overlay& state, const economics::Ring& before, const economics::Ring& after,
               Coin money);

// Where the money of a purchase comes from; INSUFFICIENT where it is not there.
using Payer = std::function<base::Result<Coin, Rejected>(Amount)>;
Payer by_sender(Context& ctx);

// A purchase for `terms`, with the subsidies of R-8: refused as S-2 and S-4 say, paid by the payer
// and by the subsidy fund, and written to the ring.
base::Result<economics::Purchase, Rejected> buy_storage(Context& ctx, const economics::Ring& ring,
                                                        const economics::PurchaseTerms& terms,
                                                        const Payer& payer);

}  // namespace wald::ledger
