// SPDX-License-Identifier: Apache-2.0
// SetVotes: a node's operator changes its votes for prices and capacity; they count at the next
// change of epoch (N-5).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct SetVotes {
  using Message = spec::SetVotes;
  base::NodeId node;
  std::optional<Amount> storage_price;
  std::optional<Amount> write_price;
  std::optional<std::uint64_t> capacity;  // bytes
  static Parsed<SetVotes> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, BAD_VOTE.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
