// SPDX-License-Identifier: Apache-2.0
#include "ledger/vesting.h"

#include <algorithm>

#include "economics/wide.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

// Of what was taken from the record, the part that this principal stands for: all of it, but for
// gain that moved along with a stake.
Amount taken_in(const VestingRecord& record, Amount principal) {
  return std::min(principal, record.staked.amount());
}

}  // namespace

bool save_or_end(Context& ctx, const VestingRecord& record, const base::ObjectId& id) {
  const bool ends = record.locked.is_zero() && record.staked.amount().is_zero();
  if (ends) {
    remove(ctx.state(), kVestings, id);
    remove(ctx.state(), kOwned, record.beneficiary, id);
  } else {
    save(ctx.state(), kVestings, record, id);
  }
  return ends;
}

void lock(Context& ctx, VestingRecord schedule, Coin coin) {
  const base::ObjectId id = ctx.new_object();
  schedule.locked.put(std::move(coin));
  WALD_CHECK(schedule.locked.amount() == schedule.total.amount());
  save(ctx.state(), kVestings, schedule, id);
  save(ctx.state(), kOwned, OwnedRecord(), schedule.beneficiary, id);
  spec::TokenVestingCreated event;
  event.set_vesting(text_of(id));
  event.set_payer(text_of(ctx.sender()));
  event.set_beneficiary(text_of(schedule.beneficiary));
  event.set_amount(schedule.total.amount().value());
  event.set_start(schedule.start.value());
  event.set_cliff(schedule.cliff.value());
  event.set_end(schedule.end.value());
  event.set_steps(schedule.steps);
  ctx.emit(event);
}

bool is_schedule(const VestingRecord& record) {
  return record.steps > 0 && record.start < record.end && record.start <= record.cliff &&
         record.cliff <= record.end;
}

Amount free_at(const VestingRecord& record, base::TimeMs now) {
  WALD_CHECK(is_schedule(record));
  const Amount total = record.total.amount();
  if (now < record.cliff) return Amount();
  if (now >= record.end) return total;
  const std::uint64_t span = record.end.value() - record.start.value();
  const std::uint64_t gone = now.value() - record.start.value();
  // gone < span: both results are below their bounds.
  const std::uint64_t passed =
      economics::mul_div(gone, record.steps, span, economics::Round::kDown, record.steps).value();
  return Amount::of(economics::mul_div(total.value(), passed, record.steps, economics::Round::kDown,
                                       total.value())
                        .value());
}

Amount releasable(const VestingRecord& record, base::TimeMs now) {
  const Amount due = free_at(record, now).minus(record.released.amount()).value();
  return std::min(due, record.locked.amount());  // the rest is staked, or was lost there
}

base::Result<VestingRecord, Rejected> own_vesting(Context& ctx, const base::ObjectId& named) {
  const auto record = load(ctx.state(), kVestings, ctx.resolve(named));
  if (!record) return ctx.reject(spec::UNKNOWN_OBJECT, {{"object", "vesting"}});
  if (record->beneficiary != ctx.sender())
    return ctx.reject(spec::NOT_OWNER, {{"object", "vesting"}});
  return *record;
}

base::Result<Coin, Rejected> take_to_stake(Context& ctx, const base::ObjectId& vesting,
                                           Amount amount) {
  VestingRecord record = must_load(ctx.state(), kVestings, vesting);
  if (amount > record.locked.amount())
    return ctx.reject(spec::NOT_VESTED, {{"locked", std::to_string(record.locked.amount().value())},
                                         {"needed", std::to_string(amount.value())}});
  Coin coin = record.locked.take(ctx.state(), amount);
  record.staked = Noted(record.staked.amount().plus(amount).value());
  WALD_CHECK(record.staked.amount() <= record.total.amount());
  save(ctx.state(), kVestings, record, vesting);
  return coin;
}

Amount refill(Context& ctx, const economics::Stake& ended, Coin& paid) {
  if (!ended.vesting) return Amount();
  VestingRecord record = must_load(ctx.state(), kVestings, *ended.vesting);
  const Amount taken = taken_in(record, ended.principal);
  const Amount back = std::min(taken, paid.amount());
  record.locked.put(paid.split(back));
  record.staked = Noted(record.staked.amount().minus(taken).value());
  WALD_CHECK(record.locked.amount() <= record.total.amount());
  save_or_end(ctx, record, *ended.vesting);
  return back;
}

void note_moved(Context& ctx, const economics::Stake& ended, Amount now) {
  if (!ended.vesting || now >= ended.principal) return;
  VestingRecord record = must_load(ctx.state(), kVestings, *ended.vesting);
  const Amount taken = taken_in(record, ended.principal);
  const Amount stays = taken_in(record, now);
  record.staked = Noted(record.staked.amount().minus(taken).value().plus(stays).value());
  save(ctx.state(), kVestings, record, *ended.vesting);
}

}  // namespace wald::ledger
