// SPDX-License-Identifier: Apache-2.0
#include "node/http/ledger_api.h"

#include "node/http/shared.h"

namespace wald::http {

void add_ledger_routes(net::Router& router, LedgerApi api) {
  const auto shared = std::make_shared<Shared>(std::move(api));
  // The core keeps its listeners for ever; the routes may go before it.
  shared->api.core.on_commit(
      [held = std::weak_ptr<Shared>(shared)](const core::Head&, const ledger::BlockOutput&) {
        const auto alive = held.lock();
        if (!alive) return;
        alive->waiting.wake();
        alive->streams.wake();
      });
  add_state_rows(router, shared);
  add_gov_rows(router, shared);
  add_holder_rows(router, shared);
  add_tx_rows(router, shared);
  add_event_rows(router, shared);
  add_block_rows(router, shared);
  add_list_rows(router, shared);
  add_explain_rows(router, shared);
  add_estimate_rows(router, shared);
  add_epoch_rows(router, shared);
  add_outlook_rows(router, shared);
}

}  // namespace wald::http
