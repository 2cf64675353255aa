// SPDX-License-Identifier: Apache-2.0
// I16: in every epoch sold, a purchase leaves the reserve free, and so does extending what is
// mostly empty; any other extension stays within the capacity; and capacity never falls below what
// is in use.
#include "economics/pricing.h"
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Room final : public LawOf<Room> {
 public:
  std::string_view id() const override { return "I16"; }
  bool wants(std::uint8_t table) const override {
    return table == kMarket.prefix || table == kRing.prefix;
  }

  void visit(std::uint8_t table, base::ByteView key, Value before, Value after) override {
    market_ |= table == kMarket.prefix;
    if (table != kRing.prefix || !after) return;
    const auto was = decoded<RingSlot>(before);
    const auto now = decoded<RingSlot>(after);
    ++seen_;
    if (now->used > (was ? was->used : 0)) raised_[epoch_at(key).value()] = now->used;
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (!market_ && raised_.empty()) return std::nullopt;
    const auto market = load(delta.after, kMarket);
    if (!market) return std::nullopt;
    Sum limit = market->capacity;
    if (delta.scope == Scope::kTransaction && !extends_what_is_full(delta))
      limit -= limit * load_params(delta.after).economics.reserve_bps / 10'000;
    if (market_)
      for_each<RingSlot>(delta.after, kRing, [&](base::ByteView key, const RingSlot& slot) {
        raised_[epoch_at(key).value()] = slot.used;
        return true;
      });
    for (const auto& [epoch, used] : raised_)
      if (Sum{used} > limit)
        return "epoch " + std::to_string(epoch) + " has " + std::to_string(used) +
               " bytes in use where " + shown(limit) + " may be";
    return std::nullopt;
  }

 private:
  // Whether something in it was extended whose bytes fill at least half of its size.
  static bool extends_what_is_full(const Delta& delta) {
    for (const auto& event : delta.events) {
      if (event.has_bucket_changed()) {
        const auto& e = event.bucket_changed();  // a Batch may change it again, so as it was then
        if (e.end() > e.end_before() && 2 * Sum{e.certified()} >= Sum{e.size()}) return true;
      }
      if (!event.has_blob_extended()) continue;
      const auto id = base::ObjectId::from(base::as_bytes(event.blob_extended().object()));
      const auto blob = load(delta.after, kBlobs, id);
      if (!blob) return true;  // deleted in the same batch: the wider limit
      const auto encoded = economics::encoded_size(blob->length, load_params(delta.after).shards);
      WALD_CHECK(encoded.ok());  // it was registered
      if (2 * Sum{encoded.value()} >= Sum{blob->size}) return true;
    }
    return false;
  }

  std::map<std::uint32_t, std::uint64_t> raised_;
  bool market_ = false;
};

}  // namespace

std::unique_ptr<Law> room() { return std::make_unique<Room>(); }

}  // namespace wald::ledger::laws
