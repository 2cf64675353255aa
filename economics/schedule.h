// SPDX-License-Identifier: Apache-2.0
// The ring of prepaid epochs (S-4): slot k holds what is in use, the money and the sold part of it
// for epoch e+k. Purchases, write fees, top-ups and subsidies go in; the close takes slot 0 out.
// Bytes u64, money FROST. sold never exceeds money and counts for R-7 only.
// Errors: kBadSize, kBadRange, kCapacity, kOverflow, kCostAboveLimit; a refused call changes
// nothing. Thread rule: pure functions.
#pragma once

#include <optional>
#include <vector>

#include "economics/params.h"
#include "economics/pricing.h"
#include "economics/stake_pool.h"

namespace wald::economics {

struct Slot {
  Epoch epoch;
  std::uint64_t used = 0;  // bytes
  Amount money;
  Amount sold;
  friend bool operator==(const Slot&, const Slot&) = default;
};

struct Ring {
  std::vector<Slot> slots;  // slots[k].epoch = e + k
  friend bool operator==(const Ring&, const Ring&) = default;
};

Ring open_ring(Epoch epoch, std::uint64_t horizon);
// Appends slots up to a longer horizon; a ring is never shortened.
void widen(Ring& ring, std::uint64_t horizon);
std::uint64_t largest_used(const Ring& ring);

// A range of slots [from, to), counted from slot 0.
struct SlotRange {
  std::size_t from;
  std::size_t to;
};
// Slots of the epochs [start, end); a start in the past counts from slot 0. kBadRange.
Outcome<SlotRange> slots_of(const Ring& ring, Epoch start, Epoch end);

// Room of a slot. certified: bytes of certified blobs in what is extended; none: a purchase.
std::uint64_t room(std::uint64_t capacity, std::uint64_t reserve_bps, std::uint64_t size,
                   std::optional<std::uint64_t> certified);

// The first epoch of the range in which `size` more bytes do not fit.
std::optional<Epoch> first_full(const Ring& ring, SlotRange range, std::uint64_t size,
                                std::uint64_t room);

// Sells `size` bytes in every slot of the range at per_epoch each.
Outcome<void> sell(Ring& ring, SlotRange range, std::uint64_t size, Amount per_epoch,
                   std::uint64_t room);

// Gives up bytes that were sold (released or swept objects): used falls in the range.
Outcome<void> release(Ring& ring, SlotRange range, std::uint64_t size);

// S-3: into slot 0, money and sold.
Outcome<void> pay_write_fee(Ring& ring, Amount fee);

// a donation spread over slots 0..epochs-1, or one amount per slot. Not sold. kBadRange.
Outcome<void> top_up(Ring& ring, Amount amount, std::uint64_t epochs);
Outcome<void> top_up(Ring& ring, const std::vector<Amount>& amounts);

// Drops slot 0, whose label must be `closed` (CHECK), appends an empty one, and adds `carry` to the
// new slot 0 as money that is not sold. Returns what was dropped.
Outcome<Slot> pop(Ring& ring, Epoch closed, Amount carry);

// A whole purchase or extension: quote, room, subsidy of R-8 and ring in one.
struct PurchaseTerms {
  std::uint64_t size;
  SlotRange range;
  std::optional<std::uint64_t> certified;  // extension
  std::optional<Amount> max_cost;
  std::uint64_t price;
  std::uint64_t capacity;
};
struct Purchase {
  Amount per_epoch;
  Amount total;
  Amount paid;         // by the buyer: total - buyer's subsidy
  Amount buyer_part;   // out of the subsidy fund
  Amount system_part;  // the same
};
Outcome<Purchase> buy(Ring& ring, const PurchaseTerms& terms, Amount subsidy_fund,
                      const Params& params);

}  // namespace wald::economics
