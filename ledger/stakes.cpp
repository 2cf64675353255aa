// SPDX-License-Identifier: Apache-2.0
#include "ledger/stakes.h"

#include "codec/base/text.h"
#include "ledger/rounds/view.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
bool is_member(const Reader& state, base::Epoch epoch, const base::NodeId& node) {
  const auto committee = load(state, kCommittees, epoch);
  return committee && rounds::place_of(*committee, node).has_value();
}

economics::NodeView node_view(const Reader& state, const base::NodeId& node) {
  const NodeRecord record = must_load(state, kNodes, node);
  const EpochClock clock = must_load(state, kChain).clock;
  economics::NodeView view;
  view.in_current = is_member(state, clock.epoch, node);
  view.in_next = clock.selected && is_member(state, clock.epoch.next(), node);
  view.leaving = record.leaving;
  view.left = record.left.has_value();
  view.barred = record.barred_until >= clock.epoch.next();
  return view;
}

economics::Moment moment(const Reader& state) {
  const EpochClock clock = must_load(state, kChain).clock;
  return {clock.epoch, clock.selected};
}

std::optional<economics::Mint> mint_of(const Reader& state, const base::NodeId& node,
                                       base::Epoch activation) {
  const auto record = load(state, kRates, node, activation);
  if (!record || !record->minted) return std::nullopt;
  return economics::Mint{record->mint, record->returned};
}

std::optional<economics::Claim> claim_of(const Reader& state, const base::NodeId& node,
                                         base::Epoch exit) {
  const auto record = load(state, kRates, node, exit);
  if (!record || !record->claim || record->claim_principal.is_zero()) return std::nullopt;
  return economics::Claim{*record->claim, record->claim_money, record->claim_principal};
}

void save_mint(Overlay& state, const base::NodeId& node, base::Epoch activation,
               const economics::Mint& mint) {
  RateRecord record = load(state, kRates, node, activation).value_or(RateRecord());
  record.minted = true;
  record.mint = mint.rate;
  record.returned = mint.returned;
  save(state, kRates, record, node, activation);
}

void save_claim(Overlay& state, const base::NodeId& node, base::Epoch exit,
                const std::optional<economics::Claim>& claim) {
  RateRecord record = load(state, kRates, node, exit).value_or(RateRecord());
  WALD_CHECK(claim || record.claim);
  if (claim) record.claim = claim->rate;
  record.claim_money = claim ? claim->money : Amount();
  record.claim_principal = claim ? claim->principal : Amount();
  save(state, kRates, record, node, exit);
}

economics::Sunk sink(Overlay& state, const Params& params, Coin coin, spec::BurnCause cause) {
  FundRecord fund = must_load(state, kFunds, kFundRepair);
  const economics::Sunk sunk =
      economics::sink(coin.amount(), fund.amount.amount(), Amount::of(params.economics.fund_cap));
  WALD_CHECK(sunk.into_fund.value() + sunk.burned.value() == coin.amount().value());
  fund.amount.put(coin.split(sunk.into_fund));
  WALD_CHECK(sunk.into_fund.is_zero() || fund.amount.amount().value() <= params.economics.fund_cap);
  save(state, kFunds, fund, kFundRepair);
  Mint::burn(state, std::move(coin), cause);
  return sunk;
}

void add_to_fund(Overlay& state, const std::string& name, Coin coin) {
  FundRecord fund = must_load(state, kFunds, name);
  fund.amount.put(std::move(coin));
  save(state, kFunds, fund, name);
}

base::Result<economics::Stake, Rejected> own_stake(Context& ctx, const base::ObjectId& named) {
  const base::ObjectId id = ctx.resolve(named);
  auto stake = load(ctx.state(), kStakes, id);
  const std::string shown = "0x" + base::to_hex(id.view());
  if (!stake) return ctx.reject(spec::UNKNOWN_OBJECT, {{"stake", shown}});
  if (stake->owner != ctx.sender()) return ctx.reject(spec::NOT_OWNER, {{"stake", shown}});
  if (exists(ctx.state(), kQuarantine, stake->node))
    return ctx.reject(spec::POOL_QUARANTINED, {{"stake", shown}});
  return *std::move(stake);
}

void save_stake(Context& ctx, const economics::Stake& before, const economics::Stake& after) {
  save(ctx.state(), kStakes, after, after.id);
  if (before.minted || !after.minted) return;
  const auto mint = mint_of(ctx.state(), after.node, after.activation);
  WALD_CHECK(mint && mint->rate);
  spec::StakeActivated event;
  event.set_stake(text_of(after.id));
  event.set_node(text_of(after.node));
  event.set_epoch(after.activation.value());
  event.set_shares(after.minted->own.value());
  event.set_rate_wal(mint->rate->w.value());
  event.set_rate_shares(mint->rate->s.value());
  ctx.emit(event);
}

}  // namespace wald::ledger
