// SPDX-License-Identifier: Apache-2.0
// The step of one pool into an epoch (P-5): commission, reward and fine, doublings, the frozen
// rate, what leaves, the sweep, what starts, and ages. Total for every pool that keeps its
// identities; a pool whose arithmetic refuses all the same is left as it was and quarantined by the
// caller. Every sum that leaves or enters is in the outcome: in reward + bonus; out
// commission, fine, shift fee, sink. V' - V = reward + bonus - commission - bond and pool parts of
// the fine - shift - sunk, commission of the fine's other parts apart. Thread rule: a pure
// function.
#pragma once

#include <vector>

#include "economics/penalties.h"

namespace wald::economics {

struct StepInput {
  Epoch into;     // e
  Amount full;    // of epoch e-1
  Amount reward;  // 0..full (CHECK)
  Amount fine;
  Amount bonus;
  std::vector<AccountId> holders;  // one entry for each bad round that has a holder
  bool left = false;
};

// A bond that left in this step: what its stake record takes over, to be claimed (P-8).
struct BondLeft {
  ObjectId stake;
  Amount principal;
  Epoch activation;
  Leaving leaving;
  Minted minted;
};

struct StepOutcome {
  Amount commission;  // into escrow[e-1]
  Amount bonus;       // that entered
  Amount shift;       // F: shift_parts.burn burned, shift_parts.rest to the bonus account
  Halves shift_parts;
  std::optional<Fine> fine;     // if one was due
  Amount sunk;                  // to the sink: reward without stake at work, and the sweep
  std::optional<Amount> swept;  // W of a sweep, part of sunk
  std::optional<Mint> mint;     // new record mint[e]
  std::optional<Claim> claim;   // new record claims[e]
  std::optional<BondLeft> bond_left;
  std::optional<ObjectId> bond_started;  // this stake is the pool's bond now
  std::optional<ObjectId> topup_merged;  // this stake went into the bond; its record ends
};

// Left nodes: stepped while a minted bond is there, then never again (P-5).
inline bool stands_still(const Pool& pool, bool left) { return left && !pool.bond; }

// params: those of the epoch that closes. Not for a pool that stands still (CHECK).
Outcome<StepOutcome> pool_step(Pool& pool, const StepInput& input, const Params& params);

// Hands a burned bond's shares and dates back to its stake record.
void apply_bond_left(Stake& stake, const BondLeft& bond);

}  // namespace wald::economics
