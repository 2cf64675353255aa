// SPDX-License-Identifier: Apache-2.0
// I29: a penalty is the fall of the money in the world that its events name, under its own cause;
// what it takes it takes in the order of X-5, escrow oldest first, then free commission, then what
// is staked; a declared loss takes what its event says and no more than was asked; and a ballot
// slashes once, after it was approved. Evidence of double signing and of fraud is not taken yet.
#include <algorithm>
#include <charconv>
#include <set>

#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

constexpr std::string_view kEscrow = "escrow.";

// The epoch in the name of a field `escrow.12`; nothing of another field.
std::optional<std::uint64_t> escrow_epoch(std::string_view field) {
  if (field.substr(0, kEscrow.size()) != kEscrow) return std::nullopt;
  field.remove_prefix(kEscrow.size());
  std::uint64_t epoch = 0;
  const auto read = std::from_chars(field.data(), field.data() + field.size(), epoch);
  WALD_CHECK(read.ec == std::errc() && read.ptr == field.data() + field.size());
  return epoch;
}

// The money of one pool as the events so far left it.
class Purse {
 public:
  Purse(const Reader& before, const base::NodeId& node) {
    const auto pool = load(before, kPools, node);
    if (!pool) return;
    free_ = pool->free.amount().value();
    for (const auto& [epoch, held] : pool->escrow) escrow_[epoch.value()] = held.amount().value();
  }

  // What one event took, by place.
  struct Taken {
    Sum escrow = 0;
    Sum free = 0;
    Sum stake = 0;
    std::optional<std::uint64_t> last;  // newest epoch whose escrow it touched
    bool gave = false;                  // something rose
  };
  void add(const spec::Posting& posting, Taken& taken) {
    const Sum fall = Sum{posting.before()} - Sum{posting.after()};
    taken.gave = taken.gave || fall < 0;
    if (posting.field() == "vault") {
      taken.stake += fall;
    } else if (posting.field() == "free") {
      taken.free += fall;
      free_ = posting.after();
    } else if (const auto epoch = escrow_epoch(posting.field())) {
      taken.escrow += fall;
      escrow_[*epoch] = posting.after();
      taken.last = std::max(taken.last.value_or(0), *epoch);
    }
  }

  bool escrow_left(std::uint64_t below) const {
    for (const auto& [epoch, amount] : escrow_)
      if (epoch < below && amount > 0) return true;
    return false;
  }
  // nothing is taken from a place while one before it holds something.
  bool in_order(const Taken& taken) const {
    if (taken.last && escrow_left(*taken.last)) return false;
    if ((taken.free > 0 || taken.stake > 0) && escrow_left(UINT64_MAX)) return false;
    return taken.stake == 0 || free_ == 0;
  }
  bool empty() const { return free_ == 0 && !escrow_left(UINT64_MAX); }

 private:
  std::uint64_t free_ = 0;
  std::map<std::uint64_t, std::uint64_t> escrow_;
};

class Penalties final : public LawOf<Penalties> {
 public:
  std::string_view id() const override { return "I29"; }
  bool judges(Scope scope) const override {
    return scope != Scope::kState && scope != Scope::kRefused;
  }
  bool wants(std::uint8_t table) const override { return table == kSupply.prefix; }

  void visit(std::uint8_t, base::ByteView, Value before, Value after) override {
    burned_slash_ = grown(before, after, spec::BURN_SLASH);
    burned_fine_ = grown(before, after, spec::BURN_FINE);
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    // Most transactions penalise nobody: their pools' money is not followed.
    const bool follows =
        delta.scope == Scope::kTransaction &&
        std::any_of(delta.events.begin(), delta.events.end(), [](const spec::EventRecord& event) {
          return event.has_commission_fined() || event.has_node_shard_lost();
        });
    for (const auto& event : delta.events) {
      if (event.has_slash_executed()) ballot(event.slash_executed(), delta);
      if (event.has_commission_fined()) fined(event.commission_fined());
      if (event.has_pool_slashed() && event.pool_slashed().cause() == spec::SLASH_FINE)
        fines_ += Sum{event.pool_slashed().amount()} + Sum{event.pool_slashed().bond()};
      if (follows) follow(event, delta);
    }
    if (!broken_ && burned_slash_ != slashed_)
      note("slashes took " + shown(slashed_) + " FROST while the supply fell by " +
           shown(burned_slash_) + " for them");
    if (!broken_ && (burned_fine_ < 0 || burned_fine_ > fines_))  // the rest is bounties
      note("fines took " + shown(fines_) + " FROST while the supply fell by " +
           shown(burned_fine_) + " for them");
    return broken_;
  }

 private:
  static Sum grown(const Value& before, const Value& after, spec::BurnCause cause) {
    const auto sum = [&](const Value& value) {
      const auto record = decoded<SupplyRecord>(value);
      const auto at = static_cast<std::size_t>(cause);
      return record && at < record->burned.size() ? frost(record->burned[at].amount()) : Sum{0};
    };
    return sum(after) - sum(before);
  }

  void fined(const spec::CommissionFined& event) {
    const Sum taken = Sum{event.escrow()} + Sum{event.free()};
    if (event.cause() == spec::SLASH_FINE)
      fines_ += taken;
    else
      commission_[event.node()] += taken;
  }

  // X-7 by ballot: all commission, no stake, one time.
  void ballot(const spec::SlashExecuted& event, const Delta& delta) {
    ++seen_;
    const std::string name = "ballot " + std::to_string(event.proposal()) + " ";
    if (!ballots_.insert(event.proposal()).second) note(name + "slashes twice");
    const auto record = load(delta.before, kProposals, event.proposal());
    const bool approved = record && record->state == BallotState::kPassed;
    // In a whole block it may have been counted first.
    if (delta.scope == Scope::kTransaction && !approved)
      note(name + "slashes and was not approved, or was executed before");
    if (record && (!record->subject.accused || text_of(*record->subject.accused) != event.node()))
      note(name + "slashes another node than it accused");
    const Sum commission = Sum{event.escrow()} + Sum{event.free()};
    if (event.bond() != 0 || event.pool() != 0) note(name + "slashes stake");
    if (commission != std::exchange(commission_[event.node()], 0))
      note(name + "tells of " + shown(commission) + " FROST of commission that were not taken");
    slashed_ += commission + Sum{event.bond()} + Sum{event.pool()};
  }

  // The pools' money event by event; what takes from one is looked at.
  void follow(const spec::EventRecord& event, const Delta& delta) {
    std::map<base::NodeId, Purse::Taken> taken;
    for (const spec::Posting& posting : postings_of(event)) {
      if (posting.table() != kPools.prefix) continue;
      const base::NodeId node = node_in(posting.key());
      purses_.try_emplace(node, delta.before, node).first->second.add(posting, taken[node]);
    }
    if (event.has_commission_fined()) {
      const auto& fined = event.commission_fined();
      const Purse::Taken& of = taken[node_in(fined.node())];
      charge(node_in(fined.node()), of, delta);
      if (of.escrow != Sum{fined.escrow()} || of.free != Sum{fined.free()} || of.stake != 0)
        note("a fine of " + shown(node_in(fined.node()).view()) + " took " + shown(of.escrow) +
             " FROST of escrow, " + shown(of.free) + " free and " + shown(of.stake) +
             " of stake, its event says otherwise");
      if (fined.cause() == spec::SLASH_BALLOT && !purse(node_in(fined.node()), delta).empty())
        note("a ballot left commission to " + shown(node_in(fined.node()).view()));
    }
    if (event.has_node_shard_lost()) {
      const auto& lost = event.node_shard_lost();
      ++seen_;
      const Purse::Taken& of = taken[node_in(lost.node())];
      charge(node_in(lost.node()), of, delta);
      const Sum sum = of.escrow + of.free + of.stake;
      if (sum != Sum{lost.taken()} || lost.taken() > lost.asked())
        note("a declared loss took " + shown(sum) + " FROST, its event says " +
             std::to_string(lost.taken()) + " of " + std::to_string(lost.asked()));
    }
  }

  Purse& purse(const base::NodeId& node, const Delta& delta) {
    return purses_.try_emplace(node, delta.before, node).first->second;
  }
  void charge(const base::NodeId& node, const Purse::Taken& taken, const Delta& delta) {
    if (taken.gave) note("a charge of " + shown(node.view()) + " gave");
    if (!purse(node, delta).in_order(taken))
      note("a charge of " + shown(node.view()) + " passed over what comes first");
  }
  void note(std::string sentence) {
    if (!broken_) broken_ = std::move(sentence);
  }

  Sum burned_slash_ = 0;
  Sum burned_fine_ = 0;
  Sum slashed_ = 0;
  Sum fines_ = 0;
  std::map<std::string, Sum> commission_;  // taken by ballots and not told of by a slash yet
  std::set<std::uint32_t> ballots_;
  std::map<base::NodeId, Purse> purses_;
  std::optional<std::string> broken_;
};

}  // namespace

std::unique_ptr<Law> penalties() { return std::make_unique<Penalties>(); }

}  // namespace wald::ledger::laws
