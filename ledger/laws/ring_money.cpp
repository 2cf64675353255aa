// SPDX-License-Identifier: Apache-2.0
// I15: the ring holds the slices of payments, subsidies, fees and gifts, and what an epoch carried
// on, the part held for void rounds included; its slots are those of the epochs from the running
// one on, without a gap. A close takes the closed slot and touches no other than the next.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class RingMoney final : public LawOf<RingMoney> {
 public:
  std::string_view id() const override { return "I15"; }
  bool wants(std::uint8_t table) const override { return table == kRing.prefix; }

  void visit(std::uint8_t, base::ByteView key, Value before, Value after) override {
    const auto was = decoded<RingSlot>(before);
    const auto now = decoded<RingSlot>(after);
    const Sum gained =
        (now ? frost(now->money.amount()) : 0) - (was ? frost(was->money.amount()) : 0);
    moved_ += gained;
    gained_[epoch_at(key).value()] = gained;
    relabelled_ |= !was || !now;
    ++seen_;
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (relabelled_)
      if (auto sentence = labels(delta)) return sentence;
    if (delta.scope == Scope::kState) return std::nullopt;
    Sum expected = 0;
    for (const auto& event : delta.events) expected += brought(event);
    if (expected != moved_)
      return "the ring gained " + shown(moved_) + " FROST while payments into it come to " +
             shown(expected);
    if (delta.scope == Scope::kPhases)
      for (const auto& event : delta.events)
        if (event.has_epoch_closed())
          if (auto sentence = slots(event.epoch_closed())) return sentence;
    return std::nullopt;
  }

 private:
  static Sum brought(const spec::EventRecord& event) {
    if (event.has_account_fee_charged())
      return Sum{event.account_fee_charged().fee()} - Sum{event.account_fee_charged().burned()};
    if (event.has_storage_reserved()) return event.storage_reserved().cost();
    if (event.has_blob_registered()) return event.blob_registered().cost();
    if (event.has_blob_extended()) return event.blob_extended().cost();
    if (event.has_bucket_created()) return event.bucket_created().cost();
    if (event.has_bucket_changed()) return event.bucket_changed().cost();
    if (event.has_reward_donated() && event.reward_donated().epochs() > 0)  // else into a fund
      return event.reward_donated().amount();
    if (event.has_reward_subsidy_paid() &&
        event.reward_subsidy_paid().kind() == spec::SUBSIDY_PURCHASE)
      return event.reward_subsidy_paid().amount();
    if (event.has_epoch_closed())
      return Sum{event.epoch_closed().carry()} - Sum{event.epoch_closed().money()};
    return 0;
  }

  static std::optional<std::string> labels(const Delta& delta) {
    std::uint32_t next = must_load(delta.after, kChain).clock.epoch.value();
    std::optional<std::string> broken;
    for_each<RingSlot>(delta.after, kRing, [&](base::ByteView key, const RingSlot&) {
      const std::uint32_t epoch = epoch_at(key).value();
      if (epoch != next)
        broken = "a slot is labelled " + std::to_string(epoch) + " where " + std::to_string(next) +
                 " belongs";
      ++next;
      return !broken;
    });
    return broken;
  }

  std::optional<std::string> slots(const spec::EpochClosed& closed) const {
    for (const auto& [epoch, gained] : gained_) {
      const Sum due = epoch == closed.epoch()       ? -Sum{closed.money()}
                      : epoch == closed.epoch() + 1 ? Sum{closed.carry()}
                                                    : 0;
      if (gained != due)
        return "at the close of epoch " + std::to_string(closed.epoch()) + " the slot of epoch " +
               std::to_string(epoch) + " changed by " + shown(gained) + " FROST instead of " +
               shown(due);
    }
    return std::nullopt;
  }

  Sum moved_ = 0;
  std::map<std::uint32_t, Sum> gained_;
  bool relabelled_ = false;
};

}  // namespace

std::unique_ptr<Law> ring_money() { return std::make_unique<RingMoney>(); }

}  // namespace wald::ledger::laws
