// SPDX-License-Identifier: Apache-2.0
// SetSequencerAuthority: whoever signs under the policy that names the sequencer replaces it (G-9).
#pragma once

#include "ledger/operation.h"

namespace wald::ledger::tx {

struct SetSequencerAuthority {
  using Message = spec::SetSequencerAuthority;
  base::Bytes policy;  // as given
  static Parsed<SetSequencerAuthority> parse(const Message& message);
  // NOT_AUTHORITY, BAD_POLICY.
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
