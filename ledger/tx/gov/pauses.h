// SPDX-License-Identifier: Apache-2.0
// EmergencyPause and Resume (G-8): the foundation pauses at once, members together by one-honest
// weight within a day; a quorum of them ends a pause before its time. Each group stands for itself
// in the record, but a transaction that names several is accepted whole or refused whole.
#pragma once

#include "ledger/gov.h"
#include "ledger/operation.h"

namespace wald::ledger::tx {

struct EmergencyPause {
  using Message = spec::EmergencyPause;
  PauseGroups groups = 0;
  base::TimeMs until;
  std::optional<base::NodeId> node;  // nothing: the foundation
  static Parsed<EmergencyPause> parse(const Message& message);
  // UNKNOWN_NODE and NOT_AUTHORITY, or POWER_ENDED; OUT_OF_BOUNDS; DONE (paused in this epoch).
  base::Result<void, Rejected> apply(Context& ctx) const;
};

struct Resume {
  using Message = spec::Resume;
  PauseGroups groups = 0;
  base::NodeId node;
  static Parsed<Resume> parse(const Message& message);
  // UNKNOWN_NODE, NOT_AUTHORITY, DONE (not paused, or it asked already).
  base::Result<void, Rejected> apply(Context& ctx) const;
};

}  // namespace wald::ledger::tx
