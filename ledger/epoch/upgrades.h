// SPDX-License-Identifier: Apache-2.0
// Protocol versions by ballot (G-6, G-8): an approved one comes into force at the change into its
// epoch if a quorum has signalled it, else up to three epochs later; an urgent one a day after its
// count. The version of the chain changes behind the block, so that every block is of one version.
// Total. Thread rule: one block at a time.
#pragma once

#include "ledger/ballots.h"

namespace wald::ledger::epoch {

inline constexpr std::uint8_t kPutOffs = 3;
inline constexpr std::uint64_t kUrgentOpen = 3 * 86'400'000;  // ms that an urgent one is open
inline constexpr std::uint64_t kUrgentDelay = 86'400'000;     // ms from its count on

// Of an upgrade that passed: puts it where it waits, and tells of it.
void schedule_upgrade(Context& ctx, std::uint32_t number, const ProposalRecord& record);
// At the change into `opening`.
void change_version(Context& ctx, base::Epoch opening);
// Urgent ones whose time has come.
void change_version_soon(Context& ctx);

// Behind the block: the version of the chain is the one that came into force in it.
void turn_version(Overlay& state);

}  // namespace wald::ledger::epoch
