// SPDX-License-Identifier: Apache-2.0
// VrfKey (kind 12): a node names another key for its reveals; it counts from epoch e+2 on, so
// nobody picks a key after seeing a seed it will meet (O-4). Once per node and epoch.
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct VrfKey {
  using Message = spec::VrfKey;
  RawStatement raw;
  proofs::VrfKey body;
  static Parsed<VrfKey> parse(const Message& message);
  // In this order: MALFORMED, NO_ROUND, NOT_IN_SNAPSHOT, REPEATED, QUOTA, KEY_TAKEN, BAD_SIGNATURE,
  // BAD_POSSESSION.
  base::Result<void, Dropped> admit(const Context& view) const;
  void apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
