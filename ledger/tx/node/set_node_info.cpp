// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/set_node_info.h"

#include "ledger/nodes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"
#include "ledger/wire/canonical.h"

namespace wald::ledger::tx {

Parsed<SetNodeInfo> SetNodeInfo::parse(const Message& message) {
  SetNodeInfo tx;
  TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  if (message.has_name()) tx.name = message.name();
  if (message.has_address()) tx.address = message.address();
  if (message.has_metadata()) tx.metadata = wire::write_canonical(message.metadata());
  return tx;
}

base::Result<void, Rejected> SetNodeInfo::apply(Context& ctx) const {
  TRY_ASSIGN(NodeRecord record, operated_node(ctx, node));
  if (name) record.name = *name;
  if (address) record.address = *address;
  if (metadata) record.metadata = *metadata;
  const auto checked = check_node_info({record.name, record.address, record.metadata});
  if (!checked.ok()) return ctx.reject(checked.error().code, checked.error().facts);
  save(ctx.state(), kNodes, record, node);
  spec::NodeInfoChanged event;
  event.set_node(text_of(node));
  event.set_name(record.name);
  event.set_address(record.address);
  event.set_metadata(metadata.has_value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
