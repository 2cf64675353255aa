// SPDX-License-Identifier: Apache-2.0
// Vote: a member with its shards, or stakes with their parts of them, once and for good (G-3). What
// a stake says leaves the vote of its node, whichever came first.
#pragma once

#include "ledger/operation.h"
#include "ledger/state/ballot.h"

namespace wald::ledger::tx {

struct Vote {
  using Message = spec::Vote;
  std::uint32_t proposal = 0;
  bool yes = false;
  std::optional<base::NodeId> node;  // else stakes
  std::vector<base::ObjectId> stakes;
  std::optional<base::Hash> reason;
  static Parsed<Vote> parse(const Message& message);
  // UNKNOWN_NODE and NOT_AUTHORITY, or UNKNOWN_OBJECT and NOT_OWNER; NO_PROPOSAL, BALLOT_CLOSED,
  // ALREADY_VOTED, NO_WEIGHT. One stake refused refuses all.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
