// SPDX-License-Identifier: Apache-2.0
// I13: what waits in a pool waits for one of the two epochs after the one the pool stands at (in
// the pool of a left node: for any that never came), and is exactly the principal of the stakes
// that have not started: a stake waits while nothing was minted for its activation.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Pending final : public LawOf<Pending> {
 public:
  std::string_view id() const override { return "I13"; }
  bool wants(std::uint8_t table) const override {
    return table == kStakes.prefix || table == kPools.prefix;
  }

  void visit(std::uint8_t table, base::ByteView key, Value before, Value after) override {
    if (table == kStakes.prefix) {
      count(decoded<economics::Stake>(after), 1);
      count(decoded<economics::Stake>(before), -1);
    } else if (table == kPools.prefix) {
      const auto node = id_at<base::NodeId>(key);
      const auto now = decoded<PoolRecord>(after);
      wait(node, now, 1);
      wait(node, decoded<PoolRecord>(before), -1);
      if (!now) return;
      ++seen_;
      for (const auto& [epoch, amount] : now->pend)
        if (epoch <= now->stepped || epoch.value() > now->stepped.value() + 2)
          odd_.emplace(node, "principal of " + shown(frost(amount)) + " FROST waits for epoch " +
                                 std::to_string(epoch.value()) + " in a pool that stands at " +
                                 std::to_string(now->stepped.value()));
    }
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    for (const auto& [node, sentence] : odd_)
      if (!must_load(delta.after, kNodes, node).left && !exists(delta.after, kQuarantine, node))
        return sentence;
    // A step starts what waited without a look at the stakes.
    if (delta.is_step()) return std::nullopt;
    for (const auto& [at, sum] : waiting_) {
      const auto rate = load(delta.after, kRates, at.first, at.second);
      if (sum == 0 || (rate && rate->minted)) continue;
      return "what waits in " + shown(at.first.view()) + " for epoch " +
             std::to_string(at.second.value()) + " differs by " + shown(sum) +
             " FROST from its stakes";
    }
    return std::nullopt;
  }

 private:
  void count(const std::optional<economics::Stake>& stake, int sign) {
    if (stake) waiting_[{stake->node, stake->activation}] -= sign * frost(stake->principal);
  }
  void wait(const base::NodeId& node, const std::optional<PoolRecord>& pool, int sign) {
    if (!pool) return;
    for (const auto& [epoch, amount] : pool->pend) waiting_[{node, epoch}] += sign * frost(amount);
  }

  std::map<std::pair<base::NodeId, base::Epoch>, Sum> waiting_;  // of the pool less its stakes
  std::map<base::NodeId, std::string> odd_;
};

}  // namespace

std::unique_ptr<Law> pending() { return std::make_unique<Pending>(); }

}  // namespace wald::ledger::laws
