// SPDX-License-Identifier: Apache-2.0
// I12: commission and the delegators' part are together the reward; a rate waits out its notice:
// it is announced for two epochs on and comes into force by a step alone, from what was announced;
// commission of an epoch stays in escrow until its time and no longer.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

constexpr std::uint32_t kNotice = 2;  // P-11
constexpr std::uint32_t kEscrow = 3;

class Commission final : public LawOf<Commission> {
 public:
  std::string_view id() const override { return "I12"; }
  bool wants(std::uint8_t table) const override { return table == kPools.prefix; }

  void visit(std::uint8_t, base::ByteView key, Value before, Value after) override {
    if (!after) return;
    ++seen_;
    const auto was = decoded<PoolRecord>(before);
    const auto now = decoded<PoolRecord>(after);
    const std::string who = shown(key.first(base::NodeId::kSize));
    const std::uint32_t at = now->stepped.value();
    for (const auto& [epoch, held] : now->escrow)
      if (epoch.value() + kEscrow <= at)
        note("commission of epoch " + std::to_string(epoch.value()) + " of " + who +
             " is still in escrow in epoch " + std::to_string(at));
    if (!was) return;
    if (was->rate != now->rate) changed(*was, *now, who);
    for (const auto& [epoch, bps] : now->scheduled) {
      const auto known = was->scheduled.find(epoch);
      if (known != was->scheduled.end() && known->second == bps) continue;
      announced_.push_back(epoch);
    }
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (broken_) return broken_;
    if (!announced_.empty() && delta.scope != Scope::kState) {
      const base::Epoch now = must_load(delta.before, kChain).clock.epoch;
      for (const base::Epoch epoch : announced_)
        if (epoch.value() < now.value() + kNotice)
          return "a rate announced in epoch " + std::to_string(now.value()) +
                 " would count in epoch " + std::to_string(epoch.value());
    }
    for (const auto& event : delta.events) {
      if (!event.has_reward_paid()) continue;
      const auto& paid = event.reward_paid();
      ++seen_;
      if (Sum{paid.commission()} + Sum{paid.delegators()} != Sum{paid.reward()})
        return "of a reward of " + std::to_string(paid.reward()) + " FROST " +
               std::to_string(paid.commission()) + " are commission and " +
               std::to_string(paid.delegators()) + " go to delegators";
    }
    return std::nullopt;
  }

 private:
  void changed(const PoolRecord& was, const PoolRecord& now, const std::string& who) {
    const std::string rates =
        std::to_string(was.rate.value()) + " to " + std::to_string(now.rate.value()) + " bps";
    if (was.stepped == now.stepped)
      return note("the rate of " + who + " went from " + rates + " outside a step");
    // The last of those that were due.
    std::optional<economics::Bps> due;
    for (const auto& [epoch, bps] : was.scheduled)
      if (epoch <= now.stepped) due = bps;
    if (due != now.rate) note("the rate of " + who + " went from " + rates + " unannounced");
  }
  void note(std::string sentence) {
    if (!broken_) broken_ = std::move(sentence);
  }

  std::vector<base::Epoch> announced_;
  std::optional<std::string> broken_;
};

}  // namespace

std::unique_ptr<Law> commission() { return std::make_unique<Commission>(); }

}  // namespace wald::ledger::laws
