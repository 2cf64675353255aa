// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/node/resume_consensus.h"

#include "ledger/duties.h"
#include "ledger/gov.h"
#include "ledger/nodes.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<ResumeConsensus> ResumeConsensus::parse(const Message& message) {
  TRY_ASSIGN(const auto node, id_field<base::NodeId>(message.node(), "node"));
  return ResumeConsensus{node};
}

base::Result<void, Rejected> ResumeConsensus::apply(Context& ctx) const {
  TRY(operated_node(ctx, node));
  if (weight_of(ctx, {node}) == 0) return ctx.reject(spec::NOT_MEMBER);
  if (!duties_of(ctx.state(), node).consensus_off) return ctx.reject(spec::NODE_STATE);
  switch_on(ctx, node);
  return {};
}

}  // namespace wald::ledger::tx
