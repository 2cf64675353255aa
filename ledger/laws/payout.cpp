// SPDX-License-Identifier: Apache-2.0
// I8: a pool pays out no more than came in, and no payout is ever cut down to what is there. Each
// stake that was paid, moved or merged into another is gone, and went once; what all stakes of an
// exit may still claim is covered by the money that was set aside for it.
#include <set>

#include "economics/penalties.h"
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Payout final : public LawOf<Payout> {
 public:
  std::string_view id() const override { return "I8"; }
  bool wants(std::uint8_t table) const override {
    return table == kStakes.prefix || table == kRates.prefix;
  }

  void visit(std::uint8_t table, base::ByteView key, Value before, Value after) override {
    if (table == kStakes.prefix) {
      if (before && !after) removed_.insert(id_at<base::ObjectId>(key));
      if (!before && after) fresh_.push_back(*decoded<economics::Stake>(after));
    } else if (table == kRates.prefix && after) {
      rates_[{id_at<base::NodeId>(key), epoch_at(key, base::NodeId::kSize)}] =
          *decoded<RateRecord>(after);
    }
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (delta.scope == Scope::kState) return covered();
    std::set<base::ObjectId> made, ended;
    std::size_t there_before = 0;
    for (const auto& event : delta.events) {
      if (const std::string* id = made_by(event))
        made.insert(base::ObjectId::from(base::as_bytes(*id)));
      const std::string* id = ended_by(event);
      if (id == nullptr) continue;
      ++seen_;
      const auto stake = base::ObjectId::from(base::as_bytes(*id));
      if (!ended.insert(stake).second) return "stake " + shown(stake.view()) + " ended twice";
      if (exists(delta.after, kStakes, stake))
        return "stake " + shown(stake.view()) + " ended and is still there";
      // Made and ended in one it shows in neither state.
      if (exists(delta.before, kStakes, stake))
        ++there_before;
      else if (made.count(stake) == 0)
        return "stake " + shown(stake.view()) + " ended and never was there";
    }
    // By itself only a bond ends: joined by its top-up, or closed by a charge.
    if (delta.scope == Scope::kTransaction && removed_.size() != there_before)
      return std::to_string(removed_.size()) + " stakes are gone and " +
             std::to_string(there_before) + " were paid, moved or merged";
    return std::nullopt;
  }

 private:
  static const std::string* made_by(const spec::EventRecord& event) {
    if (event.has_stake_delegated()) return &event.stake_delegated().stake();
    if (event.has_stake_split()) return &event.stake_split().part();
    if (event.has_stake_moved()) return &event.stake_moved().staked();
    return nullptr;
  }
  static const std::string* ended_by(const spec::EventRecord& event) {
    if (event.has_stake_withdrawn()) return &event.stake_withdrawn().stake();
    if (event.has_stake_moved()) return &event.stake_moved().stake();
    if (event.has_stake_merged()) return &event.stake_merged().other();
    return nullptr;
  }

  std::optional<std::string> covered() {
    std::map<std::pair<base::NodeId, base::Epoch>, Sum> owed;
    for (const economics::Stake& stake : fresh_) {
      ++seen_;
      if (!stake.leaving) continue;
      const auto at = rates_.find({stake.node, stake.leaving->exit});
      if (at == rates_.end() || !at->second.claim) continue;
      const economics::Rate& claim = *at->second.claim;
      std::optional<economics::Minted> own = stake.minted;
      const auto mint = rates_.find({stake.node, stake.activation});
      if (!own && mint != rates_.end() && mint->second.mint) {
        const auto shares = economics::to_shares(stake.principal, *mint->second.mint);
        WALD_CHECK(shares.ok());  // it was minted at that rate
        own = economics::Minted{shares.value(), mint->second.mint->scale};
      }
      if (!own) continue;  // returned: its principal waits whole
      const auto shares = economics::lift(own->own, own->scale, claim.scale);
      if (!shares.ok()) return "shares of stake " + shown(stake.id.view()) + " do not fit";
      const auto gross = economics::to_frost(shares.value(), claim);
      if (!gross.ok()) return "the claim of stake " + shown(stake.id.view()) + " has no value";
      owed[at->first] +=
          frost(gross.value()) - frost(economics::shift_fee(gross.value(), stake.leaving->fee));
    }
    for (const auto& [exit, sum] : owed)
      if (sum > frost(rates_.at(exit).claim_money))
        return "exits of epoch " + std::to_string(exit.second.value()) + " from " +
               shown(exit.first.view()) + " may claim " + shown(sum) + " FROST, and " +
               shown(frost(rates_.at(exit).claim_money)) + " are set aside";
    return std::nullopt;
  }

  std::set<base::ObjectId> removed_;
  std::vector<economics::Stake> fresh_;
  std::map<std::pair<base::NodeId, base::Epoch>, RateRecord> rates_;
};

}  // namespace

std::unique_ptr<Law> payout() { return std::make_unique<Payout>(); }

}  // namespace wald::ledger::laws
