// SPDX-License-Identifier: Apache-2.0
// Every table of the state (A-21; ledger.md 12): prefix, name, key parts, record. Prefixes are
// never reused. kTables lists them all; what walks the whole state (audit, dump, docs) walks that
// list.
#pragma once

#include <tuple>

#include "ledger/state/account.h"
#include "ledger/state/ballot.h"
#include "ledger/state/chain.h"
#include "ledger/state/gov.h"
#include "ledger/state/node.h"
#include "ledger/state/pool.h"
#include "ledger/state/round.h"
#include "ledger/state/storage.h"
#include "ledger/state/table.h"

namespace wald::ledger {

inline constexpr Table<ChainRecord> kChain{0x01, "chain"};
inline constexpr Table<ParamRecord, std::string> kParams{0x02, "param"};
inline constexpr Table<SupplyRecord> kSupply{0x03, "supply"};
inline constexpr Table<AccountRecord, base::AccountId> kAccounts{0x04, "account"};
inline constexpr Table<VestingRecord, base::ObjectId> kVestings{0x05, "vesting"};
inline constexpr Table<FundRecord, std::string> kFunds{0x06, "fund"};
inline constexpr Table<NodeRecord, base::NodeId> kNodes{0x07, "node"};
inline constexpr Table<KeyRecord, base::PublicKey> kKeys{0x08, "key"};
inline constexpr Table<PoolRecord, base::NodeId> kPools{0x09, "pool"};
inline constexpr Table<RateRecord, base::NodeId, base::Epoch> kRates{0x0a, "rate"};
inline constexpr Table<economics::Stake, base::ObjectId> kStakes{0x0b, "stake"};
inline constexpr Table<QuarantineRecord, base::NodeId> kQuarantine{0x0c, "quarantine"};
inline constexpr Table<CommitteeRecord, base::Epoch> kCommittees{0x0d, "committee"};
inline constexpr Table<SyncRecord, base::Epoch> kSync{0x0e, "sync"};
inline constexpr Table<RingSlot, base::Epoch> kRing{0x0f, "ring"};
inline constexpr Table<ResourceRecord, base::ObjectId> kResources{0x10, "resource"};
inline constexpr Table<BlobRecord, base::ObjectId> kBlobs{0x11, "blob"};
inline constexpr Table<BlobIdRecord, base::BlobId> kBlobIds{0x12, "blob_id"};
inline constexpr Table<BucketRecord, base::ObjectId> kBuckets{0x13, "bucket"};
inline constexpr Table<AttributeRecord, base::ObjectId, std::string> kAttributes{0x14, "attribute"};
inline constexpr Table<CertificateRecord, base::ObjectId> kCertificates{0x15, "certificate"};
inline constexpr Table<ExpiryRecord, base::Epoch, base::ObjectId> kExpiry{0x16, "expiry"};
inline constexpr Table<IndexNode, std::uint8_t, std::uint64_t> kIndex{0x17, "index"};
inline constexpr Table<RoundRecord, base::Epoch, base::Round> kRounds{0x18, "round"};
inline constexpr Table<TallyRecord, base::Epoch, base::Round, base::NodeId> kTallies{0x19, "tally"};
inline constexpr Table<ScoreRecord, base::Epoch, base::NodeId> kScores{0x1b, "score"};
inline constexpr Table<ProposalRecord, std::uint32_t> kProposals{0x1c, "proposal"};
inline constexpr Table<SnapshotRecord, std::uint32_t, base::NodeId> kSnapshots{0x1d, "snapshot"};
inline constexpr Table<VoteRecord, std::uint32_t, base::Hash> kVotes{0x1e, "vote"};
inline constexpr Table<PauseRecord, std::uint8_t> kPauses{0x1f, "pause"};
inline constexpr Table<OwnedRecord, base::AccountId, base::ObjectId> kOwned{0x20, "owner"};
inline constexpr Table<MarketRecord> kMarket{0x21, "market"};
inline constexpr Table<IndexTop> kIndexTop{0x22, "index_top"};
inline constexpr Table<IndexChange, base::TimeMs, std::uint64_t> kIndexChanges{0x23,
                                                                               "index_change"};
inline constexpr Table<DrawRecord, base::Epoch, base::Round> kDraws{0x24, "draw"};
inline constexpr Table<NoticeRecord, base::Epoch, base::NodeId> kNotices{0x25, "notice"};
inline constexpr Table<CloseRecord, base::Epoch> kCloses{0x26, "close"};
inline constexpr Table<BatchRecord, base::Hash> kBatches{0x27, "certificate_batch"};
inline constexpr Table<FoundationRecord> kFoundation{0x28, "foundation"};
inline constexpr Table<InsideRecord, base::ObjectId, base::BlobId> kInside{0x29, "bucket_blob"};
inline constexpr Table<QueuedBallot, std::uint8_t, std::uint64_t, std::uint32_t> kBallotQueue{
    0x2a, "ballot_queue"};
inline constexpr Table<BallotText, std::uint32_t> kBallotTexts{0x2b, "ballot_text"};
inline constexpr Table<BallotCount> kBallotCount{0x2c, "ballot_count"};
inline constexpr Table<DutyRecord, base::NodeId> kDuties{0x2d, "duty"};
inline constexpr Table<AbsenceRecord, base::Height> kAbsences{0x2e, "absence"};
inline constexpr Table<AuthorityRecord> kAuthority{0x2f, "authority"};
inline constexpr Table<RollRecord, base::NodeId> kRoll{0x30, "roll"};

inline constexpr auto kTables = std::make_tuple(
    kChain, kParams, kSupply, kAccounts, kVestings, kFunds, kNodes, kKeys, kPools, kRates, kStakes,
    kQuarantine, kCommittees, kSync, kRing, kResources, kBlobs, kBlobIds, kBuckets, kAttributes,
    kCertificates, kExpiry, kIndex, kRounds, kTallies, kScores, kProposals, kSnapshots, kVotes,
    kPauses, kOwned, kMarket, kIndexTop, kIndexChanges, kDraws, kNotices, kCloses, kBatches,
    kFoundation, kInside, kDuties, kAbsences, kAuthority, kBallotQueue, kBallotTexts, kBallotCount,
    kRoll);

// Names of the funds (T-4).
inline const std::string kFundSubsidy = "subsidy";
inline const std::string kFundRepair = "repair";
inline const std::string kFundBonus = "bonus";
inline const std::string kFundTreasury = "treasury";

}  // namespace wald::ledger
