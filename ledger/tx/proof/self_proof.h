// SPDX-License-Identifier: Apache-2.0
// SelfProof (kind 7): an unconfirmed member opens leaves of its own on the ledger (O-22); only the
// leaves so shown are credited. In the last third of VERIFY and in INSPECT.
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct SelfProof {
  using Message = spec::SelfProof;
  RawStatement raw;
  proofs::OpeningList body;
  static Parsed<SelfProof> parse(const Message& message);
  // In this order: MALFORMED, NO_ROUND, WRONG_PHASE, WRONG_SEED, NOT_IN_SNAPSHOT, MALFORMED
  // (another prover), REPEATED (nothing new), QUOTA (8 MiB, or confirmed), BAD_SIGNATURE,
  // BAD_OPENING.
  base::Result<void, Dropped> admit(const Context& view) const;
  void apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
