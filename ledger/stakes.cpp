// SPDX-License-Identifier: Apache-2.0
#include "ledger/stakes.h"

#include "codec/base/text.h"
#include "ledger/laws/mutant.h"
#include "ledger/rounds/view.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
// In the record's bytes, where a committee of a thousand would be decoded for one answer. A member
// is its node, its two keys and its shards.
bool is_member(const Reader& state, base::Epoch epoch, const base::NodeId& node) {
  base::Bytes room;
  const auto bytes = state.look(Key(kCommittees, epoch).view(), room);
  if (!bytes) return false;
  base::Reader in(*bytes);
  const auto members = in.be<std::uint32_t>();
  WALD_CHECK(members.has_value());
  for (std::uint32_t i = 0; i < *members; ++i) {
    const auto id = in.id<base::NodeId>();
    WALD_CHECK(id.has_value());
    if (!(*id < node)) return *id == node;  // they ascend
    in.raw(2 * base::PublicKey::kSize);
    const auto shards = in.be<std::uint32_t>();
    WALD_CHECK(shards && in.raw(*shards * sizeof(base::ShardIndex)));
  }
  return false;
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
  const std::string shown = base::shown_hex(id.view());
  if (!stake) return ctx.reject(spec::UNKNOWN_OBJECT, {{"stake", shown}});
  if (stake->owner != ctx.sender()) return ctx.reject(spec::NOT_OWNER, {{"stake", shown}});
  if (exists(ctx.state(), kQuarantine, stake->node))
    return ctx.reject(spec::POOL_QUARANTINED, {{"stake", shown}});
  return *stake;
}

namespace {

void emit_activated(Context& ctx, const economics::Stake& stake) {
  const auto mint = mint_of(ctx.state(), stake.node, stake.activation);
  WALD_CHECK(mint && mint->rate);
  spec::StakeActivated event;
  event.set_stake(text_of(stake.id));
  event.set_node(text_of(stake.node));
  event.set_epoch(stake.activation.value());
  event.set_shares(stake.minted.value().own.value());
  event.set_rate_wal(mint->rate->w.value());
  event.set_rate_shares(mint->rate->s.value());
  ctx.emit(event);
}

}  // namespace

base::Result<void, Rejected> touch(Context& ctx, economics::Stake& stake) {
  const bool known = stake.minted.has_value();
  const auto settled = economics::settle(stake, peek_pool(ctx.state(), stake.node),
                                         mint_of(ctx.state(), stake.node, stake.activation));
  if (!settled.ok()) return ctx.reject(settled.error());
  if (!known && stake.minted && mutate("I5"))
    stake.minted->own = economics::Shares(stake.minted->own.value() + 1);
  if (!known && stake.minted) emit_activated(ctx, stake);
  return {};
}

void save_stake(Context& ctx, const economics::Stake& before, const economics::Stake& after) {
  save(ctx.state(), kStakes, after, after.id);
  if (!before.minted && after.minted) emit_activated(ctx, after);
}

void put_stake(Context& ctx, const economics::Stake& stake) {
  save(ctx.state(), kStakes, stake, stake.id);
  save(ctx.state(), kOwned, OwnedRecord(), stake.owner, stake.id);
}

void stake_in(Context& ctx, const economics::Stake& stake, economics::Pool pool, Coin coin) {
  OpenPool open = open_pool(ctx.state(), stake.node);
  open.figures = std::move(pool);
  open.money.add(std::move(coin));
  close_pool(ctx.state(), stake.node, std::move(open));
  put_stake(ctx, stake);
}

base::Result<economics::Stake, Rejected> split_off(Context& ctx, economics::Stake whole,
                                                   Amount amount) {
  TRY(touch(ctx, whole));
  const auto mint = mint_of(ctx.state(), whole.node, whole.activation);
  const auto part = economics::split_stake(peek_pool(ctx.state(), whole.node), whole, mint, amount,
                                           ctx.new_object(), ctx.params().economics);
  if (!part.ok()) return ctx.reject(part.error());
  whole.changed = ctx.block().height;
  economics::Stake made = part.value();
  made.changed = whole.changed;
  WALD_CHECK(made.owner == whole.owner && made.node == whole.node);
  save(ctx.state(), kStakes, whole, whole.id);
  put_stake(ctx, made);
  spec::StakeSplit event;
  event.set_stake(text_of(whole.id));
  event.set_part(text_of(made.id));
  event.set_owner(text_of(made.owner));
  event.set_principal(made.principal.value());
  event.set_shares(made.minted ? made.minted->own.value() : 0);
  ctx.emit(event);
  return made;
}

void record_exit(Context& ctx, ExitAsked exit) {
  const economics::Stake& leaving = exit.after;
  const auto bond = exit.pool.bond;
  OpenPool open = open_pool(ctx.state(), leaving.node);
  open.figures = std::move(exit.pool);
  close_pool(ctx.state(), leaving.node, std::move(open));
  save_stake(ctx, exit.before, leaving);

  const EpochClock clock = must_load(ctx.state(), kChain).clock;
  const std::uint64_t ahead = exit.way.exit.value() - clock.epoch.value();  // 1 or more (P-9)
  spec::StakeExitRequested event;
  event.set_stake(text_of(leaving.id));
  event.set_owner(text_of(leaving.owner));
  event.set_node(text_of(leaving.node));
  if (bond && bond->stake == leaving.id)
    event.set_shares(bond->shares.value());
  else
    event.set_shares(leaving.minted ? leaving.minted->own.value() : 0);
  event.set_exit(exit.way.exit.value());
  event.set_time(clock.end().value() + (ahead - 1) * clock.next_length);
  event.set_fee_ppm(exit.way.fee.value());
  ctx.emit(event);
}

Coin pay_out(Context& ctx, PaidOut out) {
  const economics::Stake& stake = out.stake;
  const economics::Withdrawal& paid = out.paid;
  // A claim rounds up: one FROST of those who stay.
  economics::Pool& pool = out.pool;
  const bool more = mutate("I6") && pool.active > Amount::of(1) && !pool.shares.is_zero();
  if (more) {
    pool.active = pool.active.minus(Amount::of(1)).value();
    pool.vault = pool.vault.minus(Amount::of(1)).value();
  }
  OpenPool open = open_pool(ctx.state(), stake.node);
  emit_generation(ctx, stake.node, open.figures.generation, pool.generation);
  open.figures = std::move(pool);
  Coin to_owner = open.money.split(paid.paid);
  if (more) to_owner.add(open.money.split(Amount::of(1)));
  Coin burned = open.money.split(paid.burned);
  Coin to_bonus = open.money.split(paid.to_bonus);
  Coin dust = open.money.split(paid.dust());
  close_pool(ctx.state(), stake.node, std::move(open));
  if (out.mint) save_mint(ctx.state(), stake.node, stake.activation, *out.mint);
  if (out.had_claim) save_claim(ctx.state(), stake.node, stake.leaving.value().exit, out.claim);
  Mint::burn(ctx.state(), std::move(burned), spec::BURN_SHIFT);
  add_to_fund(ctx.state(), kFundBonus, std::move(to_bonus));
  sink(ctx.state(), ctx.params(), std::move(dust), spec::BURN_DUST);
  if (!mutate("I8")) remove(ctx.state(), kStakes, stake.id);
  remove(ctx.state(), kOwned, stake.owner, stake.id);
  return to_owner;
}

void emit_swept(Context& ctx, const base::NodeId& node, Amount swept) {
  if (swept.is_zero()) return;
  spec::PoolDustSwept event;
  event.set_node(text_of(node));
  event.set_amount(swept.value());
  ctx.emit(event);
}

void emit_generation(Context& ctx, const base::NodeId& node, std::uint32_t before,
                     std::uint32_t after) {
  if (before == after) return;
  spec::PoolGenerationReset event;
  event.set_node(text_of(node));
  event.set_generation(after);
  ctx.emit(event);
}

}  // namespace wald::ledger
