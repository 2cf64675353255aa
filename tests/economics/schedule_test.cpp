// SPDX-License-Identifier: Apache-2.0
// Prices, ring, resources, sizes, purchase subsidy: S-1 to S-6, R-8; ex-1, ex-2, ex-10.
#include "economics/schedule.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "economics/resources.h"
#include "economics/subsidy.h"
#include "tests/support/canary.h"

using namespace wald::economics;
using wald::base::Prng;

namespace {

Amount frost(std::uint64_t x) { return Amount::of(x); }

PurchaseTerms terms_of(std::uint64_t size, SlotRange range) {
  PurchaseTerms terms{};
  terms.size = size;
  terms.range = range;
  terms.price = 5;
  terms.capacity = 1000;
  return terms;
}

Params plain() {
  Params params;
  params.horizon = 4;
  return params;
}

// Units cover bytes and none is idle, and the parts of a resource are the resource; or what is not.
std::string size_breach(int rounds) {
  Prng prng(13);
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t bytes = 2 + (prng.next() >> (1 + prng.below(60)));
    const U128 covered = product(units(bytes).value(), std::uint64_t{1} << 20);
    if (covered < bytes || covered - bytes >= (1 << 20))
      return std::to_string(bytes) + " bytes are " + std::to_string(units(bytes).value()) +
             " units";
    const auto start = static_cast<std::uint32_t>(prng.below(100));
    const auto at = static_cast<std::uint32_t>(start + 1 + prng.below(50));
    const Resource whole{Epoch(start), Epoch(static_cast<std::uint32_t>(at + 1 + prng.below(50))),
                         bytes};
    const ResourceParts time = split_epoch(whole, Epoch(at)).value();
    const ResourceParts space = split_size(whole, 1 + prng.below(bytes - 1)).value();
    for (const ResourceParts& parts : {time, space}) {
      const auto joined = fuse(parts.self, parts.other);
      if (!joined.ok() || joined.value() != whole)
        return "the parts of " + std::to_string(bytes) + " bytes are not the whole";
    }
  }
  return "";
}

}  // namespace

TEST_CASE("units: rounded up, up to the largest size", "[economics][rule:S-1][rule:I18]") {
  CHECK(units(0) == Units(0));
  CHECK(units(1) == Units(1));
  CHECK(units(1 << 20) == Units(1));
  CHECK(units((1 << 20) + 1) == Units(2));
  CHECK(units(kMaxU64) == Units(std::uint64_t{1} << 44));
  CHECK(size_breach(1000) == "");
}

#ifdef WALD_CANARY
TEST_CASE("canary: units are rounded down", "[canary][rule:A-32][rule:I18]") {
  wald::tests::check_canary("I18", [] { return size_breach(1000); });
}
#endif

TEST_CASE("ex-1: what a purchase costs, and the limit of the buyer", "[economics][rule:S-2]") {
  const Quote quoted = quote(22'822'800, 5, 3, 53).value();
  CHECK(quoted.units == Units(22));
  CHECK(quoted.per_epoch == frost(110));
  CHECK(quoted.total == frost(330));
  CHECK(quote(22'822'800, 5, 3, 53, frost(330)).ok());
  CHECK(quote(22'822'800, 5, 3, 53, frost(329)).error() == Refusal::kCostAboveLimit);
  CHECK(quote(0, 5, 3, 53).error() == Refusal::kBadSize);
  CHECK(quote(1, 5, 0, 53).error() == Refusal::kBadRange);
  CHECK(quote(1, 5, 54, 53).error() == Refusal::kBadRange);
  CHECK(quote(kMaxU64, kMaxPrice, 1, 53).error() == Refusal::kOverflow);
}

TEST_CASE("the write fee goes into the running epoch, as sold", "[economics][rule:S-3]") {
  Ring ring = open_ring(Epoch(3), 2);
  const Amount fee = write_fee(22'822'800, 2).value();
  CHECK(fee == frost(44));
  REQUIRE(pay_write_fee(ring, fee).ok());
  CHECK(ring.slots[0].money == frost(44));
  CHECK(ring.slots[0].sold == frost(44));
  CHECK(ring.slots[1].money == Amount());
  CHECK(write_fee(kMaxU64, kMaxU64).error() == Refusal::kOverflow);
}

TEST_CASE("ring: every slot of a range must have room, or nothing is sold",
          "[economics][rule:S-4]") {
  Ring ring = open_ring(Epoch(3), 4);
  REQUIRE(sell(ring, {1, 3}, 600, frost(5), 900).ok());
  const Ring before = ring;
  CHECK(sell(ring, {0, 4}, 400, frost(5), 900).error() == Refusal::kCapacity);
  CHECK(first_full(ring, {0, 4}, 400, 900) == Epoch(4));
  CHECK(sell(ring, {0, 4}, 0, frost(5), 900).error() == Refusal::kBadSize);
  CHECK(sell(ring, {2, 2}, 1, frost(5), 900).error() == Refusal::kBadRange);
  CHECK(sell(ring, {2, 5}, 1, frost(5), 900).error() == Refusal::kBadRange);
  CHECK(slots_of(ring, Epoch(1), Epoch(3)).error() == Refusal::kBadRange);
  CHECK(slots_of(ring, Epoch(0), Epoch(5)).value().to == 2);
  CHECK(slots_of(ring, Epoch(4), Epoch(8)).error() == Refusal::kBadRange);
  CHECK(release(ring, {0, 2}, 600).error() == Refusal::kInsufficient);
  CHECK(ring == before);
  REQUIRE(release(ring, {1, 3}, 600).ok());
  CHECK(largest_used(ring) == 0);
  const Slot dropped = pop(ring, Epoch(3), frost(9)).value();
  CHECK(dropped.epoch == Epoch(3));
  CHECK(ring.slots.front() == Slot{Epoch(4), 0, frost(14), frost(5)});
  CHECK(ring.slots.back().epoch == Epoch(7));
  widen(ring, 6);
  CHECK(ring.slots.size() == 6);
  widen(ring, 2);
  CHECK(ring.slots.size() == 6);
}

TEST_CASE("room: a purchase leaves the reserve, an extension of what is half full does not",
          "[economics][rule:S-4]") {
  CHECK(room(1000, 1000, 10, std::nullopt) == 900);
  CHECK(room(1000, 1000, 10, 5) == 1000);
  CHECK(room(1000, 1000, 10, 4) == 900);
  CHECK(room(1000, 1000, 11, 5) == 900);
  CHECK(room(kMaxU64, 5000, 1, std::nullopt) == (std::uint64_t{1} << 63));
  CHECK(room(kMaxU64, 0, kMaxU64, kMaxU64) == kMaxU64);
}

TEST_CASE("buy: refusals name the rule, acceptance moves exactly what it says",
          "[economics][rule:S-4][rule:R-8]") {
  Ring ring = open_ring(Epoch(0), 4);
  Params params = plain();
  CHECK(buy(ring, terms_of(901, {0, 2}), Amount(), params).error() == Refusal::kCapacity);
  CHECK(buy(ring, terms_of(1, {0, 5}), Amount(), params).error() == Refusal::kBadRange);
  CHECK(buy(ring, terms_of(0, {0, 1}), Amount(), params).error() == Refusal::kBadSize);
  PurchaseTerms dear = terms_of(10, {0, 3});
  dear.max_cost = frost(14);
  CHECK(buy(ring, dear, Amount(), params).error() == Refusal::kCostAboveLimit);
  params.buyer = 1000;
  params.system = 1000;
  const Purchase done = buy(ring, terms_of(10, {1, 4}), frost(100), params).value();
  CHECK(done.total == frost(15));
  CHECK(done.paid == frost(14));
  CHECK(done.buyer_part == frost(1));
  CHECK(done.system_part == frost(1));
  Amount money;
  Amount sold;
  for (const Slot& slot : ring.slots) {
    money = money.plus(slot.money).value();
    sold = sold.plus(slot.sold).value();
  }
  CHECK(money == frost(16));
  CHECK(sold == done.paid);
  CHECK(ring.slots[0].used == 0);
}

TEST_CASE("ex-10: purchase subsidies, and a fund that cannot pay both", "[economics][rule:R-8]") {
  const PurchaseSubsidy rich = purchase_subsidy(frost(75), 1000, 1000, frost(1000));
  CHECK(rich.buyer == frost(7));
  CHECK(rich.system == frost(7));
  const PurchaseSubsidy poor = purchase_subsidy(frost(75), 2000, 1000, frost(10));
  CHECK(poor.buyer == frost(6));
  CHECK(poor.system == frost(3));
  CHECK(fixed_subsidy(7, frost(3), frost(20)) == frost(14));
}

TEST_CASE("match: only what was sold, never more than the fund", "[economics][rule:R-7]") {
  CHECK(match_subsidy(frost(1000), 0, frost(5000)) == Amount());
  CHECK(match_subsidy(frost(1001), 15'000, frost(5000)) == frost(1501));
  CHECK(match_subsidy(frost(1000), 20'000, frost(5)) == frost(5));
  CHECK(match_subsidy(frost(kMaxAmount), 20'000, frost(kMaxAmount)) == frost(kMaxAmount));
}

TEST_CASE("top-ups: spread over slots from now on, or one amount each", "[economics][rule:R-8]") {
  Ring ring = open_ring(Epoch(0), 3);
  REQUIRE(top_up(ring, frost(10), 3).ok());
  CHECK(ring.slots[0].money == frost(4));
  CHECK(ring.slots[2].money == frost(3));
  CHECK(ring.slots[0].sold == Amount());
  CHECK(top_up(ring, frost(1), 0).error() == Refusal::kBadRange);
  CHECK(top_up(ring, frost(1), 4).error() == Refusal::kBadRange);
  REQUIRE(top_up(ring, std::vector<Amount>{frost(1), frost(2)}).ok());
  CHECK(ring.slots[1].money == frost(5));
}

TEST_CASE("resources: splitting and joining conserve bytes times epochs",
          "[economics][rule:S-5][rule:I18]") {
  const Resource whole{Epoch(2), Epoch(9), 100};
  const ResourceParts time = split_epoch(whole, Epoch(5)).value();
  CHECK(fuse(time.self, time.other).value() == whole);
  CHECK(fuse(time.other, time.self).value() == whole);
  const ResourceParts space = split_size(whole, 30).value();
  CHECK(space.self.size == 30);
  CHECK(fuse(space.self, space.other).value() == whole);
  for (const std::uint32_t at : {2u, 9u, 1u, 10u}) {
    CHECK(split_epoch(whole, Epoch(at)).error() == Refusal::kBadSplit);
  }
  CHECK(split_size(whole, 0).error() == Refusal::kBadSplit);
  CHECK(split_size(whole, 100).error() == Refusal::kBadSplit);
  CHECK(fuse(whole, {Epoch(9), Epoch(10), 99}).error() == Refusal::kBadFuse);
  CHECK(fuse(whole, {Epoch(8), Epoch(10), 100}).error() == Refusal::kBadFuse);
  CHECK(fuse(whole, {Epoch(2), Epoch(9), kMaxU64}).error() == Refusal::kBadFuse);
  CHECK(shrink(100, 30, 50).value() == 35);
  CHECK(shrink(100, 100, 50).error() == Refusal::kBadPercent);
  CHECK(shrink(100, 0, 101).error() == Refusal::kBadPercent);
}

TEST_CASE("ex-2: encoded sizes, and where they end", "[economics][rule:S-6]") {
  CHECK(encoded_size(2800, 10).value() == 17'720);
  CHECK(encoded_size(std::uint64_t{1} << 30, 1000).value() == 4'888'852'000);
  CHECK(units(4'888'852'000) == Units(4663));
  CHECK(encoded_size(0, 10).value() == encoded_size(1, 10).value());
  CHECK(encoded_size(1, 3).error() == Refusal::kBadShards);
  CHECK(encoded_size(1, 49'156).error() == Refusal::kBadShards);
  const std::uint64_t largest = max_blob_size(1000).value();
  CHECK(largest == 14'599'533'452);
  CHECK(encoded_size(largest, 1000).ok());
  CHECK(encoded_size(largest + 1, 1000).error() == Refusal::kBlobTooLarge);
}
