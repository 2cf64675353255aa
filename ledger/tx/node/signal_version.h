// SPDX-License-Identifier: Apache-2.0
// SignalVersion (kind 14): a node says that it can run the next protocol version, and with which
// program (G-2). Once per node and epoch; the last word stands.
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct SignalVersion {
  using Message = spec::SignalVersion;
  RawStatement raw;
  proofs::SignalVersion body;
  static Parsed<SignalVersion> parse(const Message& message);
  // In this order: WRONG_CHAIN, WRONG_EPOCH, UNKNOWN_NODE (also of a node that has left),
  // VERSION_NOT_NEXT, REPEATED, QUOTA, BAD_SIGNATURE.
  base::Result<void, Dropped> admit(const Context& view) const;
  void apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
