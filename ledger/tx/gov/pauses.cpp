// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/gov/pauses.h"

#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<EmergencyPause> EmergencyPause::parse(const Message& message) {
  EmergencyPause tx;
  tx.groups = groups_named(message);
  if (tx.groups == 0) return malformed("purchases");
  tx.until = base::TimeMs(message.until());
  if (!message.node().empty()) {
    TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  }
  return tx;
}

base::Result<void, Rejected> EmergencyPause::apply(Context& ctx) const {
  if (node)
    TRY(require_member(ctx, *node));
  else
    TRY(require_foundation(ctx));
  TRY(require_length(ctx, until));
  for (const spec::PauseGroup group : groups_in(groups)) {
    if (node)
      TRY(ask_pause(ctx, group, *node, until));
    else
      TRY(pause(ctx, group, until));
  }
  return {};
}

Parsed<Resume> Resume::parse(const Message& message) {
  Resume tx;
  tx.groups = groups_named(message);
  if (tx.groups == 0) return malformed("purchases");
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  return tx;
}

base::Result<void, Rejected> Resume::apply(Context& ctx) const {
  TRY(require_member(ctx, node));
  for (const spec::PauseGroup group : groups_in(groups)) TRY(ask_resume(ctx, group, node));
  return {};
}

}  // namespace wald::ledger::tx
