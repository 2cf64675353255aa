// SPDX-License-Identifier: Apache-2.0
// Money out of the funds of the state, the two halves of an early-exit fee, of which one is
// burned and one lies in the bonus account, and the event of a burn. Nothing here refuses. The
// functions move money only; the caller emits what it did, emit_burned() where no event of its own
// states the burn. Into a fund and to the sink: stakes.h. Thread rule: functions over one overlay.
#pragma once

#include "ledger/context.h"

namespace wald::ledger {

Amount fund_amount(const Reader& state, const std::string& name);
// `amount` is there (CHECK).
Coin out_of_fund(Overlay& state, const std::string& name, Amount amount);

// X-2, M-7.
economics::Halves book_shift_fee(Overlay& state, Coin fee);

// token.burned; nothing for nothing.
void emit_burned(Context& ctx, spec::BurnCause cause, Amount amount);

}  // namespace wald::ledger
