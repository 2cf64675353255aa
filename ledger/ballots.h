// SPDX-License-Identifier: Apache-2.0
// Ballots between their transactions and their phases (G-1 to G-4): what waits for what, who is
// among the open ones, the snapshot that says who may vote with how much, and the count. Weights
// are shards in millionths (kPpm a shard). Thread rule: functions over a state.
#pragma once

#include "economics/stake_pool.h"
#include "ledger/context.h"
#include "ledger/state/ballot.h"
#include "specs/proto/ballot.pb.h"

namespace wald::ledger {

inline constexpr std::size_t kOpenEach = 4;    // ballots of one account at a time
inline constexpr std::size_t kOpenAll = 32;    // of all accounts
inline constexpr std::size_t kTitleMax = 200;  // bytes
inline constexpr std::size_t kTextMax = 16'384;
inline constexpr std::size_t kValuesMax = 16;  // parameters in one ballot

spec::BallotKind kind_of(const ProposalRecord& record);
spec::BallotState state_of(const ProposalRecord& record);
// Votes count: rights follow the number of the epoch, or the time, not the sweep.
bool is_open(const ProposalRecord& record, base::Epoch running, base::TimeMs now);
// Votes are kept by the id of a node or a stake.
template <class Id>
base::Hash voter_key(const Id& id) {
  return base::Hash::from(id.view());
}

struct Waiting {
  std::uint64_t when;
  std::uint32_t number;
};
// Those of a stage whose time has come, earliest first, at most `limit`.
std::vector<Waiting> come(const Reader& state, BallotStage stage, std::uint64_t now,
                          std::size_t limit);

// NO_PROPOSAL.
base::Result<ProposalRecord, Rejected> require_proposal(Context& ctx, std::uint32_t number);

// Whether one more of this account would be counted (G-1): TOO_MANY_OPEN if that is too many.
base::Result<QueuedBallot, Rejected> require_room(Context& ctx);

// Opens the snapshot of a ballot, the state before the block: members of its committee but for an
// accused. Answers the shards that can vote.
std::uint32_t take_snapshot(Context& ctx, std::uint32_t number, base::Epoch shown,
                            const std::optional<base::NodeId>& accused);

// Of a node without the parts that vote themselves.
std::uint64_t node_weight(const SnapshotRecord& snapshot);
// floor(PPM * shards * own / total).
std::uint64_t part_weight(const SnapshotRecord& snapshot, economics::Shares own);
// Shares of a stake in the snapshot; nothing if it was not at work there, or is another since.
std::optional<economics::Shares> shares_then(const Reader& state, const ProposalRecord& record,
                                             const SnapshotRecord& snapshot,
                                             const economics::Stake& stake);

// The count (G-2, G-4), of a ballot that is over: kPassed, kFailed or kNoQuorum.
BallotState count(const ProposalRecord& record);
// A tenth of all shards said yes, so the deposit returns (G-1).
bool is_backed(const BallotTally& tally, std::uint64_t shards);

// G-5: of the parameters as they would stand with these values a sentence that says what is wrong,
// else nothing. `params`: what is in force.
std::string wrong_values(const Params& params, const std::vector<ParamValue>& values);
Params with_values(Params params, const std::vector<ParamValue>& values);

// gov.executed of a ballot that ended so.
void report_end(Context& ctx, std::uint32_t number, const ProposalRecord& record,
                const std::string& reason);

}  // namespace wald::ledger
