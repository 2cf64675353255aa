// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/gov/renounce_powers.h"

#include "ledger/gov.h"
#include "ledger/state/keys.h"

namespace wald::ledger::tx {

base::Result<void, Rejected> RenouncePowers::apply(Context& ctx) const {
  TRY_ASSIGN(FoundationRecord foundation, require_foundation(ctx));
  WALD_CHECK(!foundation.renounced && foundation.account == ctx.sender());
  foundation.renounced = true;
  save(ctx.state(), kFoundation, foundation);
  spec::GovPowersEnded event;
  event.set_account(text_of(ctx.sender()));
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
