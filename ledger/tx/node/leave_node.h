// SPDX-License-Identifier: Apache-2.0
// LeaveNode: the operator says that its node leaves, which takes effect with the next selection.
// ReturnNode: it takes that back before this selection, never later (N-6).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct LeaveNode {
  using Message = spec::LeaveNode;
  base::NodeId node;
  static Parsed<LeaveNode> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, NODE_STATE (leaving already).
  base::Result<void, Rejected> apply(Context& ctx) const;
};

struct ReturnNode {
  using Message = spec::ReturnNode;
  base::NodeId node;
  static Parsed<ReturnNode> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, NODE_STATE (not leaving, left, or a selection went without it).
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
