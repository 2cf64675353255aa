// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/add_rewards.h"

#include "ledger/accounts.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

// A list stands for itself; an amount over k epochs is spread, the remainder to the first (M-7).
Parsed<AddRewards> AddRewards::parse(const Message& message) {
  AddRewards tx;
  for (const std::uint64_t frost : message.amounts()) {
    TRY_ASSIGN(const Amount amount, amount_field(frost, "amounts"));
    tx.amounts.push_back(amount);
  }
  if (!tx.amounts.empty()) {
    if (message.amount() != 0 || message.epochs() != 0) return malformed("amounts");
    return tx;
  }
  TRY_ASSIGN(const Amount whole, amount_field(message.amount(), "amount"));
  if (message.epochs() > kMaxEpochs) return malformed("epochs");
  const auto parts = economics::spread(whole, message.epochs());
  if (parts.ok()) tx.amounts = parts.value();
  return tx;  // over no epochs: an empty list, refused when it is applied
}

base::Result<void, Rejected> AddRewards::apply(Context& ctx) const {
  if (amounts.empty() || amounts.size() > ctx.params().economics.horizon)
    return ctx.reject(spec::BAD_RANGE);
  Amount total;
  for (const Amount amount : amounts) {
    const auto sum = total.plus(amount);
    if (!sum.ok()) return ctx.reject(sum.error());
    total = sum.value();
  }
  if (total.is_zero()) return ctx.reject(spec::BAD_AMOUNT);
  TRY_ASSIGN(Coin coin, withdraw(ctx, ctx.sender(), total));

  const base::Epoch start = ctx.epoch();
  base::Epoch epoch = start;
  for (const Amount amount : amounts) {
    RingSlot slot = must_load(ctx.state(), kRing, epoch);
    slot.money.put(coin.split(amount));
    save(ctx.state(), kRing, slot, epoch);
    epoch = epoch.next();
  }
  WALD_CHECK(coin.amount().is_zero());
  spec::RewardDonated event;
  event.set_account(text_of(ctx.sender()));
  event.set_amount(total.value());
  event.set_start(start.value());
  event.set_epochs(static_cast<std::uint32_t>(amounts.size()));
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
