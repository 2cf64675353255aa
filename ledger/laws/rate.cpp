// SPDX-License-Identifier: Apache-2.0
// I6: within a generation the value of a share never falls, W' * S >= W * S' exactly, but in a step
// with a slash event. Shares after a doubling are compared with the old ones doubled.
#include <set>

#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

using economics::U128;

// a * b * 2^doublings >= c * d: once the left side cannot be doubled it is above any right side.
bool covers(U128 left, std::uint32_t doublings, U128 right) {
  for (std::uint32_t i = 0; i < doublings && left < right; ++i) {
    if (left == 0 || left >> 127 != 0) return left != 0;
    left <<= 1;
  }
  return left >= right;
}

class RateLaw final : public LawOf<RateLaw> {
 public:
  std::string_view id() const override { return "I6"; }
  bool wants(std::uint8_t table) const override { return table == kPools.prefix; }

  void visit(std::uint8_t, base::ByteView key, Value before, Value after) override {
    if (!before || !after) return;
    const auto was = decoded<PoolRecord>(before);
    const auto now = decoded<PoolRecord>(after);
    ++seen_;
    if (was->generation != now->generation || was->shares.is_zero() || now->shares.is_zero() ||
        began_anew(*was, *now))
      return;
    const std::uint32_t from = was->scale.value();
    const std::uint32_t to = now->scale.value();
    const bool fell =
        to < from ||
        !covers(economics::product(now->active.value(), was->shares.value()), to - from,
                economics::product(was->active.value(), now->shares.value()));
    if (fell)
      fallen_.emplace(id_at<base::NodeId>(key), shown(frost(was->active)) + " FROST for " +
                                                    std::to_string(was->shares.value()) +
                                                    " shares became " + shown(frost(now->active)) +
                                                    " for " + std::to_string(now->shares.value()));
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    for (const auto& event : delta.events)
      if (event.has_pool_slashed()) fallen_.erase(node_in(event.pool_slashed().node()));
    if (fallen_.empty()) return std::nullopt;
    const auto& [node, numbers] = *fallen_.begin();
    return "the rate of " + shown(node.view()) + " fell without a slash: " + numbers;
  }

 private:
  // Everybody left in one of the steps and took the last FROST along: nothing was swept, so the
  // number of the generation stays, and those who start now start at one FROST a share. Some of
  // them may leave at once in the same block, so it is told by who left, not by who is there.
  static bool began_anew(const PoolRecord& was, const PoolRecord& now) {
    U128 live = was.live.value();
    for (base::Epoch epoch = was.stepped.next(); epoch <= now.stepped; epoch = epoch.next()) {
      const U128 leaving = leaving_at(was, epoch);
      if (leaving > live) return false;
      if (leaving == live && live != 0) return true;
      live = live - leaving + sum_at(was.pend, epoch);
    }
    return false;
  }

  static U128 sum_at(const std::map<base::Epoch, Amount>& sums, base::Epoch epoch) {
    const auto found = sums.find(epoch);
    return found == sums.end() ? 0 : found->second.value();
  }

  // Principal: asked to leave, those who asked before they started an epoch ago, the bond.
  static U128 leaving_at(const PoolRecord& was, base::Epoch epoch) {
    U128 out = 0;
    if (const auto found = was.exits.find(epoch); found != was.exits.end())
      out += found->second.principal.value();
    if (epoch > was.stepped.next()) out += sum_at(was.pre, base::Epoch(epoch.value() - 1));
    if (was.bond && was.bond->leaving && was.bond->leaving->exit == epoch)
      out += was.bond->principal.value();
    return out;
  }

  std::map<base::NodeId, std::string> fallen_;
};

}  // namespace

std::unique_ptr<Law> rate() { return std::make_unique<RateLaw>(); }

}  // namespace wald::ledger::laws
