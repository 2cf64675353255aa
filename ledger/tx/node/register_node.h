// SPDX-License-Identifier: Apache-2.0
// RegisterNode: the sender becomes the operator of a storage node, which may be elected from the
// next selection on (N-1). Node and pool get their id from the first protocol key.
#pragma once

#include "ledger/nodes.h"
#include "ledger/operation.h"
#include "specs/proto/common.pb.h"

namespace wald::ledger::tx {

struct RegisterNode {
  using Message = spec::RegisterNode;
  static constexpr spec::PauseGroup kPauses = spec::PAUSE_REGISTRATIONS;
  Registration registration;
  static Parsed<RegisterNode> parse(const Message& message);
  // Of possession: the protocol key's, and the consensus key's where one is announced.
  std::uint32_t signatures() const { return registration.consensus ? 2 : 1; }
  // BAD_NODE_INFO, BAD_POSSESSION, KEY_TAKEN, BAD_RATE, BAD_VOTE, BELOW_ACCOUNT_MIN, POOLS_FULL,
  // INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
