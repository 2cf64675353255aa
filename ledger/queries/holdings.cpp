// SPDX-License-Identifier: Apache-2.0
#include "codec/shape/accounting.h"
#include "economics/penalties.h"
#include "ledger/blobs.h"
#include "ledger/queries.h"
#include "ledger/queries/projection.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/vesting.h"
#include "ledger/wire/canonical.h"
#include "specs/proto/common.pb.h"

namespace wald::ledger::queries {
namespace {

std::uint32_t weight_in(const Reader& state, base::Epoch epoch, const base::NodeId& id) {
  const auto committee = load(state, kCommittees, epoch);
  if (!committee) return 0;
  for (const CommitteeMember& member : committee->members)
    if (member.node == id) return static_cast<std::uint32_t>(member.shards.size());
  return 0;
}

void fill_pool(const Reader& state, const base::NodeId& id, const EpochClock& clock,
               spec::Node& out) {
  const economics::Pool pool = peek_pool(state, id);
  const economics::NodeView view = node_view(state, id);
  out.mutable_stake()->set_now(pool.active.value());
  out.mutable_stake()->set_next(economics::weight_at(pool, clock.epoch.next(), view).value());
  out.set_commission_bps(pool.rate.value());
  for (const auto& [epoch, rate] : pool.scheduled) {
    spec::PendingRate& pending = *out.add_commission_pending();
    pending.set_epoch(epoch.value());
    pending.set_bps(rate.value());
  }
  out.mutable_commission()->set_collectable(pool.free.value());
  out.mutable_commission()->set_escrowed(economics::escrow_total(pool).value());
  if (!pool.bond) return;
  const auto value = economics::to_frost(pool.bond->shares, economics::running_rate(pool));
  if (value.ok()) out.set_bond(value->value());
}

// Objects of one account: ids of those that `table` holds.
template <class R>
std::vector<base::ObjectId> owned(const Reader& state, const Table<R, base::ObjectId>& table,
                                  const base::AccountId& owner) {
  std::vector<base::ObjectId> out;
  for_each<OwnedRecord>(
      state, kOwned,
      [&](base::ByteView rest, const OwnedRecord&) {
        const auto id = base::ObjectId::from(rest);
        if (exists(state, table, id)) out.push_back(id);
        return true;
      },
      owner);
  return out;
}

template <class Row, class R>
std::vector<Row> rows_of(const Reader& state, const Table<R, base::ObjectId>& table,
                         const base::AccountId& owner,
                         std::optional<Row> (*one)(const Reader&, const base::ObjectId&)) {
  std::vector<Row> out;
  for (const base::ObjectId& id : owned(state, table, owner)) {
    auto row = one(state, id);
    WALD_CHECK(row.has_value());
    out.push_back(*std::move(row));
  }
  return out;
}

}  // namespace

std::optional<spec::Node> node(const Reader& state, const base::NodeId& id) {
  const auto record = load(state, kNodes, id);
  if (!record) return std::nullopt;
  const EpochClock clock = must_load(state, kChain).clock;
  spec::Node out;
  out.set_id(text_of(id));
  out.set_name(record->name);
  out.set_shards(weight_in(state, clock.epoch, id));
  out.set_weight_next(clock.selected ? weight_in(state, clock.epoch.next(), id) : out.shards());
  out.set_status(record->left       ? "left"
                 : record->leaving  ? "leaving"
                 : out.shards() > 0 ? "active"
                                    : "candidate");
  fill_pool(state, id, clock, out);
  out.mutable_votes()->set_storage_price(record->votes.storage_price.amount().value());
  out.mutable_votes()->set_write_price(record->votes.write_price.amount().value());
  out.mutable_votes()->set_capacity(record->votes.capacity);
  out.set_operator_(text_of(record->operator_account));
  out.set_commission_account(text_of(record->commission_account));
  out.set_governance_account(text_of(record->governance_account));
  out.set_address(record->address);
  if (!record->metadata.empty()) {
    const auto metadata =
        wire::parse_canonical<spec::NodeMetadata>(record->metadata, record->metadata.size());
    WALD_CHECK(metadata.ok());  // checked when it was registered
    *out.mutable_metadata() = *metadata;
  }
  out.set_protocol_key(text_of(record->protocol_key));
  if (record->consensus_key) out.set_consensus_key(text_of(*record->consensus_key));
  if (!record->vrf_keys.empty()) out.set_vrf_key(text_of(record->vrf_keys.back().key));
  out.set_deposit(record->deposit.amount().value());
  out.set_standing(record->standing.value());
  out.set_registered(record->registered.value());
  if (record->barred_until > clock.epoch) out.set_barred_until(record->barred_until.value());
  return out;
}

std::vector<spec::Node> nodes(const Reader& state) {
  std::vector<base::NodeId> ids;
  for_each<NodeRecord>(state, kNodes, [&](base::ByteView rest, const NodeRecord&) {
    ids.push_back(base::NodeId::from(rest));
    return true;
  });
  std::vector<spec::Node> out;
  out.reserve(ids.size());
  for (const base::NodeId& id : ids) out.push_back(*node(state, id));
  return out;
}

std::optional<spec::Account> account(const Reader& state, const base::AccountId& id) {
  const auto record = load(state, kAccounts, id);
  if (!record) return std::nullopt;
  spec::Account out;
  out.set_id(text_of(id));
  out.set_balance(record->balance.amount().value());
  out.set_nonce(record->nonce);
  out.set_policy(base::string_of(record->policy));
  out.set_stakes(static_cast<std::uint32_t>(owned(state, kStakes, id).size()));
  out.set_resources(static_cast<std::uint32_t>(owned(state, kResources, id).size()));
  out.set_blobs(static_cast<std::uint32_t>(owned(state, kBlobs, id).size()));
  out.set_vestings(static_cast<std::uint32_t>(owned(state, kVestings, id).size()));
  return out;
}

std::optional<spec::Stake> stake(const Reader& state, const base::ObjectId& id) {
  const auto record = load(state, kStakes, id);
  if (!record) return std::nullopt;
  const EpochClock clock = must_load(state, kChain).clock;
  const Params now = load_params(state);
  const economics::Pool pool = peek_pool(state, record->node);
  const auto mint = mint_of(state, record->node, record->activation);
  const auto looked = economics::current(*record, pool, mint);
  WALD_CHECK(looked.ok());
  const economics::Stake& at = *looked;
  spec::Stake out;
  out.set_id(text_of(id));
  out.set_owner(text_of(at.owner));
  out.set_node(text_of(at.node));
  out.set_principal(at.principal.value());
  out.set_bond(at.bond);
  if (at.vesting) out.set_vesting(text_of(*at.vesting));
  out.mutable_active_from()->set_epoch(at.activation.value());
  out.mutable_active_from()->set_time(start_of(clock, at.activation));

  const bool is_bond = pool.bond && pool.bond->stake == id;
  const economics::StakeState kind = economics::stake_state(at, pool, mint);
  auto leaving = is_bond ? pool.bond->leaving : at.leaving;
  // One that was returned has the direct way whatever it asked for, and pays no fee (P-9).
  if (kind == economics::StakeState::kReturned) leaving.reset();
  const bool works = kind == economics::StakeState::kActive || kind == economics::StakeState::kBond;
  out.set_state(leaving ? "withdrawing" : works ? "active" : "pending");
  Amount value = at.principal;
  if (works) {
    const auto own = is_bond ? economics::Minted{pool.bond->shares, pool.scale} : *at.minted;
    out.set_shares(own.own.value());
    out.set_mint_epoch(at.activation.value());
    const auto claim = leaving ? claim_of(state, at.node, leaving->exit) : std::nullopt;
    const economics::Rate rate = claim ? claim->rate : economics::running_rate(pool);
    const auto lifted = economics::lift(own.own, own.scale, rate.scale);
    if (lifted.ok()) value = economics::to_frost(*lifted, rate).value();
  }
  out.set_value_now(value.value());
  if (leaving) {
    out.mutable_exit()->set_path(is_bond ? "bond" : "normal");
    out.mutable_exit()->set_epoch(leaving->exit.value());
    out.mutable_exit()->set_time(start_of(clock, leaving->exit));
    out.mutable_exit()->set_claim(
        value.minus(economics::shift_fee(value, leaving->fee)).value().value());
    out.mutable_early_exit()->set_ppm(leaving->fee.value());
  } else if (works) {
    out.mutable_early_exit()->set_ppm(
        economics::shift_ppm(economics::direct_age(clock.epoch, at.activation),
                             now.economics.shift_bps, now.economics.shift_epochs)
            .value());
  }
  out.mutable_early_exit()->set_zero_from(at.activation.value() +
                                          static_cast<std::uint32_t>(now.economics.shift_epochs));
  return out;
}

std::vector<spec::Stake> stakes_of(const Reader& state, const base::AccountId& owner) {
  return rows_of<spec::Stake>(state, kStakes, owner, &stake);
}

std::optional<spec::Vesting> vesting(const Reader& state, const base::ObjectId& id) {
  const auto record = load(state, kVestings, id);
  if (!record) return std::nullopt;
  spec::Vesting out;
  out.set_id(text_of(id));
  out.set_beneficiary(text_of(record->beneficiary));
  out.set_total(record->total.amount().value());
  out.set_start(record->start.value());
  out.set_cliff(record->cliff.value());
  out.set_end(record->end.value());
  out.set_steps(record->steps);
  out.set_released(record->released.amount().value());
  out.set_locked(record->locked.amount().value());
  out.set_staked(record->staked.amount().value());
  out.set_releasable(releasable(*record, must_load(state, kChain).time).value());
  return out;
}

std::vector<spec::Vesting> vestings_of(const Reader& state, const base::AccountId& beneficiary) {
  return rows_of<spec::Vesting>(state, kVestings, beneficiary, &vesting);
}

base::Result<spec::StakeEstimate, Refused> estimate_stake(const Reader& state,
                                                          const base::NodeId& id,
                                                          std::uint64_t frost) {
  if (!exists(state, kNodes, id)) return base::Err{Refused{spec::UNKNOWN_NODE, {}}};
  const auto amount = Amount::make(frost);
  if (!amount.ok()) return base::Err{Refused{spec::OVERFLOW, {}}};
  const EpochClock clock = must_load(state, kChain).clock;
  const Params now = load_params(state);
  economics::Pool pool = peek_pool(state, id);
  const auto activation =
      economics::accept_stake(pool, {base::ObjectId(), amount.value(), false}, moment(state),
                              node_view(state, id), now.economics);
  if (!activation.ok()) return base::Err{from_economics(activation.error())};
  spec::StakeEstimate out;
  out.set_node(text_of(id));
  out.set_amount(frost);
  out.mutable_active_from()->set_epoch(activation->value());
  out.mutable_active_from()->set_time(start_of(clock, *activation));
  // A stake that works one epoch can be out at the change after it (P-9).
  out.mutable_earliest_exit()->set_epoch(activation->next().value());
  out.mutable_earliest_exit()->set_time(start_of(clock, activation->next()));
  out.set_commission_bps(pool.rate.value());
  for (const auto& [epoch, rate] : pool.scheduled) {
    spec::PendingRate& pending = *out.add_commission_pending();
    pending.set_epoch(epoch.value());
    pending.set_bps(rate.value());
  }
  return out;
}

std::optional<spec::Resource> resource(const Reader& state, const base::ObjectId& id) {
  const auto record = load(state, kResources, id);
  if (!record) return std::nullopt;
  spec::Resource out;
  out.set_id(text_of(id));
  out.set_owner(text_of(record->owner));
  out.set_start(record->start.value());
  out.set_end(record->end.value());
  out.set_size(record->size);
  return out;
}

std::vector<spec::Resource> resources_of(const Reader& state, const base::AccountId& owner) {
  return rows_of<spec::Resource>(state, kResources, owner, &resource);
}

std::optional<spec::BlobObject> blob(const Reader& state, const base::ObjectId& id) {
  const auto record = load_blob(state, id);
  if (!record) return std::nullopt;
  spec::BlobObject out;
  out.set_id(text_of(id));
  out.set_blob_id(text_of(record->blob_id));
  out.set_owner(text_of(record->owner));
  out.set_resource(text_of(record->resource_id));
  out.set_length(record->length);
  out.set_encoded(shape::encoded_length(code_of(load_params(state)), record->length).value());
  out.set_encoding(1);
  out.set_registered(record->registered.value());
  if (record->certified) out.set_certified(record->certified->value());
  out.set_end(record->end.value());
  out.set_deletable(record->deletable);
  out.set_invalid(must_load(state, kBlobIds, record->blob_id).invalid);
  if (record->attributes > 0)
    for (const auto& [key, value] : attributes_of(state, id)) {
      spec::Pair& pair = *out.add_attributes();
      pair.set_key(key);
      pair.set_value(value);
    }
  if (record->bucket) out.set_bucket(text_of(*record->bucket));
  if (record->fund) {
    spec::SharedFund& fund = *out.mutable_fund();
    fund.set_amount(record->fund->money.amount().value());
    fund.set_price_limit(record->fund->price_limit.amount().value());
    fund.set_refund(text_of(record->fund->refund));
  }
  return out;
}

std::optional<spec::Bucket> bucket(const Reader& state, const base::ObjectId& id) {
  const auto record = load(state, kBuckets, id);
  if (!record) return std::nullopt;
  spec::Bucket out;
  out.set_id(text_of(id));
  out.set_owner(text_of(record->owner));
  out.set_resource(text_of(record->resource_id));
  out.set_start(record->start.value());
  out.set_end(record->end.value());
  out.set_size(record->size);
  out.set_used(record->used);
  out.set_certified(record->certified);
  out.set_blobs(record->count);
  for (const auto& [account, rights] : record->rights) {
    spec::BucketGrant& grant = *out.add_grants();
    grant.set_account(text_of(account));
    *grant.mutable_rights() = rights_message(rights);
  }
  return out;
}

std::vector<spec::Bucket> buckets_of(const Reader& state, const base::AccountId& owner) {
  return rows_of<spec::Bucket>(state, kBuckets, owner, &bucket);
}

std::vector<spec::BlobObject> blobs_in(const Reader& state, const base::ObjectId& bucket) {
  std::vector<spec::BlobObject> out;
  for (const base::ObjectId& id : blobs_inside(state, bucket, SIZE_MAX)) {
    auto inside = blob(state, id);
    WALD_CHECK(inside.has_value());
    out.push_back(*std::move(inside));
  }
  return out;
}

std::vector<spec::BlobObject> blobs_of(const Reader& state, const base::AccountId& owner) {
  return rows_of<spec::BlobObject>(state, kBlobs, owner, &blob);
}

}  // namespace wald::ledger::queries
