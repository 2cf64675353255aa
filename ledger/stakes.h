// SPDX-License-Identifier: Apache-2.0
// What stake transactions and queries share: the view of a node and the moment that the rules of
// economics/ ask for, mint and claim records by node and epoch, and the sink (M-6, P-2, P-9).
#pragma once

#include "economics/stakes.h"
#include "ledger/context.h"
#include "ledger/state/node.h"
#include "ledger/state/pool.h"

namespace wald::ledger {

// Whether the node sits in the committee of `epoch`; false while that is not chosen.
bool is_member(const Reader& state, base::Epoch epoch, const base::NodeId& node);
// The node must exist (CHECK).
economics::NodeView node_view(const Reader& state, const base::NodeId& node);
economics::Moment moment(const Reader& state);

std::optional<economics::Mint> mint_of(const Reader& state, const base::NodeId& node,
                                       base::Epoch activation);
std::optional<economics::Claim> claim_of(const Reader& state, const base::NodeId& node,
                                         base::Epoch exit);
// The rate of a claim stays for ever, its money and principal fall to zero.
void save_mint(Overlay& state, const base::NodeId& node, base::Epoch activation,
               const economics::Mint& mint);
void save_claim(Overlay& state, const base::NodeId& node, base::Epoch exit,
                const std::optional<economics::Claim>& claim);

// M-6: into the repair fund up to its cap, the rest burned with the given cause.
economics::Sunk sink(Overlay& state, const Params& params, Coin coin, spec::BurnCause cause);
void add_to_fund(Overlay& state, const std::string& fund, Coin coin);

// A stake of the sender in a pool that works: UNKNOWN_OBJECT, NOT_OWNER, POOL_QUARANTINED.
base::Result<economics::Stake, Rejected> own_stake(Context& ctx, const base::ObjectId& named);
// P-2: the first look after its mint gives a stake its shares, which is an event. For who changes
// the shares or ends the stake right after; the record is for the caller to write.
base::Result<void, Rejected> touch(Context& ctx, economics::Stake& stake);
// Writes the record; if `before` had no shares yet, those of `after` are what it got (P-2).
void save_stake(Context& ctx, const economics::Stake& before, const economics::Stake& after);
// A stake that is new in the state, under its owner.
void put_stake(Context& ctx, const economics::Stake& stake);
// The same with its money, into the pool that economics::accept_stake() left.
void stake_in(Context& ctx, const economics::Stake& stake, economics::Pool pool, Coin coin);

// P-12: the part that leaves becomes a stake of its own, what stays is written back; stake.split.
// BOND_FIXED, STAKE_TOO_SMALL.
base::Result<economics::Stake, Rejected> split_off(Context& ctx, economics::Stake whole,
                                                   Amount amount);

// A stake that economics::request_exit() made leave, with its pool after that.
struct ExitAsked {
  const economics::Stake& before;
  const economics::Stake& after;
  economics::Pool pool;
  economics::Leaving way;
};
void record_exit(Context& ctx, ExitAsked exit);

// A stake that economics::withdraw() ended, with what that left of pool and rates.
struct PaidOut {
  const economics::Stake& stake;  // as it was
  economics::Pool pool;
  std::optional<economics::Mint> mint;
  bool had_claim = false;  // its exit epoch has a claim; nothing: that has ended
  std::optional<economics::Claim> claim;
  economics::Withdrawal paid;
};
// Takes the record away and the money out of the pool: fee and crumbs to where they belong, the
// rest is the answer. No event but that of a pool that fell empty.
Coin pay_out(Context& ctx, PaidOut out);
// pool.dustSwept, where anything was left.
void emit_swept(Context& ctx, const base::NodeId& node, Amount swept);
// pool.generationReset, where a pool fell empty and began anew (P-5.6).
void emit_generation(Context& ctx, const base::NodeId& node, std::uint32_t before,
                     std::uint32_t after);

}  // namespace wald::ledger
