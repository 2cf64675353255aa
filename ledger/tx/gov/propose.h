// SPDX-License-Identifier: Apache-2.0
// Propose: opens a ballot over a deposit (G-1). Its subject is checked at once; who may vote with
// how much is what stood in the block before (G-2).
#pragma once

#include "ledger/operation.h"
#include "ledger/state/ballot.h"

namespace wald::ledger::tx {

struct Propose {
  using Message = spec::Propose;
  BallotText text;
  base::Hash text_hash;  // of the text, or given instead of it
  bool has_text = false;
  BallotSubject subject;
  static Parsed<Propose> parse(const Message& message);
  // LIMIT; POWER_ENDED (no committee in the block before); TOO_MANY_OPEN; of the subject
  // BAD_SUBJECT, BELOW_ACCOUNT_MIN (payee), OUT_OF_BOUNDS, DRY_RUN_FAILED, POWER_ENDED (urgent),
  // VERSION_NOT_NEXT; INSUFFICIENT.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
