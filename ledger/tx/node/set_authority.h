// SPDX-License-Identifier: Apache-2.0
// SetAuthority: the account that holds a role of a node hands it on to another (N-2).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct SetAuthority {
  using Message = spec::SetAuthority;
  base::NodeId node;
  spec::NodeRole role = spec::NODE_ROLE_NONE;
  base::AccountId account;
  static Parsed<SetAuthority> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, BELOW_ACCOUNT_MIN (an account that does not exist).
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
