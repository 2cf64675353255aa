// SPDX-License-Identifier: Apache-2.0
// What governance keeps: the foundation's powers and the pauses (G-7, G-8).
#pragma once

#include "ledger/state/record.h"

namespace wald::ledger {

// Named at genesis; without a record there is no foundation.
struct FoundationRecord {
  base::AccountId account;
  base::Epoch sunset;  // the first epoch without its powers
  bool renounced = false;
  base::Epoch spent_in;  // the epoch in which it spent last
  Noted spent;           // in that epoch
};
WALD_RECORD(FoundationRecord, account, sunset, renounced, spent_in, spent);

// Whose policy names the sequencer (engine.md 2, G-9); without a record nobody's.
struct AuthorityRecord {
  base::Bytes policy;  // canonical bytes (U-1)
};
WALD_RECORD(AuthorityRecord, policy);

// A member asks for a pause; counts for a day.
struct PauseVote {
  base::NodeId node;
  base::TimeMs given;
  base::TimeMs until;  // asked for
};
WALD_RECORD(PauseVote, node, given, until);

// A group that was paused, or asked to be.
struct PauseRecord {
  base::TimeMs until;                // it is paused before this time
  std::optional<base::Epoch> epoch;  // in which it was paused last
  std::vector<PauseVote> votes;      // for the next pause; one a node
  std::vector<base::NodeId> resume;  // who asked for the end of this one
};
WALD_RECORD(PauseRecord, until, epoch, votes, resume);

}  // namespace wald::ledger
