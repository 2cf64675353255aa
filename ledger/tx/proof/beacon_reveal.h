// SPDX-License-Identifier: Apache-2.0
// BeaconReveal (kind 1): a member's part of the seed, its VRF proof over alpha (O-8). Only in
// FREEZE; once per member.
#pragma once

#include "ledger/tx/proof/round_statement.h"

namespace wald::ledger::tx {

struct BeaconReveal {
  using Message = spec::BeaconReveal;
  RawStatement raw;
  proofs::BeaconReveal body;
  static Parsed<BeaconReveal> parse(const Message& message);
  // In this order: MALFORMED, NO_ROUND, WRONG_PHASE, WRONG_SEED, NOT_IN_SNAPSHOT, REPEATED,
  // BAD_VRF.
  base::Result<void, Dropped> admit(const Context& view) const;
  void apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
