// SPDX-License-Identifier: Apache-2.0
// I21: nobody earns more than a perfect score would, and the operator bears a loss first: his
// commission is max(0, full commission - (full - earned)), at the rate that stood before the close.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class FirstLoss final : public LawOf<FirstLoss> {
 public:
  std::string_view id() const override { return "I21"; }

  bool judges(Scope scope) const override { return scope == Scope::kPhases; }

  std::optional<std::string> verdict(const Delta& delta) override {
    for (const auto& event : delta.events)
      if (event.has_reward_paid())
        if (auto sentence = one(event.reward_paid(), delta)) return sentence;
    return std::nullopt;
  }

 private:
  std::optional<std::string> one(const spec::RewardPaid& paid, const Delta& delta) {
    ++seen_;
    const auto node = node_in(paid.node());
    const std::string who = shown(node.view());
    if (paid.reward() > paid.full())
      return who + " earned " + std::to_string(paid.reward()) + " FROST of at most " +
             std::to_string(paid.full());
    Sum due = 0;
    if (!exists(delta.after, kQuarantine, node)) {
      const PoolRecord pool = must_load(delta.before, kPools, node);
      due = Sum{paid.full()} * pool.rate.value() / 10'000 - (Sum{paid.full()} - Sum{paid.reward()});
      due = std::max<Sum>(due, 0);
    }
    if (Sum{paid.commission()} != due)
      return "the commission of " + who + " is " + std::to_string(paid.commission()) +
             " FROST of a reward of " + std::to_string(paid.reward()) + " out of " +
             std::to_string(paid.full()) + ", where " + shown(due) + " are due";
    return std::nullopt;
  }
};

}  // namespace

std::unique_ptr<Law> first_loss() { return std::make_unique<FirstLoss>(); }

}  // namespace wald::ledger::laws
