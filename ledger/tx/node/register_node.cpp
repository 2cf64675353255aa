// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/register_node.h"

#include "ledger/accounts.h"
#include "ledger/epoch/leave.h"
#include "ledger/state/keys.h"

namespace wald::ledger::tx {

Parsed<RegisterNode> RegisterNode::parse(const Message& message) {
  RegisterNode tx;
  // The operator is the sender, known when it is applied.
  TRY_ASSIGN(tx.registration, parse_registration(message, base::AccountId()));
  return tx;
}

base::Result<void, Rejected> RegisterNode::apply(Context& ctx) const {
  Registration given = registration;
  given.operator_account = ctx.sender();
  const base::Epoch running = ctx.epoch();
  const RegistrationTerms terms{ctx.block().chain, running, running.next()};
  const auto checked = check_registration(ctx.state(), ctx.params(), given, terms);
  if (!checked.ok()) return ctx.reject(checked.error().code, checked.error().facts);
  TRY(epoch::make_place(ctx));
  TRY_ASSIGN(Coin deposit, withdraw(ctx, ctx.sender(), Amount::of(ctx.params().node_deposit)));
  const base::NodeId node =
      install_node(ctx.state(), given, std::move(deposit), running, terms.vrf_first);

  spec::NodeRegistered event;
  event.set_node(text_of(node));
  event.set_operator_(text_of(given.operator_account));
  event.set_commission_account(text_of(given.commission_account));
  event.set_governance_account(text_of(given.governance_account));
  event.set_name(given.name);
  event.set_address(given.address);
  event.set_commission(given.commission);
  event.set_storage_price(given.storage_price);
  event.set_write_price(given.write_price);
  event.set_capacity(given.capacity);
  event.set_deposit(ctx.params().node_deposit);
  event.set_protocol_key(text_of(given.protocol_key));
  event.set_vrf_key(text_of(given.vrf_key));
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
