// SPDX-License-Identifier: Apache-2.0
// I19: at a close, money of the slot + subsidies = burned + earned + what nobody earned (into the
// repair fund, or burned) + what is carried on, exactly; and the repair fund never grows beyond its
// cap. Each sum is taken from where the money lay, not from one event alone.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class PotLaw final : public LawOf<PotLaw> {
 public:
  std::string_view id() const override { return "I19"; }
  bool wants(std::uint8_t table) const override { return table == kFunds.prefix; }

  void visit(std::uint8_t, base::ByteView key, Value before, Value after) override {
    if (!after) return;
    if (base::as_text(key.subspan(1)) != kFundRepair) return;
    const auto was = decoded<FundRecord>(before);
    const auto now = decoded<FundRecord>(after);
    ++seen_;
    if (was && now->amount.amount() > was->amount.amount()) fund_ = now->amount.amount();
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (fund_) {
      const Params was = load_params(delta.before);
      const Params now = load_params(delta.after);
      const std::uint64_t cap = std::max(was.economics.fund_cap, now.economics.fund_cap);
      if (fund_->value() > cap)
        return "the repair fund grew to " + shown(frost(*fund_)) + " FROST, above its cap of " +
               std::to_string(cap);
    }
    if (delta.scope != Scope::kPhases) return std::nullopt;
    for (const auto& event : delta.events)
      if (event.has_epoch_closed()) return close(event.epoch_closed(), delta);
    return std::nullopt;
  }

 private:
  std::optional<std::string> close(const spec::EpochClosed& closed, const Delta& delta) {
    Sum rewards = 0, subsidy = 0, unspent = 0;
    for (const auto& event : delta.events) {
      if (event.has_reward_paid()) rewards += event.reward_paid().reward();
      if (event.has_reward_subsidy_paid()) subsidy += event.reward_subsidy_paid().amount();
      if (event.has_reward_unspent())
        unspent += Sum{event.reward_unspent().repair_fund()} + Sum{event.reward_unspent().burned()};
    }
    ++seen_;
    const base::Epoch epoch(closed.epoch());
    const Sum money = frost(must_load(delta.before, kRing, epoch).money.amount());
    const Sum carried = frost(must_load(delta.after, kRing, epoch.next()).money.amount()) -
                        frost(must_load(delta.before, kRing, epoch.next()).money.amount());
    const Sum in = money + subsidy;
    const Sum out = Sum{closed.burned()} + rewards + unspent + carried;
    if (in == out && Sum{closed.rewards()} == rewards && Sum{closed.unspent()} == unspent &&
        Sum{closed.carry()} == carried && Sum{closed.subsidy()} == subsidy &&
        Sum{closed.money()} == money)
      return std::nullopt;
    return "epoch " + std::to_string(closed.epoch()) + " closed with " + shown(money) + " + " +
           shown(subsidy) + " FROST and gave " + std::to_string(closed.burned()) + " + " +
           shown(rewards) + " + " + shown(unspent) + " + " + shown(carried);
  }

  std::optional<Amount> fund_;
};

}  // namespace

std::unique_ptr<Law> pot() { return std::make_unique<PotLaw>(); }

}  // namespace wald::ledger::laws
