// SPDX-License-Identifier: Apache-2.0
// I3: every amount lies between 0 and the supply, and nothing wraps or narrows on the way: what a
// transaction sold is computed again from its events with products of 128 bits.
#include <algorithm>

#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Amounts final : public LawOf<Amounts> {
 public:
  std::string_view id() const override { return "I3"; }
  bool wants(std::uint8_t table) const override { return table == kRing.prefix; }
  bool wants_money() const override { return true; }

  void visit(std::uint8_t, base::ByteView, Value before, Value after) override {
    const auto was = decoded<RingSlot>(before);
    const auto now = decoded<RingSlot>(after);
    if (now) sold_ += frost(now->sold.amount());
    if (was) sold_ -= frost(was->sold.amount());
    if (now && now->sold.amount() > now->money.amount())
      note("a slot counts " + shown(frost(now->sold.amount())) + " FROST as sold and holds " +
           shown(frost(now->money.amount())));
  }
  void money(const Money& field) override {
    ++seen_;
    if (field.now > economics::kGenesisSupply)
      note(field.field + " of table " + std::to_string(field.table) + " holds " +
           shown(frost(field.now)) + " FROST, above the supply");
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (broken_ || delta.scope != Scope::kTransaction) return broken_;
    const bool trade = std::any_of(delta.events.begin(), delta.events.end(), sells);
    if (!trade && sold_ == 0) return broken_;
    const auto market = load(delta.before, kMarket);
    if (!market || delta.events.empty()) return broken_;
    const Sum price = frost(market->storage_price.amount());
    Sum paid = 0;
    for (const auto& event : delta.events) {
      if (event.has_storage_reserved()) {
        const auto& e = event.storage_reserved();
        paid += e.cost();
        bought(delta, price * units(e.size()) * (Sum{e.end()} - Sum{e.start()}), e.cost());
      } else if (event.has_blob_registered()) {
        const auto& e = event.blob_registered();
        paid += e.cost();
        if (Sum{e.cost()} != frost(market->write_price.amount()) * units(e.encoded()))
          note("writing " + std::to_string(e.encoded()) + " bytes cost " +
               std::to_string(e.cost()) + " FROST");
      } else if (event.has_bucket_created() && event.bucket_created().cost() > 0) {
        const auto& e = event.bucket_created();
        paid += e.cost();
        bought(delta, price * units(e.size()) * (Sum{e.end()} - Sum{e.start()}), e.cost());
      } else if (event.has_bucket_changed() && event.bucket_changed().cost() > 0) {
        const auto& e = event.bucket_changed();
        const Sum now = must_load(delta.after, kChain).clock.epoch.value();
        paid += e.cost();
        bought(delta,
               e.end() > e.end_before()
                   ? price * units(e.size()) * (Sum{e.end()} - Sum{e.end_before()})
                   : price * units(e.size() - e.size_before()) * (Sum{e.end()} - now),
               e.cost());
      } else if (event.has_blob_extended() && event.blob_extended().cost() > 0) {
        // No purchase is free: the buyer's subsidy is below the whole.
        const auto& e = event.blob_extended();
        paid += e.cost();
        const auto id = base::ObjectId::from(base::as_bytes(e.object()));
        if (const auto blob = load(delta.after, kBlobs, id))
          bought(delta, price * units(blob->size) * (Sum{e.end()} - Sum{e.before()}), e.cost());
      }
    }
    if (paid != sold_)
      note("the ring counts " + shown(sold_) + " FROST as sold, buyers paid " + shown(paid));
    return broken_;
  }

 private:
  static bool sells(const spec::EventRecord& event) {
    return event.has_storage_reserved() || event.has_blob_registered() ||
           event.has_blob_extended() || event.has_bucket_created() || event.has_bucket_changed();
  }
  static Sum units(std::uint64_t bytes) { return (Sum{bytes} + (Sum{1} << 20) - 1) >> 20; }
  // What the buyer paid is the price, less a subsidy of at most `buyer` of it.
  void bought(const Delta& delta, Sum whole, std::uint64_t paid) {
    const Sum rate = load_params(delta.after).economics.buyer;
    if (Sum{paid} <= whole && Sum{paid} >= whole - whole * rate / 10'000) return;
    note(std::to_string(paid) + " FROST were paid for what comes to " + shown(whole));
  }
  void note(std::string sentence) {
    if (!broken_) broken_ = std::move(sentence);
  }

  std::optional<std::string> broken_;
  Sum sold_ = 0;
};

}  // namespace

std::unique_ptr<Law> amounts() { return std::make_unique<Amounts>(); }

}  // namespace wald::ledger::laws
