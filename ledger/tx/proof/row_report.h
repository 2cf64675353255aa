// SPDX-License-Identifier: Apache-2.0
// RowReport (kind 4): whose answers a verifier found good, and a VRF proof over alpha2 (O-15,
// O-19, O-20). In VERIFY with duty and a part in the second seed, in INSPECT for confirmation only.
// Rows carry no demands and flag nobody leaky.
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct RowReport {
  using Message = spec::RowReport;
  RawStatement raw;
  static Parsed<RowReport> parse(const Message& message);
  // In this order: MALFORMED, NO_ROUND, WRONG_PHASE, WRONG_SEED, NOT_IN_SNAPSHOT, MALFORMED (body,
  // digest), REPEATED, QUOTA, BAD_SIGNATURE, BAD_VRF.
  base::Result<void, Dropped> admit(const Context& view) const;
  void apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
