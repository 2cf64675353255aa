// SPDX-License-Identifier: Apache-2.0
// Typed read-only questions to one version of the state, answered with the messages of
// query*.proto by the functions that transactions and phases use. Nothing is answered where the
// thing named does not exist. Costs are bounded by the size of the answer, of the committee and of
// the set of pools. Thread rule: pure functions over a Reader.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/ids.h"
#include "economics/basis_points.h"
#include "ledger/refusal.h"
#include "ledger/store.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_account.pb.h"
#include "specs/proto/query_explain.pb.h"
#include "specs/proto/query_gov.pb.h"
#include "specs/proto/query_history.pb.h"
#include "specs/proto/query_market.pb.h"
#include "specs/proto/query_powers.pb.h"
#include "specs/proto/query_storage.pb.h"

namespace wald::ledger {
struct CheckedTx;
}

namespace wald::ledger::queries {

spec::Epoch running_epoch(const Reader& state);
spec::Params params(const Reader& state);
spec::Supply supply(const Reader& state);
std::optional<spec::Committee> committee(const Reader& state, base::Epoch epoch);
// The apportionment of today's stake: the committee of the next epoch, or of the one after it where
// the next is chosen already. Nothing while nobody could be chosen.
std::optional<spec::Committee> projected_committee(const Reader& state, const base::ChainId& chain);
std::optional<spec::Shards> shards(const Reader& state, base::Epoch epoch);

std::optional<spec::Node> node(const Reader& state, const base::NodeId& id);
std::vector<spec::Node> nodes(const Reader& state);  // ascending by id

// Of a member of an epoch that is closed.
std::optional<spec::NodeEpoch> node_epoch(const Reader& state, const base::NodeId& node,
                                          base::Epoch epoch);

// Stake that comes and goes at the epochs to come, as asked for so far; without the node nothing.
std::optional<std::vector<spec::StakeFlow>> flows(const Reader& state, const base::NodeId& node);

std::optional<spec::Account> account(const Reader& state, const base::AccountId& id);
// All that it has, by where it is; as many steps as it has stakes and vestings.
std::optional<spec::Balances> balances(const Reader& state, const base::AccountId& id);
std::optional<spec::Stake> stake(const Reader& state, const base::ObjectId& id);
std::vector<spec::Stake> stakes_of(const Reader& state, const base::AccountId& owner);
std::optional<spec::Vesting> vesting(const Reader& state, const base::ObjectId& id);
std::vector<spec::Vesting> vestings_of(const Reader& state, const base::AccountId& beneficiary);
// What DelegateStake would answer now: the dates, or the refusal.
base::Result<spec::StakeEstimate, Refused> estimate_stake(const Reader& state,
                                                          const base::NodeId& node,
                                                          std::uint64_t frost);

// What RequestExit would fix now for the whole or a part, or what WithdrawStake would pay where the
// way is direct, whoever asks; or the refusal.
base::Result<spec::WayOut, Refused> estimate_exit(const Reader& state, const base::ObjectId& stake,
                                                  std::optional<std::uint64_t> amount);

// What ReserveStorage would answer a buyer with enough money: the cost, or the refusal.
base::Result<spec::StorageEstimate, Refused> estimate_storage(const Reader& state,
                                                              std::uint64_t size, base::Epoch start,
                                                              base::Epoch end);
// What ExtendBlob of a blob object, for money of the owner's, or ExtendBucket would answer now who
// may and can pay: the cost, or the refusal.
base::Result<spec::ExtensionEstimate, Refused> estimate_blob_extension(const Reader& state,
                                                                       const base::ObjectId& blob,
                                                                       std::uint32_t epochs);
base::Result<spec::ExtensionEstimate, Refused> estimate_bucket_extension(
    const Reader& state, const base::ObjectId& bucket, std::uint32_t epochs);
spec::StoragePrices storage_prices(const Reader& state);
// Epochs that can be sold, the running one first.
std::vector<spec::FutureEpoch> storage_future(const Reader& state);
std::optional<spec::Resource> resource(const Reader& state, const base::ObjectId& id);
std::vector<spec::Resource> resources_of(const Reader& state, const base::AccountId& owner);
std::optional<spec::BlobObject> blob(const Reader& state, const base::ObjectId& id);
std::vector<spec::BlobObject> blobs_of(const Reader& state, const base::AccountId& owner);
std::optional<spec::Bucket> bucket(const Reader& state, const base::ObjectId& id);
std::vector<spec::Bucket> buckets_of(const Reader& state, const base::AccountId& owner);
// What certified this object, while it lives.
std::optional<spec::StoredCertificate> certificate(const Reader& state, const base::ObjectId& id);
// Ascending by blob id.
std::vector<spec::BlobObject> blobs_in(const Reader& state, const base::ObjectId& bucket);

// A ballot with text, subject and tally; all of them, the newest first; its votes, by the id of
// node or stake; the members of its snapshot that have not voted, with what they could give.
std::optional<spec::Ballot> ballot(const Reader& state, std::uint32_t number);
std::vector<spec::Ballot> ballots(const Reader& state);
std::vector<spec::BallotVote> votes(const Reader& state, std::uint32_t number);
std::vector<spec::BallotMember> not_voted(const Reader& state, std::uint32_t number);

// What the next change of epoch does to prices and capacity if nobody does anything before; nothing
// while nobody could be chosen. The same with other votes of one node, as SetVotes would take them.
std::optional<spec::ParameterVotes> parameter_votes(const Reader& state,
                                                    const base::ChainId& chain);
struct VotesAsked {
  std::optional<std::uint64_t> storage_price;  // FROST
  std::optional<std::uint64_t> write_price;    // FROST
  std::optional<std::uint64_t> capacity;       // bytes
};
base::Result<std::optional<spec::VoteEstimate>, Refused> estimate_votes(const Reader& state,
                                                                        const base::ChainId& chain,
                                                                        const base::NodeId& node,
                                                                        const VotesAsked& votes);
// How far a node is from one shard more and one less in the committee projected. About 130
// elections.
std::optional<spec::NextSeat> next_seat(const Reader& state, const base::ChainId& chain,
                                        const base::NodeId& node);

std::vector<spec::PauseState> pauses(const Reader& state);             // a row for each group
std::optional<spec::FoundationState> foundation(const Reader& state);  // nothing: there is none
std::optional<spec::NodeDuties> duties(const Reader& state, const base::NodeId& node);

// Nothing where there is nothing to explain.
enum class PriceKind : std::uint8_t { kStorage, kWrite, kCapacity };
std::optional<spec::ExplainPrice> explain_price(const Reader& state, const base::ChainId& chain,
                                                PriceKind kind);
std::optional<spec::ExplainShards> explain_shards(const Reader& state, const base::ChainId& chain);
std::optional<spec::ExplainCommission> explain_commission(const Reader& state,
                                                          const base::NodeId& node);
// Of a closed epoch, at the rate that was in force in it; nothing where the rate is another.
std::optional<spec::EarnedCommission> earned_commission(const Reader& state,
                                                        const base::NodeId& node, base::Epoch epoch,
                                                        economics::Bps rate);
// FEE_OVER_LIMIT for a fee beyond all money.
base::Result<spec::ExplainFee, Refused> explain_fee(const Reader& state, const CheckedTx& tx);
// Of a ballot on a node's commission.
std::optional<spec::ExplainSlash> explain_slash(const Reader& state, std::uint32_t number);

}  // namespace wald::ledger::queries
