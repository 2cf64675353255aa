// SPDX-License-Identifier: Apache-2.0
#include "economics/schedule.h"

#include <algorithm>

#include "economics/subsidy.h"

namespace wald::economics {
namespace {

bool is_legal(const Ring& ring, SlotRange range) {
  return range.from < range.to && range.to <= ring.slots.size();
}

}  // namespace

Ring open_ring(Epoch epoch, std::uint64_t horizon) {
  WALD_CHECK(horizon >= 1);
  Ring ring;
  ring.slots.push_back(Slot{epoch, 0, Amount(), Amount()});
  widen(ring, horizon);
  return ring;
}

void widen(Ring& ring, std::uint64_t horizon) {
  WALD_CHECK(!ring.slots.empty());
  while (ring.slots.size() < horizon) {
    ring.slots.push_back(Slot{ring.slots.back().epoch.next(), 0, Amount(), Amount()});
  }
  WALD_CHECK(ring.slots.size() >= horizon);
}

std::uint64_t largest_used(const Ring& ring) {
  std::uint64_t largest = 0;
  for (const Slot& slot : ring.slots) largest = std::max(largest, slot.used);
  return largest;
}

Outcome<SlotRange> slots_of(const Ring& ring, Epoch start, Epoch end) {
  WALD_CHECK(!ring.slots.empty());
  const Epoch now = ring.slots.front().epoch;
  const Epoch from = std::max(start, now);
  if (end <= from) return base::Err{Refusal::kBadRange};
  const SlotRange range{from.value() - now.value(), end.value() - now.value()};
  if (!is_legal(ring, range)) return base::Err{Refusal::kBadRange};
  return range;
}

std::uint64_t room(std::uint64_t capacity, std::uint64_t reserve_bps, std::uint64_t size,
                   std::optional<std::uint64_t> certified) {
  WALD_CHECK(reserve_bps <= kBps);
  if (certified && product(*certified, 2) >= size) return capacity;
  return capacity - exact_ratio({capacity, reserve_bps}, {kBps}, Round::kDown, capacity);
}

std::optional<Epoch> first_full(const Ring& ring, SlotRange range, std::uint64_t size,
                                std::uint64_t room_bytes) {
  WALD_CHECK(is_legal(ring, range));
  for (std::size_t k = range.from; k < range.to; ++k) {
    if (U128{ring.slots[k].used} + size > room_bytes) return ring.slots[k].epoch;
  }
  return std::nullopt;
}

Outcome<void> sell(Ring& ring, SlotRange range, std::uint64_t size, Amount per_epoch,
                   std::uint64_t room_bytes) {
  if (size == 0) return base::Err{Refusal::kBadSize};
  if (!is_legal(ring, range)) return base::Err{Refusal::kBadRange};
  if (first_full(ring, range, size, room_bytes)) return base::Err{Refusal::kCapacity};
  Ring next = ring;
  for (std::size_t k = range.from; k < range.to; ++k) {
    Slot& slot = next.slots[k];
    slot.used += size;
    WALD_CHECK(slot.used >= size && slot.used <= room_bytes);  // none is full
    TRY_ASSIGN(slot.money, slot.money.plus(per_epoch));
    TRY_ASSIGN(slot.sold, slot.sold.plus(per_epoch));
  }
  ring = std::move(next);
  return {};
}

Outcome<void> release(Ring& ring, SlotRange range, std::uint64_t size) {
  if (!is_legal(ring, range)) return base::Err{Refusal::kBadRange};
  for (std::size_t k = range.from; k < range.to; ++k) {
    if (ring.slots[k].used < size) return base::Err{Refusal::kInsufficient};
  }
  for (std::size_t k = range.from; k < range.to; ++k) ring.slots[k].used -= size;
  return {};
}

Outcome<void> pay_write_fee(Ring& ring, Amount fee) {
  Slot slot = ring.slots.front();
  TRY_ASSIGN(slot.money, slot.money.plus(fee));
  TRY_ASSIGN(slot.sold, slot.sold.plus(fee));
  ring.slots.front() = slot;
  return {};
}

Outcome<void> top_up(Ring& ring, Amount amount, std::uint64_t epochs) {
  if (epochs > ring.slots.size()) return base::Err{Refusal::kBadRange};
  TRY_ASSIGN(const std::vector<Amount> parts, spread(amount, epochs));
  return top_up(ring, parts);
}

Outcome<void> top_up(Ring& ring, const std::vector<Amount>& amounts) {
  if (amounts.empty() || amounts.size() > ring.slots.size()) {
    return base::Err{Refusal::kBadRange};
  }
  Ring next = ring;
  for (std::size_t k = 0; k < amounts.size(); ++k) {
    TRY_ASSIGN(next.slots[k].money, next.slots[k].money.plus(amounts[k]));
  }
  ring = std::move(next);
  return {};
}

Outcome<Slot> pop(Ring& ring, Epoch closed, Amount carry) {
  WALD_CHECK(!ring.slots.empty() && ring.slots.front().epoch == closed);
  Ring next = ring;
  const Slot dropped = next.slots.front();
  next.slots.push_back(Slot{next.slots.back().epoch.next(), 0, Amount(), Amount()});
  next.slots.erase(next.slots.begin());
  WALD_CHECK(next.slots.front().epoch == closed.next());
  WALD_CHECK(next.slots.size() == ring.slots.size());
  TRY_ASSIGN(next.slots.front().money, next.slots.front().money.plus(carry));
  ring = std::move(next);
  return dropped;
}

namespace {

// Money of a subsidy in the slots bought: the system's part is added, and sold loses the buyer's.
Outcome<void> spread_subsidy(Ring& ring, SlotRange range, Amount buyer_part, Amount system_part) {
  const std::size_t places = range.to - range.from;
  TRY_ASSIGN(const std::vector<Amount> added, spread(system_part, places));
  TRY_ASSIGN(const std::vector<Amount> unsold, spread(buyer_part, places));
  for (std::size_t i = 0; i < places; ++i) {
    Slot& slot = ring.slots[range.from + i];
    TRY_ASSIGN(slot.money, slot.money.plus(added[i]));
    // The first place bears the remainder of the spread. At prices of a few FROST that can be more
    // than it sold; sold is a measure, not money, and stops at zero.
    const Amount less = lesser(unsold[i], slot.sold);
    TRY_ASSIGN(slot.sold, slot.sold.minus(less));
  }
  return {};
}

}  // namespace

Outcome<Purchase> buy(Ring& ring, const PurchaseTerms& terms, Amount subsidy_fund,
                      const Params& params) {
  if (terms.size == 0) return base::Err{Refusal::kBadSize};
  if (!is_legal(ring, terms.range)) return base::Err{Refusal::kBadRange};
  const std::uint64_t epochs = terms.range.to - terms.range.from;
  TRY_ASSIGN(const Quote quoted,
             quote(terms.size, terms.price, epochs, ring.slots.size(), terms.max_cost));
  const PurchaseSubsidy part =
      purchase_subsidy(quoted.total, params.buyer, params.system, subsidy_fund);
  const std::uint64_t open = room(terms.capacity, params.reserve_bps, terms.size, terms.certified);
  Ring next = ring;
  TRY(sell(next, terms.range, terms.size, quoted.per_epoch, open));
  TRY(spread_subsidy(next, terms.range, part.buyer, part.system));
  WALD_CHECK(part.buyer <= quoted.total);  // a rate of at most one
  WALD_CHECK(U128{part.buyer.value()} + part.system.value() <= subsidy_fund.value());
  TRY_ASSIGN(const Amount paid, quoted.total.minus(part.buyer));
  ring = std::move(next);
  return Purchase{quoted.per_epoch, quoted.total, paid, part.buyer, part.system};
}

}  // namespace wald::economics
