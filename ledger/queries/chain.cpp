// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "ledger/queries.h"
#include "ledger/queries/projection.h"
#include "proofs/certificate.h"

namespace wald::ledger::queries {
namespace {

std::uint64_t fund(const Reader& state, const std::string& name) {
  return must_load(state, kFunds, name).amount.amount().value();
}

}  // namespace

std::uint32_t quorum_of(std::uint64_t shards) {
  const std::uint64_t least = (2 * shards + 1 + 2) / 3;  // 3w >= 2n + 1 (V-1)
  WALD_CHECK(
      proofs::reaches(proofs::Threshold::kQuorum, least, static_cast<std::uint32_t>(shards)));
  return static_cast<std::uint32_t>(least);
}

spec::Epoch running_epoch(const Reader& state) {
  const EpochClock clock = must_load(state, kChain).clock;
  const Params now = load_params(state);
  const MarketRecord market = must_load(state, kMarket);
  const auto sync = load(state, kSync, clock.epoch);
  spec::Epoch out;
  out.set_epoch(clock.epoch.value());
  out.set_state(clock.selected ? "selected" : clock.sync_closed ? "open" : "sync");
  out.set_starts_at(clock.start.value());
  // Without a committee there is nothing to hand over, and the epoch may be shorter than that time.
  if (exists(state, kCommittees, clock.epoch))
    out.set_handover_at(clock.start.value() + now.handover);
  out.set_selects_at(clock.start.value() + clock.length / 10'000 * now.select);
  out.set_ends_at(clock.end().value());
  out.set_shards(static_cast<std::uint32_t>(now.shards));
  out.set_attested(sync ? sync->weight : 0);
  out.set_quorum(quorum_of(now.shards));
  out.set_storage_price(market.storage_price.amount().value());
  out.set_write_price(market.write_price.amount().value());
  out.set_capacity(market.capacity);
  out.set_used(must_load(state, kRing, clock.epoch).used);
  return out;
}

spec::Params params(const Reader& state) {
  spec::Params out;
  for (const ParamRule& rule : param_rules()) {
    const ParamRecord record = must_load(state, kParams, std::string(rule.name));
    spec::ParamValue& value = *out.add_params();
    value.set_name(std::string(rule.name));
    value.set_value(record.value);
    value.set_least(rule.low);
    value.set_most(rule.high);
    if (!record.pending) continue;
    value.set_pending(*record.pending);
    value.set_pending_epoch(record.pending_epoch.value());
  }
  return out;
}

// Balances are what is left of the supply when all other places are taken off: law I1 makes the sum
// whole, so no scan over accounts is needed.
spec::Supply supply(const Reader& state) {
  spec::Supply out;
  const SupplyRecord record = must_load(state, kSupply);
  std::uint64_t burned = 0;
  for (std::size_t i = 0; i < record.burned.size(); ++i) {
    const std::uint64_t amount = record.burned[i].amount().value();
    if (amount == 0) continue;
    burned += amount;
    spec::CauseAmount& cause = *out.add_burned_by_cause();
    cause.set_cause(static_cast<spec::BurnCause>(i));
    cause.set_amount(amount);
  }
  const std::uint64_t minted = record.minted.amount().value();
  WALD_CHECK(burned <= minted);
  std::uint64_t staked = 0, commission = 0, prepaid = 0, deposits = 0, repair = 0;
  for_each<PoolRecord>(state, kPools, [&](base::ByteView, const PoolRecord& pool) {
    staked += pool.vault.amount().value();
    commission += pool.free.amount().value();
    for (const auto& [epoch, held] : pool.escrow) commission += held.amount().value();
    return true;
  });
  for_each<NodeRecord>(state, kNodes, [&](base::ByteView, const NodeRecord& node) {
    deposits += node.deposit.amount().value();
    return true;
  });
  for_each<QuarantineRecord>(state, kQuarantine, [&](base::ByteView, const QuarantineRecord& row) {
    staked += row.money.amount().value();
    return true;
  });
  for_each<RingSlot>(state, kRing, [&](base::ByteView, const RingSlot& slot) {
    prepaid += slot.money.amount().value();
    return true;
  });
  const FundRecord repair_fund = must_load(state, kFunds, kFundRepair);
  repair = repair_fund.amount.amount().value();
  for (const Earmark& earmark : repair_fund.earmarks) repair += earmark.amount.amount().value();
  out.set_minted(minted);
  out.set_burned(burned);
  out.set_supply(minted - burned);
  out.set_staked(staked);
  out.set_commission(commission);
  out.set_prepaid(prepaid);
  out.set_subsidy_fund(fund(state, kFundSubsidy));
  out.set_repair_fund(repair);
  out.set_bonus(fund(state, kFundBonus));
  out.set_treasury(fund(state, kFundTreasury));
  out.set_deposits(deposits);
  const std::uint64_t elsewhere = staked + commission + prepaid + repair + deposits +
                                  out.subsidy_fund() + out.bonus() + out.treasury();
  WALD_CHECK(elsewhere <= minted - burned);
  out.set_balances(minted - burned - elsewhere);
  return out;
}

// Also of a committee that is not chosen yet.
spec::Committee committee_of(const Reader& state, base::Epoch epoch,
                             const CommitteeRecord& record) {
  spec::Committee out;
  out.set_epoch(epoch.value());
  std::uint64_t shards = 0;
  for (const CommitteeMember& member : record.members) {
    spec::Member& row = *out.add_members();
    row.set_node(base::string_of(member.node.view()));
    row.set_weight(static_cast<std::uint32_t>(member.shards.size()));
    row.set_protocol_key(base::string_of(member.protocol_key.view()));
    row.set_vrf_key(base::string_of(member.vrf_key.view()));
    if (const auto node = load(state, kNodes, member.node)) row.set_address(node->address);
    shards += member.shards.size();
  }
  out.set_shards(static_cast<std::uint32_t>(shards));
  out.set_quorum(quorum_of(shards));
  return out;
}

std::optional<spec::Committee> committee(const Reader& state, base::Epoch epoch) {
  const auto record = load(state, kCommittees, epoch);
  if (!record) return std::nullopt;
  return committee_of(state, epoch, *record);
}

std::optional<spec::Shards> shards(const Reader& state, base::Epoch epoch) {
  const auto record = load(state, kCommittees, epoch);
  if (!record) return std::nullopt;
  spec::Shards out;
  out.set_epoch(epoch.value());
  for (const CommitteeMember& member : record->members) {
    spec::ShardHolder& holder = *out.add_holders();
    holder.set_node(base::string_of(member.node.view()));
    for (const base::ShardIndex shard : member.shards) holder.add_shards(shard.value());
  }
  return out;
}

spec::StoragePrices storage_prices(const Reader& state) {
  const base::Epoch epoch = must_load(state, kChain).clock.epoch;
  const MarketRecord market = must_load(state, kMarket);
  const Params now = load_params(state);
  spec::StoragePrices out;
  out.set_epoch(epoch.value());
  out.set_storage_price(market.storage_price.amount().value());
  out.set_write_price(market.write_price.amount().value());
  out.set_unit(1u << 20);
  out.set_capacity(market.capacity);
  const std::uint64_t used = must_load(state, kRing, epoch).used;
  out.set_used(used);
  const Room room = room_beside(used, market, now);
  out.set_room(room.purchases);
  out.set_room_extensions(room.extensions);
  return out;
}

}  // namespace wald::ledger::queries
