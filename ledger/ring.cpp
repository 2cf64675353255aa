// SPDX-License-Identifier: Apache-2.0
#include "ledger/ring.h"

#include "ledger/accounts.h"
#include "ledger/laws/mutant.h"
#include "ledger/state/keys.h"

namespace wald::ledger {

economics::Ring load_ring(const Reader& state, base::Epoch first, std::uint64_t horizon) {
  economics::Ring ring;
  base::Epoch epoch = first;
  for (std::uint64_t k = 0; k < horizon; ++k, epoch = epoch.next()) {
    const RingSlot slot = must_load(state, kRing, epoch);
    ring.slots.push_back({epoch, slot.used, slot.money.amount(), slot.sold.amount()});
  }
  return ring;
}

void save_ring(Overlay& state, const economics::Ring& before, const economics::Ring& after,
               Coin money) {
  WALD_CHECK(before.slots.size() == after.slots.size());
  for (std::size_t k = 0; k < after.slots.size(); ++k) {
    const economics::Slot& now = after.slots[k];
    WALD_CHECK(now.epoch == before.slots[k].epoch);
    if (now == before.slots[k]) continue;
    WALD_CHECK(now.money >= before.slots[k].money);  // a ring is only paid into
    RingSlot slot = must_load(state, kRing, now.epoch);
    slot.used = now.used;
    slot.sold = Noted(now.sold);
    slot.money.put(money.split(now.money.minus(before.slots[k].money).value()));
    save(state, kRing, slot, now.epoch);
  }
  WALD_CHECK(money.amount().is_zero());
}

base::Result<Bought, Refused> try_purchase(const Reader& state, const Params& params,
                                           const economics::Ring& ring,
                                           const economics::PurchaseTerms& terms) {
  economics::Ring after = ring;
  const Amount fund = must_load(state, kFunds, kFundSubsidy).amount.amount();
  const auto bought = economics::buy(after, terms, fund, params.economics);
  if (bought.ok()) return Bought{bought.value(), std::move(after)};
  if (bought.error() != economics::Refusal::kCapacity)
    return base::Err{from_economics(bought.error())};
  const std::uint64_t room =
      economics::room(terms.capacity, params.economics.reserve_bps, terms.size, terms.certified);
  const auto full = economics::first_full(ring, terms.range, terms.size, room);
  WALD_CHECK(full.has_value());
  return base::Err{Refused{
      spec::CAPACITY, {{"epoch", std::to_string(full->value())}, {"room", std::to_string(room)}}}};
}

base::Result<Offer, Refused> extension_of(const Reader& state, const Params& params,
                                          base::Epoch now, const Prolonged& what) {
  const std::uint64_t horizon = params.economics.horizon;
  const std::uint64_t end = std::uint64_t{what.end.value()} + what.epochs;
  if (what.epochs == 0 || end > now.value() + horizon)
    return base::Err{Refused{spec::BAD_RANGE, {}}};
  const base::Epoch until(static_cast<std::uint32_t>(end));
  economics::Ring ring = load_ring(state, now, horizon);
  const auto range = economics::slots_of(ring, what.end, until);
  if (!range.ok()) return base::Err{from_economics(range.error())};
  const MarketRecord market = must_load(state, kMarket);
  return Offer{until,
               std::move(ring),
               {what.size, range.value(), what.certified, std::nullopt,
                market.storage_price.amount().value(), market.capacity}};
}

Payer by_sender(Context& ctx) {
  return [&ctx](Amount amount) { return withdraw(ctx, ctx.sender(), amount); };
}

base::Result<economics::Purchase, Rejected> buy_storage(Context& ctx, const economics::Ring& ring,
                                                        const economics::PurchaseTerms& asked,
                                                        const Payer& payer) {
  economics::PurchaseTerms terms = asked;
  if (mutate("I3")) terms.price = static_cast<std::uint16_t>(terms.price);
  if (mutate("I16")) {  // room is asked for in the first epoch alone
    const std::size_t first = terms.range.from;
    const std::uint64_t room = economics::room(terms.capacity, ctx.params().economics.reserve_bps,
                                               terms.size, terms.certified);
    if (!economics::first_full(ring, {first, first + 1}, terms.size, room))
      terms.capacity = economics::kMaxAmount;
  }
  const auto bought = try_purchase(ctx.state(), ctx.params(), ring, terms);
  if (!bought.ok()) return ctx.reject(bought.error().code, bought.error().facts);
  TRY_ASSIGN(Coin coin, payer(bought->sums.paid));
  const Amount subsidy = bought->sums.buyer_part.plus(bought->sums.system_part).value();
  if (!subsidy.is_zero()) {
    FundRecord fund = must_load(ctx.state(), kFunds, kFundSubsidy);
    coin.add(fund.amount.take(ctx.state(), subsidy));
    save(ctx.state(), kFunds, fund, kFundSubsidy);
  }
  save_ring(ctx.state(), ring, bought->ring, std::move(coin));
  if (!subsidy.is_zero()) {
    spec::RewardSubsidyPaid event;
    event.set_epoch(ctx.epoch().value());
    event.set_kind(spec::SUBSIDY_PURCHASE);
    event.set_amount(subsidy.value());
    ctx.emit(event);
  }
  return bought->sums;
}

}  // namespace wald::ledger
