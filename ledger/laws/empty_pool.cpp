// SPDX-License-Identifier: Apache-2.0
// I11: where no principal is at work after the step of its pool, or at any time in the pool of a
// left node, nothing is left either: W = S = 0. What was swept began a new generation, one at a
// time, in which a share is a FROST: whatever else lies in it was left behind.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class EmptyPool final : public LawOf<EmptyPool> {
 public:
  std::string_view id() const override { return "I11"; }
  bool wants(std::uint8_t table) const override { return table == kPools.prefix; }

  void visit(std::uint8_t, base::ByteView key, Value before, Value after) override {
    if (!after) return;
    ++seen_;
    const auto node = id_at<base::NodeId>(key);
    const auto was = decoded<PoolRecord>(before);
    const auto now = decoded<PoolRecord>(after);
    if (was && (now->generation < was->generation || now->generation > was->generation + 1))
      broken_ = "the pool of " + shown(node.view()) + " went from generation " +
                std::to_string(was->generation) + " to " + std::to_string(now->generation);
    if (was && was->generation != now->generation && now->active != now->live)
      renewed_[node] = shown(frost(now->active)) + " FROST lie in the new generation of " +
                       shown(node.view()) + " for a principal of " + shown(frost(now->live));
    if (!now->live.is_zero() || (now->active.is_zero() && now->shares.is_zero())) return;
    remains_[node] = {was && was->stepped != now->stepped,
                      shown(frost(now->active)) + " FROST and " +
                          std::to_string(now->shares.value()) + " shares"};
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (broken_) return broken_;
    // Within a block the new generation may have moved on.
    if (!renewed_.empty() && delta.scope != Scope::kBlock) return renewed_.begin()->second;
    for (const auto& [node, rest] : remains_) {
      // In a block transactions may have emptied the pool after its step: its next one sweeps it.
      const bool stepped = rest.stepped && delta.scope == Scope::kPhases;
      if (stepped || must_load(delta.after, kNodes, node).left)
        return rest.numbers + " are left in the pool of " + shown(node.view()) +
               " without any principal";
    }
    return std::nullopt;
  }

 private:
  struct Rest {
    bool stepped = false;
    std::string numbers;
  };
  std::map<base::NodeId, Rest> remains_;
  std::map<base::NodeId, std::string> renewed_;
  std::optional<std::string> broken_;
};

}  // namespace

std::unique_ptr<Law> empty_pool() { return std::make_unique<EmptyPool>(); }

}  // namespace wald::ledger::laws
