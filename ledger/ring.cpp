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
  economics::Ring after = ring;
  FundRecord fund = must_load(ctx.state(), kFunds, kFundSubsidy);
  const auto bought = economics::buy(after, terms, fund.amount.amount(), ctx.params().economics);
  if (!bought.ok()) {
    if (bought.error() == economics::Refusal::kCapacity) {
      const std::uint64_t room = economics::room(terms.capacity, ctx.params().economics.reserve_bps,
                                                 terms.size, terms.certified);
      const auto full = economics::first_full(ring, terms.range, terms.size, room);
      WALD_CHECK(full.has_value());
      return ctx.reject(spec::CAPACITY,
                        {{"epoch", std::to_string(full->value())}, {"room", std::to_string(room)}});
    }
    return ctx.reject(bought.error());
  }
  TRY_ASSIGN(Coin coin, payer(bought->paid));
  const Amount subsidy = bought->buyer_part.plus(bought->system_part).value();
  WALD_CHECK(subsidy <= fund.amount.amount());
  if (!subsidy.is_zero()) {
    coin.add(fund.amount.take(ctx.state(), subsidy));
    save(ctx.state(), kFunds, fund, kFundSubsidy);
  }
  save_ring(ctx.state(), ring, after, std::move(coin));
  if (!subsidy.is_zero()) {
    spec::RewardSubsidyPaid event;
    event.set_epoch(ctx.epoch().value());
    event.set_kind(spec::SUBSIDY_PURCHASE);
    event.set_amount(subsidy.value());
    ctx.emit(event);
  }
  return bought.value();
}

}  // namespace wald::ledger
