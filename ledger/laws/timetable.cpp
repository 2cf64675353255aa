// SPDX-License-Identifier: Apache-2.0
// I27: epochs take legal steps only, one a block, each when the timetable says; time and heights
// rise; after a change every pool on the roll stands at the new epoch, is quarantined or belongs to
// a left node, and only a left node is off the roll; what waits for one in quarantine is what the
// steps that it missed, one an epoch, would have brought it; what attested in a hand-over is
// counted once each.
#include "codec/base/bitmap.h"
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

class Timetable final : public LawOf<Timetable> {
 public:
  std::string_view id() const override { return "I27"; }
  bool wants(std::uint8_t table) const override {
    return table == kChain.prefix || table == kSync.prefix || table == kQuarantine.prefix ||
           table == kNodes.prefix || table == kRoll.prefix;
  }

  void visit(std::uint8_t table, base::ByteView key, Value before, Value after) override {
    if (table == kChain.prefix) {
      was_ = decoded<ChainRecord>(before);
      now_ = decoded<ChainRecord>(after);
      ++seen_;
    } else if (table == kSync.prefix && after) {
      synced_.emplace(epoch_at(key), *decoded<SyncRecord>(after));
    } else if (table == kQuarantine.prefix && after) {
      ++seen_;
      waits(id_at<base::NodeId>(key), *decoded<QuarantineRecord>(after));
    } else if (table == kNodes.prefix ? !before : table == kRoll.prefix && !after) {
      called_.push_back(id_at<base::NodeId>(key));
    }
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (odd_) return odd_;
    for (const base::NodeId& node : called_)
      if (!exists(delta.after, kRoll, node) && !must_load(delta.after, kNodes, node).left)
        return "the node " + shown(node.view()) + " is not on the roll";
    for (const auto& [epoch, sync] : synced_) {
      ++seen_;
      const Sum weight = attested(must_load(delta.after, kCommittees, epoch), sync);
      if (weight != Sum{sync.weight})
        return "the hand-over of epoch " + std::to_string(epoch.value()) + " counts " +
               std::to_string(sync.weight) + " shards where " + shown(weight) + " attested";
    }
    if (!now_) return std::nullopt;
    if (!was_) return pools(delta);
    const bool changed = was_->clock.epoch != now_->clock.epoch;
    if (auto sentence = steps(delta, changed)) return sentence;
    return changed && delta.scope == Scope::kPhases ? pools(delta) : std::nullopt;
  }

 private:
  void waits(const base::NodeId& node, const QuarantineRecord& record) {
    Sum due = 0;
    bool in_order = true;
    for (std::size_t i = 0; i < record.missed.size(); ++i) {
      const MissedStep& step = record.missed[i];
      due += frost(step.reward.amount()) + frost(step.bonus.amount());
      in_order = in_order && (i == 0 || step.into == record.missed[i - 1].into.next());
    }
    if (due != frost(record.money.amount()))
      odd_ = shown(frost(record.money.amount())) + " FROST wait for the pool of " +
             shown(node.view()) + " where " + shown(due) + " are due";
    if (!in_order) odd_ = "the steps that " + shown(node.view()) + " missed have a gap";
  }

  static Sum attested(const CommitteeRecord& committee, const SyncRecord& sync) {
    Sum weight = 0;
    for (std::size_t i = 0; i < committee.members.size(); ++i)
      if (base::bit_at(sync.attested, i))
        weight += static_cast<Sum>(committee.members[i].shards.size());
    return weight;
  }

  std::optional<std::string> steps(const Delta& delta, bool changed) const {
    const EpochClock& was = was_->clock;
    const EpochClock& now = now_->clock;
    const std::uint64_t rise = delta.is_step() ? 1 : 0;
    if (now_->height.value() != was_->height.value() + rise || now_->time < was_->time ||
        (!delta.is_step() && now_->time != was_->time))
      return "height " + std::to_string(was_->height.value()) + " at " +
             std::to_string(was_->time.value()) + " is followed by " +
             std::to_string(now_->height.value()) + " at " + std::to_string(now_->time.value());
    if (changed) return change(delta);
    const bool repeated = was.epoch.value() == 0 && was.start != now.start;
    if (repeated) return std::nullopt;
    if (was.start != now.start || was.length != now.length || was.first_height != now.first_height)
      return "the timetable of epoch " + std::to_string(now.epoch.value()) + " was changed in it";
    const bool closes = !was.sync_closed && now.sync_closed;
    const bool selects = !was.selected && now.selected;
    if ((was.synced && !now.synced) || (was.sync_closed && !now.sync_closed) ||
        (was.selected && !now.selected) || (closes && selects))
      return "the phases of epoch " + std::to_string(now.epoch.value()) + " are out of order";
    if (!closes && !selects) return std::nullopt;
    const Params params = load_params(delta.before);
    const std::uint64_t due =
        now.start.value() + (closes ? params.handover : now.length * params.select / 10'000);
    if (delta.is_step() && now_->time.value() >= due) return std::nullopt;
    return "a phase due at " + std::to_string(due) + " came at " +
           std::to_string(now_->time.value());
  }

  std::optional<std::string> change(const Delta& delta) const {
    const EpochClock& was = was_->clock;
    const EpochClock& now = now_->clock;
    const std::string name = "the change to epoch " + std::to_string(now.epoch.value());
    if (now.epoch != was.epoch.next() || !was.selected || now.selected || now.sync_closed ||
        !delta.is_step())
      return name + " is no legal step from " + std::to_string(was.epoch.value());
    const std::uint64_t blocks = now_->height.value() - was.first_height.value();
    const std::uint64_t end = was.end().value();
    if (now_->time.value() < end || blocks < load_params(delta.before).epoch_min_blocks)
      return name + " came at " + std::to_string(now_->time.value()) + " after " +
             std::to_string(blocks) + " blocks, before its time " + std::to_string(end);
    // H-1: a long halt alone moves the start.
    const bool halted = now_->time.value() > end + was.length / 4;
    if (now.start.value() != (halted ? now_->time.value() : end))
      return name + " is dated " + std::to_string(now.start.value()) + " instead of " +
             std::to_string(end);
    return std::nullopt;
  }

  std::optional<std::string> pools(const Delta& delta) {
    const base::Epoch epoch = now_->clock.epoch;
    std::optional<std::string> broken;
    for_each<RollRecord>(delta.after, kRoll, [&](base::ByteView rest, const RollRecord&) {
      ++seen_;
      const auto node = base::NodeId::from(rest);
      const PoolRecord pool = must_load(delta.after, kPools, node);
      if (pool.stepped == epoch || exists(delta.after, kQuarantine, node) ||
          must_load(delta.after, kNodes, node).left)
        return true;
      broken = "the pool of " + shown(node.view()) + " stands at epoch " +
               std::to_string(pool.stepped.value()) + " in epoch " + std::to_string(epoch.value());
      return false;
    });
    return broken;
  }

  std::optional<ChainRecord> was_;
  std::optional<ChainRecord> now_;
  std::map<base::Epoch, SyncRecord> synced_;
  std::vector<base::NodeId> called_;  // new, or struck off the roll
  std::optional<std::string> odd_;
};

}  // namespace

std::unique_ptr<Law> timetable() { return std::make_unique<Timetable>(); }

}  // namespace wald::ledger::laws
