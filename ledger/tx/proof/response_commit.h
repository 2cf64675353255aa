// SPDX-License-Identifier: Apache-2.0
// ResponseCommit (kind 2): the root over a member's answers and what it could not answer (O-17).
// In COMMIT on time, in VERIFY late; the first one included stands. Denied leaves may be named by
// who has a deny list in the snapshot; whether the list holds them is for verifiers to see (O-18).
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct ResponseCommit {
  using Message = spec::ResponseCommit;
  RawStatement raw;
  proofs::ResponseCommit body;
  static Parsed<ResponseCommit> parse(const Message& message);
  // In this order: MALFORMED, NO_ROUND, WRONG_PHASE, WRONG_SEED, NOT_IN_SNAPSHOT, MALFORMED (number
  // of points, denied without a list), REPEATED, COMMITTED, BAD_SIGNATURE.
  base::Result<void, Dropped> admit(const Context& view) const;
  void apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
