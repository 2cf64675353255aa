// SPDX-License-Identifier: Apache-2.0
// I22: the shards of a committee are dealt out once each: disjoint, all of them, none empty-handed;
// and no member of an election holds more than twice its share of the members' stake, a part of a
// shard counting as one (the cap of C-2, from above: the candidates' stake is at least that).
#include "economics/stake_pool.h"
#include "ledger/laws/support.h"
#include "ledger/stakes.h"

namespace wald::ledger::laws {
namespace {

class Seats final : public LawOf<Seats> {
 public:
  std::string_view id() const override { return "I22"; }
  bool wants(std::uint8_t table) const override { return table == kCommittees.prefix; }

  void visit(std::uint8_t, base::ByteView key, Value, Value after) override {
    if (after) fresh_.emplace(epoch_at(key), *decoded<CommitteeRecord>(after));
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (fresh_.empty()) return std::nullopt;
    const std::uint64_t n = load_params(delta.after).shards;
    for (const auto& [epoch, committee] : fresh_) {
      ++seen_;
      if (auto sentence = dealt(committee, n))
        return "committee of epoch " + std::to_string(epoch.value()) + ": " + *sentence;
    }
    // Stakes move on: only the committee just chosen can be held against them.
    if (delta.scope != Scope::kPhases) return std::nullopt;
    for (const auto& event : delta.events)
      if (event.has_epoch_committee_chosen() && !event.epoch_committee_chosen().carried_over())
        if (auto sentence = capped(base::Epoch(event.epoch_committee_chosen().epoch()), delta, n))
          return sentence;
    return std::nullopt;
  }

 private:
  static std::optional<std::string> dealt(const CommitteeRecord& committee, std::uint64_t n) {
    std::vector<bool> taken(n);
    std::uint64_t sum = 0;
    for (const CommitteeMember& member : committee.members) {
      if (member.shards.empty()) return shown(member.node.view()) + " holds no shard";
      for (const base::ShardIndex shard : member.shards) {
        if (shard.value() >= n || taken[shard.value()])
          return "shard " + std::to_string(shard.value()) + " is given twice or does not exist";
        taken[shard.value()] = true;
        ++sum;
      }
    }
    if (sum != n) return std::to_string(sum) + " of " + std::to_string(n) + " shards are dealt out";
    return std::nullopt;
  }

  std::optional<std::string> capped(base::Epoch epoch, const Delta& delta, std::uint64_t n) const {
    const auto at = fresh_.find(epoch);
    if (at == fresh_.end()) return std::nullopt;
    std::vector<Sum> stakes;
    Sum all = 0;
    for (const CommitteeMember& member : at->second.members) {
      // As before the choice, which is what the election saw.
      const Amount value = economics::weight_at(peek_pool(delta.before, member.node), epoch,
                                                node_view(delta.before, member.node));
      stakes.push_back(frost(value));
      all += stakes.back();
    }
    for (std::size_t i = 0; i < stakes.size(); ++i) {
      const Sum held = static_cast<Sum>(at->second.members[i].shards.size());
      // held <= max(1, ceil(2 n stake / all))
      if (held > 1 && (held - 1) * all >= 2 * static_cast<Sum>(n) * stakes[i])
        return shown(at->second.members[i].node.view()) + " holds " + shown(held) + " of " +
               std::to_string(n) + " shards for " + shown(stakes[i]) + " of " + shown(all) +
               " FROST";
    }
    return std::nullopt;
  }

  std::map<base::Epoch, CommitteeRecord> fresh_;
};

}  // namespace

std::unique_ptr<Law> seats() { return std::make_unique<Seats>(); }

}  // namespace wald::ledger::laws
