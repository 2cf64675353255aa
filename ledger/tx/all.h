// SPDX-License-Identifier: Apache-2.0
// Every transaction type, one line each. The registry proves at start that this list and the oneof
// of tx.proto hold the same types.
#pragma once

#include <tuple>

#include "ledger/tx/account/add_rewards.h"
#include "ledger/tx/account/batch.h"
#include "ledger/tx/account/bundle.h"
#include "ledger/tx/account/burn.h"
#include "ledger/tx/account/create_vesting.h"
#include "ledger/tx/account/donate.h"
#include "ledger/tx/account/release_vested.h"
#include "ledger/tx/account/set_keys.h"
#include "ledger/tx/account/transfer.h"
#include "ledger/tx/account/transfer_object.h"
#include "ledger/tx/gov/execute_proposal.h"
#include "ledger/tx/gov/foundation_spend.h"
#include "ledger/tx/gov/pauses.h"
#include "ledger/tx/gov/propose.h"
#include "ledger/tx/gov/renounce_powers.h"
#include "ledger/tx/gov/set_sequencer_authority.h"
#include "ledger/tx/gov/set_subsidy_rates.h"
#include "ledger/tx/gov/vote.h"
#include "ledger/tx/node/announce_key.h"
#include "ledger/tx/node/attest_sync.h"
#include "ledger/tx/node/collect_commission.h"
#include "ledger/tx/node/deny_lists.h"
#include "ledger/tx/node/leave_node.h"
#include "ledger/tx/node/register_node.h"
#include "ledger/tx/node/resume_consensus.h"
#include "ledger/tx/node/set_authority.h"
#include "ledger/tx/node/set_commission.h"
#include "ledger/tx/node/set_node_info.h"
#include "ledger/tx/node/set_votes.h"
#include "ledger/tx/node/signal_version.h"
#include "ledger/tx/proof/beacon_reveal.h"
#include "ledger/tx/proof/declare_lost.h"
#include "ledger/tx/proof/declare_restored.h"
#include "ledger/tx/proof/response_commit.h"
#include "ledger/tx/proof/row_report.h"
#include "ledger/tx/proof/self_proof.h"
#include "ledger/tx/proof/vrf_key.h"
#include "ledger/tx/stake/delegate_stake.h"
#include "ledger/tx/stake/merge_stakes.h"
#include "ledger/tx/stake/move_stake.h"
#include "ledger/tx/stake/request_exit.h"
#include "ledger/tx/stake/split_stake.h"
#include "ledger/tx/stake/withdraw_stake.h"
#include "ledger/tx/storage/certify_batch.h"
#include "ledger/tx/storage/certify_blob.h"
#include "ledger/tx/storage/create_bucket.h"
#include "ledger/tx/storage/delete_blob.h"
#include "ledger/tx/storage/deny_list_blob_deleted.h"
#include "ledger/tx/storage/extend_blob.h"
#include "ledger/tx/storage/fund_blob.h"
#include "ledger/tx/storage/grant_bucket.h"
#include "ledger/tx/storage/invalidate_blob.h"
#include "ledger/tx/storage/merge_storage.h"
#include "ledger/tx/storage/register_blob.h"
#include "ledger/tx/storage/release_storage.h"
#include "ledger/tx/storage/reserve_storage.h"
#include "ledger/tx/storage/resize_bucket.h"
#include "ledger/tx/storage/set_attributes.h"
#include "ledger/tx/storage/share_blob.h"
#include "ledger/tx/storage/split_storage.h"

namespace wald::ledger {

// clang-format off
using AllTypes = std::tuple<
    tx::AddRewards,
    tx::AddSubsidy,
    tx::AddTreasury,
    tx::AnnounceDenyList,
    tx::AnnounceKey,
    tx::AttestSync,
    tx::Batch,
    tx::BeaconReveal,
    tx::Bundle,
    tx::Burn,
    tx::CertifyBatch,
    tx::CertifyBlob,
    tx::CollectCommission,
    tx::CreateBucket,
    tx::CreateVesting,
    tx::DeclareLost,
    tx::DeclareRestored,
    tx::DelegateStake,
    tx::DeleteBlob,
    tx::DenyListBlobDeleted,
    tx::DestroyBucket,
    tx::EmergencyPause,
    tx::ExecuteProposal,
    tx::ExtendBlob,
    tx::ExtendBucket,
    tx::FoundationSpend,
    tx::FundBlob,
    tx::GrantBucket,
    tx::GrowBucket,
    tx::InvalidateBlob,
    tx::LeaveNode,
    tx::MergeStakes,
    tx::MergeStorage,
    tx::MoveStake,
    tx::Propose,
    tx::RegisterBlob,
    tx::RegisterNode,
    tx::ReleaseStorage,
    tx::ReleaseVested,
    tx::RemoveAttributes,
    tx::RenouncePowers,
    tx::RequestExit,
    tx::ReserveStorage,
    tx::ResponseCommit,
    tx::Resume,
    tx::ResumeConsensus,
    tx::ReturnNode,
    tx::RowReport,
    tx::SelfProof,
    tx::SetAttributes,
    tx::SetAuthority,
    tx::SetCommission,
    tx::SetKeys,
    tx::SetNodeInfo,
    tx::SetSequencerAuthority,
    tx::SetSubsidyRates,
    tx::SetVotes,
    tx::ShareBlob,
    tx::ShrinkBucket,
    tx::SignalVersion,
    tx::SplitStake,
    tx::SplitStorage,
    tx::Transfer,
    tx::TransferObject,
    tx::UpdateDenyList,
    tx::Vote,
    tx::VrfKey,
    tx::WithdrawStake>;
// clang-format on

}  // namespace wald::ledger
