// SPDX-License-Identifier: Apache-2.0
// Life of a stake (P-2, P-4, P-8, P-9, P-11, P-12): accept, ask to leave, take out, split, merge,
// give, move; a node that becomes left; announcing a commission rate. The ledger loads the pool,
// the stake and the keyed records Mint (node, activation) and Claim (node, exit), calls one
// function and stores what changed; the stake record ends with a withdrawal, the Claim record when
// its principal is 0. Every function leaves its arguments as they were when it refuses. Fees use
// the parameters of the running epoch; a step uses those of the epoch it closes, so that a pre-exit
// pays what it was told. Thread rule: pure functions.
#pragma once

#include <optional>

#include "economics/params.h"
#include "economics/stake_pool.h"

namespace wald::economics {

enum class StakeState : std::uint8_t {
  kPending,   // mint[activation] is not there
  kActive,    // minted, in a class or in exits or in a claim
  kBond,      // the minted bond of its pool
  kReturned,  // mint[activation] is RETURNED
};
StakeState stake_state(const Stake& stake, const Pool& pool, const std::optional<Mint>& mint);

// Writes own and scale at the first look after the mint (P-2). No-op for any other state and for
// the bond, whose shares are in the pool.
Outcome<void> settle(Stake& stake, const Pool& pool, const std::optional<Mint>& mint);

// The stake as it stands: of a minted bond the pool's values, else settled (queries, P-2).
Outcome<Stake> current(Stake stake, const Pool& pool, const std::optional<Mint>& mint);

// P-4. The new record's activation; the caller fills in the rest. kStakeTooSmall, kPoolImpaired,
// kNodeLeaving, kBondLeaving.
struct NewStake {
  ObjectId id;
  Amount amount;
  bool bond = false;
};
Outcome<Epoch> accept_stake(Pool& pool, const NewStake& stake, const Moment& now,
                            const NodeView& node, const Params& params);

// P-9 alone: date and fee of a request. kUseDirectExit, kAlreadyLeaving.
struct ExitQuery {
  StakeState state;
  Epoch epoch;
  Epoch activation;
  bool in_current;
  bool in_next;
  bool requested;
};
Outcome<Leaving> exit_path(const ExitQuery& query, std::uint64_t shift_bps,
                           std::uint64_t shift_epochs);

// X-1 alone: what a direct way costs.
struct DirectFee {
  Ppm ppm;
  Amount fee;
  Amount paid;
};
DirectFee direct_fee(StakeState state, Amount gross, Epoch epoch, Epoch activation,
                     std::uint64_t shift_bps, std::uint64_t shift_epochs);

// P-9: asks to leave. Also kBondFixed, kBondLeaving.
Outcome<Leaving> request_exit(Pool& pool, Stake& stake, const std::optional<Mint>& mint,
                              const Moment& now, const NodeView& node, const Params& params);

// P-8, P-9: takes the money out; the stake record ends. Vault falls by paid + rest (claim) or by
// gross + swept (direct). kStakeNotMature, kExitNotRequested, kBondFixed.
struct Withdrawal {
  enum class Way : std::uint8_t { kDirect, kClaim };
  Way way = Way::kDirect;
  Amount gross;
  Amount fee;       // of a claim: withheld, its money moved at the burn (P-5.5)
  Amount paid;      // gross - fee, to the owner
  Amount burned;    // direct: the fee's half that is burned
  Amount to_bonus;  // direct: the other half
  Amount rest;      // claim: what the closing record leaves, to the sink
  Amount swept;     // left pool that fell empty, to the sink
  Amount dust() const { return rest.plus(swept).value(); }  // parts of one vault
};
Outcome<Withdrawal> withdraw(Pool& pool, Stake& stake, std::optional<Mint>& mint,
                             std::optional<Claim>& claim, const Moment& now, const NodeView& node,
                             const Params& params);

// P-12. The new stake; `stake` keeps the rest. kStakeTooSmall, kBondFixed.
Outcome<Stake> split_stake(const Pool& pool, Stake& stake, const std::optional<Mint>& mint,
                           Amount amount, ObjectId new_id, const Params& params);
// P-12. `other` vanishes into `stake`. kMergeMismatch, kBondFixed.
Outcome<void> merge_stakes(const Pool& pool, Stake& stake, const std::optional<Mint>& mint,
                           const Stake& other, const std::optional<Mint>& other_mint);
// P-12. kBondFixed.
Outcome<void> give_stake(const Pool& pool, Stake& stake, const std::optional<Mint>& mint,
                         AccountId owner);

// P-12: by the way of P-9. Direct: withdrawn and staked at the target in one, `staked` is the new
// record; by request: `requested`, the owner stakes the claim later. Refused whole.
struct MoveTarget {
  NodeId node_id;
  Pool& pool;
  NodeView node;
  ObjectId new_id;
};
struct Moved {
  std::optional<Leaving> requested;
  Withdrawal withdrawal;
  std::optional<Stake> staked;
};
Outcome<Moved> move_stake(Pool& from, Stake& stake, std::optional<Mint>& mint, const Moment& now,
                          const NodeView& node, const MoveTarget& target, const Params& params);

// N-6: the node becomes left in this epoch: a minted bond that had not asked is taken as asked for,
// and an empty pool is swept at once.
struct Left {
  std::optional<Leaving> bond;
  Amount swept;
};
Outcome<Left> become_left(Pool& pool, Epoch now, const Params& params);

// P-5.6: live = 0 and something remains: W to the sink, a new generation. None: nothing to sweep.
Outcome<std::optional<Amount>> sweep(Pool& pool);

// P-11: announces a rate in `now`, in force for the rewards of now+2. kRateTooHigh, kRateStep.
Outcome<Epoch> announce_rate(Pool& pool, std::uint64_t bps, Epoch now, std::uint64_t step_max);

}  // namespace wald::economics
