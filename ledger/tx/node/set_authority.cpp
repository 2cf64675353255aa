// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/set_authority.h"

#include "ledger/accounts.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

base::AccountId& holder(NodeRecord& record, spec::NodeRole role) {
  if (role == spec::NODE_ROLE_OPERATOR) return record.operator_account;
  if (role == spec::NODE_ROLE_COMMISSION) return record.commission_account;
  WALD_CHECK(role == spec::NODE_ROLE_GOVERNANCE);
  return record.governance_account;
}

}  // namespace

Parsed<SetAuthority> SetAuthority::parse(const Message& message) {
  SetAuthority tx;
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  TRY_ASSIGN(tx.account, id_field<base::AccountId>(message.account(), "account"));
  tx.role = message.role();  // a declared word, and not the empty one
  return tx;
}

base::Result<void, Rejected> SetAuthority::apply(Context& ctx) const {
  auto record = load(ctx.state(), kNodes, node);
  if (!record) return ctx.reject(spec::UNKNOWN_NODE);
  base::AccountId& held = holder(*record, role);
  if (ctx.sender() != held) return ctx.reject(spec::NOT_AUTHORITY);
  TRY(require_account(ctx, account));
  held = account;
  save(ctx.state(), kNodes, *record, node);
  spec::NodeAuthorityChanged event;
  event.set_node(text_of(node));
  event.set_role(role);
  event.set_from(text_of(ctx.sender()));
  event.set_to(text_of(account));
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
