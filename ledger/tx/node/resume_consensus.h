// SPDX-License-Identifier: Apache-2.0
// ResumeConsensus: the operator says that its node is back; it has its consensus power again (N-8).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct ResumeConsensus {
  using Message = spec::ResumeConsensus;
  base::NodeId node;
  static Parsed<ResumeConsensus> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, NOT_MEMBER, NODE_STATE (it was not switched off).
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
