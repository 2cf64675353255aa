// SPDX-License-Identifier: Apache-2.0
// Typed read-only questions to one version of the state, answered with the messages of
// query.proto by the functions that transactions use. Nothing is answered where the thing named
// does not exist. Costs are bounded by the size of the answer, of the committee and of the set of
// pools. Thread rule: pure functions over a Reader.
#pragma once

#include <optional>
#include <vector>

#include "codec/base/ids.h"
#include "ledger/refusal.h"
#include "ledger/store.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_account.pb.h"
#include "specs/proto/query_gov.pb.h"
#include "specs/proto/query_storage.pb.h"

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

std::optional<spec::Account> account(const Reader& state, const base::AccountId& id);
std::optional<spec::Stake> stake(const Reader& state, const base::ObjectId& id);
std::vector<spec::Stake> stakes_of(const Reader& state, const base::AccountId& owner);
std::optional<spec::Vesting> vesting(const Reader& state, const base::ObjectId& id);
std::vector<spec::Vesting> vestings_of(const Reader& state, const base::AccountId& beneficiary);
// What DelegateStake would answer now: the dates, or the refusal.
base::Result<spec::StakeEstimate, Refused> estimate_stake(const Reader& state,
                                                          const base::NodeId& node,
                                                          std::uint64_t frost);

// What ReserveStorage would answer a buyer with enough money: the cost, or the refusal.
base::Result<spec::StorageEstimate, Refused> estimate_storage(const Reader& state,
                                                              std::uint64_t size, base::Epoch start,
                                                              base::Epoch end);
spec::StoragePrices storage_prices(const Reader& state);
std::optional<spec::Resource> resource(const Reader& state, const base::ObjectId& id);
std::vector<spec::Resource> resources_of(const Reader& state, const base::AccountId& owner);
std::optional<spec::BlobObject> blob(const Reader& state, const base::ObjectId& id);
std::vector<spec::BlobObject> blobs_of(const Reader& state, const base::AccountId& owner);
std::optional<spec::Bucket> bucket(const Reader& state, const base::ObjectId& id);
std::vector<spec::Bucket> buckets_of(const Reader& state, const base::AccountId& owner);
// Ascending by blob id.
std::vector<spec::BlobObject> blobs_in(const Reader& state, const base::ObjectId& bucket);

// A ballot with text, subject and tally; all of them, the newest first; its votes, by the id of
// node or stake; the members of its snapshot that have not voted, with what they could give.
std::optional<spec::Ballot> ballot(const Reader& state, std::uint32_t number);
std::vector<spec::Ballot> ballots(const Reader& state);
std::vector<spec::BallotVote> votes(const Reader& state, std::uint32_t number);
std::vector<spec::BallotMember> not_voted(const Reader& state, std::uint32_t number);

}  // namespace wald::ledger::queries
