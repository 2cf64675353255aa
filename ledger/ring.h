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

// What a purchase for `terms` would be now, with the subsidies of R-8, and the ring behind it:
// refused as S-2 and S-4 say, CAPACITY with the first epoch that is full; nothing is written.
struct Bought {
  economics::Purchase sums;
  economics::Ring ring;
};
base::Result<Bought, Refused> try_purchase(const Reader& state, const Params& params,
                                           const economics::Ring& ring,
                                           const economics::PurchaseTerms& terms);

// What is prolonged (L-8), by a certified blob's or a bucket's own figures; sizes are encoded.
struct Prolonged {
  std::uint64_t size;
  std::uint64_t certified;
  base::Epoch end;
  std::uint32_t epochs;  // by so many
};
// What more epochs of it are to be bought for: BAD_RANGE of none, and of some beyond the horizon.
struct Offer {
  base::Epoch until;
  economics::Ring ring;
  economics::PurchaseTerms terms;
};
base::Result<Offer, Refused> extension_of(const Reader& state, const Params& params,
                                          base::Epoch now, const Prolonged& what);

// Where the money of a purchase comes from; INSUFFICIENT where it is not there.
using Payer = std::function<base::Result<Coin, Rejected>(Amount)>;
Payer by_sender(Context& ctx);

// try_purchase(), paid by the payer and by the subsidy fund, and written to the ring.
base::Result<economics::Purchase, Rejected> buy_storage(Context& ctx, const economics::Ring& ring,
                                                        const economics::PurchaseTerms& terms,
                                                        const Payer& payer);

}  // namespace wald::ledger
