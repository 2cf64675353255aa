// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/settle.h"

#include "ledger/funds.h"
#include "ledger/laws/mutant.h"
#include "ledger/stakes.h"

namespace wald::ledger::epoch {
namespace {

std::vector<economics::MemberScore> scores_of(const CommitteeRecord& committee,
                                              const rounds::EpochScores& scores) {
  std::vector<economics::MemberScore> out;
  for (const CommitteeMember& member : committee.members) {
    const rounds::MemberResult& result = scores.members.at(member.node);
    out.push_back({economics::Weight(base::narrow<std::uint16_t>(member.shards.size())),
                   result.denied, result.s, result.q});
  }
  return out;
}

void pay_subsidy(Context& ctx, Close& close, spec::SubsidyKind kind, Amount amount) {
  if (amount.is_zero()) return;
  close.purse.add(out_of_fund(ctx.state(), kFundSubsidy, amount));
  spec::RewardSubsidyPaid paid;
  paid.set_epoch(close.epoch.value());
  paid.set_kind(kind);
  paid.set_amount(amount.value());
  ctx.emit(paid);
}

// What explains the rewards later (O-33).
void keep_close(Overlay& state, const Close& close) {
  CloseRecord record;
  record.pot = Noted(close.money.pot);
  record.held = Noted(close.money.held);
  record.used = close.slot.used;
  record.void_rounds = base::narrow<std::uint16_t>(close.scores.void_rounds);
  record.rounds = base::narrow<std::uint16_t>(close.params.economics.rounds);
  save(state, kCloses, record, close.epoch);
}

}  // namespace

Close settle(Context& ctx, rounds::EpochScores scores) {
  const base::Epoch epoch = ctx.epoch();
  RingSlot slot = must_load(ctx.state(), kRing, epoch);
  CommitteeRecord committee;
  if (auto known = load(ctx.state(), kCommittees, epoch)) committee = *std::move(known);
  WALD_CHECK(scores.members.size() == committee.members.size());

  const economics::Slot figures{epoch, slot.used, slot.money.amount(), slot.sold.amount()};
  economics::Funds funds;
  funds.subsidy = fund_amount(ctx.state(), kFundSubsidy);
  funds.supply = economics::kGenesisSupply;  // bounds the burn, which is of money held here
  const auto money =
      economics::settle(funds, figures, scores_of(committee, scores), scores.void_rounds,
                        base::narrow<std::uint16_t>(ctx.params().shards), ctx.params().economics);
  WALD_CHECK(money.ok());  // every sum is of money within the supply

  Close close{epoch,
              ctx.params(),
              std::move(committee),
              std::move(scores),
              figures,
              money.value(),
              slot.money.take_all(ctx.state()),
              {}};
  save(ctx.state(), kRing, slot, epoch);
  keep_close(ctx.state(), close);
  pay_subsidy(ctx, close, spec::SUBSIDY_MATCH, close.money.match);
  pay_subsidy(ctx, close, spec::SUBSIDY_FIXED, close.money.fixed);
  Mint::burn(ctx.state(), close.purse.split(close.money.burn), spec::BURN_EPOCH);
  emit_burned(ctx, spec::BURN_EPOCH, close.money.burn);
  WALD_CHECK(close.purse.amount() == close.money.pot);
  return close;
}

void sink_rest(Context& ctx, Close& close) {
  // Dust of the pot gets lost: burned, and told as if it had never been there.
  if (mutate("I19") && !close.purse.amount().is_zero()) {
    Amount& part = close.money.unspent.is_zero() ? close.money.carry : close.money.unspent;
    part = part.minus(Amount::of(1)).value();
    Mint::burn(ctx.state(), close.purse.split(Amount::of(1)), spec::BURN_DUST);
  }
  const economics::Sunk unspent =
      sink(ctx.state(), close.params, close.purse.split(close.money.unspent), spec::BURN_UNSPENT);
  if (!close.money.unspent.is_zero()) {
    spec::RewardUnspent event;
    event.set_epoch(close.epoch.value());
    event.set_repair_fund(unspent.into_fund.value());
    event.set_burned(unspent.burned.value());
    ctx.emit(event);
  }
  sink_ownerless(ctx, close.params, close.ownerless);
  WALD_CHECK(close.purse.amount() == close.money.carry);
}

void sink_ownerless(Context& ctx, const Params& params, Ownerless& ownerless) {
  for (auto& [coin, cause] : ownerless) {
    const economics::Sunk sunk = sink(ctx.state(), params, std::move(coin), cause);
    emit_burned(ctx, cause, sunk.burned);
  }
  ownerless.clear();
}

void widen_ring(Overlay& state, base::Epoch first, std::uint64_t horizon) {
  for (std::uint64_t k = 0; k < horizon; ++k) {
    const base::Epoch epoch(base::narrow<std::uint32_t>(first.value() + k));
    if (!exists(state, kRing, epoch)) save(state, kRing, RingSlot(), epoch);
  }
}

void turn_ring(Context& ctx, Close& close) {
  const base::Epoch next = close.epoch.next();
  const RingSlot closed = must_load(ctx.state(), kRing, close.epoch);
  WALD_CHECK(closed.money.is_zero());
  remove(ctx.state(), kRing, close.epoch);
  widen_ring(ctx.state(), next, close.params.economics.horizon);
  RingSlot slot = must_load(ctx.state(), kRing, next);
  slot.money.put(std::move(close.purse));
  if (mutate("I15")) {  // the ring moves on twice
    RingSlot later = must_load(ctx.state(), kRing, next.next());
    later.money.put(slot.money.take_all(ctx.state()));
    save(ctx.state(), kRing, later, next.next());
  }
  save(ctx.state(), kRing, slot, next);
  if (close.money.carry.is_zero()) return;
  spec::RewardHeld held;
  held.set_epoch(close.epoch.value());
  held.set_void_rounds(close.scores.void_rounds);
  held.set_rounds(base::narrow<std::uint32_t>(close.params.economics.rounds));
  held.set_held(close.money.held.value());
  held.set_carry(close.money.carry.value());
  ctx.emit(held);
}

}  // namespace wald::ledger::epoch
