// SPDX-License-Identifier: Apache-2.0
// The selection (H-6, H-7): who sits in the committee of the next epoch, with how many and which
// shards, and under which keys. choose() is a pure look at the state, for genesis, the phase and
// projections; select() is the phase. Thread rule: one block at a time.
#pragma once

#include "economics/committee.h"
#include "ledger/epoch/losses.h"

namespace wald::ledger::epoch {

struct Choice {
  CommitteeRecord committee;     // members by id; none: nobody can be chosen and nobody sits
  economics::Election election;  // C-1 to C-3; empty if carried over
  bool carried_over = false;     // H-7
  std::string reason;            // why
};
// The committee of `target` as an election now would have it. present: the sitting one.
Choice choose(const Reader& state, const base::ChainId& chain, const Params& params,
              base::Epoch target, const CommitteeRecord& present, const LostShards& lost);

// The key of a node whose reveals count in `epoch` (O-4).
base::PublicKey vrf_key_in(const NodeRecord& node, base::Epoch epoch);

void select(Context& ctx);

}  // namespace wald::ledger::epoch
