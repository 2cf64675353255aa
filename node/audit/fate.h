// SPDX-License-Identifier: Apache-2.0
// What the state says about a statement of this node that is on its way, and the envelope it
// travels in (O-16, O-19, O-37). Pure queries, any thread over a fixed version.
#pragma once

#include "ledger/challenges.h"
#include "node/audit/outbox.h"

namespace wald::audit {

// Included: the tally (or the sync record) shows it. Over: its phase, round or epoch is, or it is
// not needed any more.
Fate fate_of(const ledger::Reader& state, const base::ChainId& chain, const base::NodeId& self,
             const Slot& slot, base::ByteView statement);

// Chain, protocol version of the state and the operation, nothing else.
base::Bytes statement_envelope(const ledger::Reader& state, const base::ChainId& chain,
                               proofs::Kind kind, base::ByteView statement);

}  // namespace wald::audit
