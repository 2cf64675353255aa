// SPDX-License-Identifier: Apache-2.0
// I5: the live stakes of a pool never own more shares than the pool has, each lifted to the pool's
// scale. A whole state is summed; a transaction may give the stakes that it touches no more than it
// gives the pool, so that what rounding left nobody never shrinks, and a pool that falls empty
// leaves none of them a share. Steps are judged by the next sum.
#include "economics/stakes.h"
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class OwnShares final : public LawOf<OwnShares> {
 public:
  std::string_view id() const override { return "I5"; }
  bool judges(Scope scope) const override {
    return scope == Scope::kTransaction || scope == Scope::kState;
  }
  bool wants(std::uint8_t table) const override { return table == kStakes.prefix; }

  void visit(std::uint8_t, base::ByteView, Value before, Value after) override {
    ++seen_;
    if (auto stake = decoded<economics::Stake>(before)) was_[stake->node].push_back(*stake);
    if (auto stake = decoded<economics::Stake>(after)) now_[stake->node].push_back(*stake);
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    for (const auto& [node, stakes] : was_) now_[node];
    for (const auto& [node, stakes] : now_) {
      const auto pool = load(delta.after, kPools, node);
      if (!pool) return "a stake with " + shown(node.view()) + ", which has no pool";
      const Sum own = owned(delta.after, *pool, stakes);
      Sum most = shares_of(*pool);
      if (delta.scope == Scope::kTransaction && !pool->shares.is_zero()) {
        const auto before = load(delta.before, kPools, node);
        const auto earlier = was_.find(node);
        if (!before || before->scale != pool->scale) continue;  // a step lies between
        most -= shares_of(*before);
        if (earlier != was_.end()) most += owned(delta.before, *before, earlier->second);
      }
      if (own > most)
        return "stakes with " + shown(node.view()) + " own " + shown(own) + " shares of " +
               shown(most);
    }
    return std::nullopt;
  }

 private:
  // The bond's shares are the pool's own figure.
  static Sum shares_of(const PoolRecord& pool) {
    return Sum{pool.shares.value()} - (pool.bond ? Sum{pool.bond->shares.value()} : 0);
  }

  static Sum owned(const Reader& state, const PoolRecord& pool,
                   const std::vector<economics::Stake>& stakes) {
    const economics::Pool figures = figures_of(pool);
    Sum sum = 0;
    for (const economics::Stake& stake : stakes) {
      if (stake.bond) continue;
      // What asked to leave is in the pool until the step of its epoch.
      if (stake.leaving && stake.leaving->exit <= pool.stepped) continue;
      const auto record = load(state, kRates, stake.node, stake.activation);
      if (!record || !record->minted || !record->mint) continue;  // waits, or was returned
      const auto whole =
          economics::current(stake, figures, economics::Mint{record->mint, record->returned});
      WALD_CHECK(whole.ok() && whole->minted);
      const auto lifted = economics::lift(whole->minted->own, whole->minted->scale, pool.scale);
      WALD_CHECK(lifted.ok());
      sum += Sum{lifted->value()};
    }
    return sum;
  }

  std::map<base::NodeId, std::vector<economics::Stake>> was_;
  std::map<base::NodeId, std::vector<economics::Stake>> now_;
};

}  // namespace

std::unique_ptr<Law> own_shares() { return std::make_unique<OwnShares>(); }

}  // namespace wald::ledger::laws
