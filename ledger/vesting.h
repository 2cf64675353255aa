// SPDX-License-Identifier: Apache-2.0
// WAL locked for a beneficiary (T-3): what of it is free at a time, and how it goes behind a node
// and comes back. The record holds what is neither released nor staked. What was taken to be staked
// is counted in `staked`: whatever comes back of a stake refills the record up to the principal
// that left it, the rest is free. Thread rule: functions over a state.
#pragma once

#include "economics/stake_pool.h"
#include "ledger/context.h"
#include "ledger/state/account.h"

namespace wald::ledger {

// start < end, start <= cliff <= end, at least one step.
bool is_schedule(const VestingRecord& record);
// Nothing before the cliff, then the steps that have passed, rounded down; released or not.
Amount free_at(const VestingRecord& record, base::TimeMs now);
// What ReleaseVested pays now: free, not released yet, and not behind a node.
Amount releasable(const VestingRecord& record, base::TimeMs now);

// A new record of the schedule, which holds the coin, under its beneficiary; token.vestingCreated.
void lock(Context& ctx, VestingRecord schedule, Coin coin);

// A record that holds nothing and waits for nothing ends, and then the answer is true.
bool save_or_end(Context& ctx, const VestingRecord& record, const base::ObjectId& id);

// A vesting of the sender: UNKNOWN_OBJECT, NOT_OWNER.
base::Result<VestingRecord, Rejected> own_vesting(Context& ctx, const base::ObjectId& named);
// Takes locked WAL to be staked: NOT_VESTED where there is less.
base::Result<Coin, Rejected> take_to_stake(Context& ctx, const base::ObjectId& vesting,
                                           Amount amount);
// The part of a payout that goes back into the vesting of the stake that ended; what stays in
// `paid` is the owner's.
Amount refill(Context& ctx, const economics::Stake& ended, Coin& paid);
// A stake that moved with less than its principal: the rest will not come back.
void note_moved(Context& ctx, const economics::Stake& ended, Amount now);

}  // namespace wald::ledger
