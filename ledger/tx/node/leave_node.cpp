// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/leave_node.h"

#include "ledger/nodes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<LeaveNode> LeaveNode::parse(const Message& message) {
  TRY_ASSIGN(const auto node, id_field<base::NodeId>(message.node(), "node"));
  return LeaveNode{node};
}

base::Result<void, Rejected> LeaveNode::apply(Context& ctx) const {
  TRY_ASSIGN(NodeRecord record, operated_node(ctx, node));
  if (record.leaving) return ctx.reject(spec::NODE_STATE);
  WALD_CHECK(!record.left);  // a node that left is leaving all the same
  record.leaving = true;
  record.leave_from = next_selected(ctx);
  save(ctx.state(), kNodes, record, node);
  spec::NodeLeaving event;
  event.set_node(text_of(node));
  event.set_epoch(record.leave_from.value());
  ctx.emit(event);
  return {};
}

Parsed<ReturnNode> ReturnNode::parse(const Message& message) {
  TRY_ASSIGN(const auto node, id_field<base::NodeId>(message.node(), "node"));
  return ReturnNode{node};
}

base::Result<void, Rejected> ReturnNode::apply(Context& ctx) const {
  TRY_ASSIGN(NodeRecord record, operated_node(ctx, node));
  if (!record.leaving || record.left || record.leave_from != next_selected(ctx))
    return ctx.reject(spec::NODE_STATE);
  record.leaving = false;
  record.leave_from = base::Epoch();
  save(ctx.state(), kNodes, record, node);
  spec::NodeReturned event;
  event.set_node(text_of(node));
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
