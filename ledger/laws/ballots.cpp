// SPDX-License-Identifier: Apache-2.0
// I28: ballots and what belongs to them are kept for ever; one vote a voter, for good, and only
// while the ballot is open; the tally is the sum of the votes, and each vote has the weight that
// the snapshot gives it; a ballot is counted after its deadline and by the count alone, done at
// most once, and holds a deposit only while it is open.
#include "ledger/laws/support.h"

namespace wald::ledger::laws {
namespace {

constexpr std::uint64_t kShard = economics::kPpm;

std::uint32_t number_at(base::ByteView key) {
  const auto number = base::Reader(key).be<std::uint32_t>();
  WALD_CHECK(number.has_value());
  return *number;
}

struct Sides {
  Sum yes = 0;
  Sum no = 0;
  void add(const VoteRecord& vote, int sign) { (vote.yes ? yes : no) += sign * Sum{vote.weight}; }
};

// What never changes of it.
base::Bytes fixed_of(ProposalRecord record) {
  record.tally = {};
  record.state = BallotState::kOpen;
  record.closed = record.due = record.expires = base::TimeMs();
  record.put_off = 0;
  record.deposit = Held();
  return encode_record(record);
}
base::Bytes fixed_of(SnapshotRecord record) {
  record.parts = 0;
  return encode_record(record);
}

class Ballots final : public LawOf<Ballots> {
 public:
  std::string_view id() const override { return "I28"; }
  bool wants(std::uint8_t table) const override {
    return table == kProposals.prefix || table == kSnapshots.prefix || table == kVotes.prefix;
  }

  void visit(std::uint8_t table, base::ByteView key, Value before, Value after) override {
    const std::uint32_t number = number_at(key);
    ++seen_;
    if (!after) return note(number, "something of it is gone");
    if (table == kProposals.prefix) return proposal(number, before, after);
    if (table == kSnapshots.prefix) return snapshot(number, before, after);
    vote(number, before, after);
  }

  std::optional<std::string> verdict(const Delta& delta) override {
    if (broken_ || changes_.empty()) return broken_;
    const bool whole = delta.scope == Scope::kState;
    const ChainRecord chain = must_load(delta.after, kChain);
    for (const auto& [number, change] : changes_) {
      const ProposalRecord now = must_load(delta.after, kProposals, number);
      const bool over = now.closes ? chain.time >= *now.closes : chain.clock.epoch >= now.deadline;
      if (change.fresh && !whole && (now.state != BallotState::kOpen || over))
        return name(number) + "was voted on after its deadline";
      const bool ended = now.state != BallotState::kOpen;
      if (whole || (change.was && change.was->state == BallotState::kOpen && ended)) {
        if (auto sentence = recount(delta.after, number, now)) return sentence;
      } else if (auto sentence = moved(number, change, now)) {
        return sentence;
      }
      // An urgent one is over with its quorum (G-8).
      if (ended && !over && !(now.closes && passes(now)))
        return name(number) + "was counted before its deadline";
      if (auto sentence = step(number, change, now)) return sentence;
    }
    return std::nullopt;
  }

 private:
  struct Change {
    bool shown = false;  // the record of the ballot changed as well
    std::optional<ProposalRecord> was;
    Sides votes;         // by how much they moved
    bool fresh = false;  // a vote that was not there
  };

  static std::string name(std::uint32_t number) { return "ballot " + std::to_string(number) + " "; }
  void note(std::uint32_t number, const std::string& sentence) {
    if (!broken_) broken_ = name(number) + "is not what it was: " + sentence;
  }

  void proposal(std::uint32_t number, const Value& before, const Value& after) {
    const auto was = decoded<ProposalRecord>(before);
    const auto now = decoded<ProposalRecord>(after);
    if (was && fixed_of(*was) != fixed_of(*now)) note(number, "what was proposed");
    if (now->state != BallotState::kOpen && !now->deposit.is_zero())
      note(number, "it is closed and holds a deposit");
    changes_[number].shown = true;
    changes_[number].was = was;
  }

  void snapshot(std::uint32_t number, const Value& before, const Value& after) {
    const auto was = decoded<SnapshotRecord>(before);
    const auto now = decoded<SnapshotRecord>(after);
    if (was && (fixed_of(*was) != fixed_of(*now) || now->parts < was->parts))
      note(number, "its snapshot");
    if (now->parts > kShard * now->shards)
      note(number, "stakes vote with more than their node has");
  }

  void vote(std::uint32_t number, const Value& before, const Value& after) {
    const auto was = decoded<VoteRecord>(before);
    const auto now = decoded<VoteRecord>(after);
    Change& change = changes_[number];
    change.votes.add(*now, 1);
    if (!was) {
      change.fresh = true;
      return;
    }
    change.votes.add(*was, -1);
    const bool same = was->yes == now->yes && was->node == now->node && was->stake == now->stake &&
                      was->height == now->height && was->reason == now->reason;
    if (!same || now->weight > was->weight || (now->stake && now->weight != was->weight))
      note(number, "a vote");
  }

  // The tally went with the votes.
  static std::optional<std::string> moved(std::uint32_t number, const Change& change,
                                          const ProposalRecord& now) {
    const BallotTally before = change.was ? change.was->tally : BallotTally();
    const BallotTally& was = change.shown ? before : now.tally;
    const Sum yes = Sum{now.tally.yes} - Sum{was.yes};
    const Sum no = Sum{now.tally.no} - Sum{was.no};
    if (yes == change.votes.yes && no == change.votes.no) return std::nullopt;
    return name(number) + "counts " + shown(yes) + " more yes and " + shown(no) +
           " more no where votes moved by " + shown(change.votes.yes) + " and " +
           shown(change.votes.no);
  }

  static std::optional<std::string> recount(const Reader& state, std::uint32_t number,
                                            const ProposalRecord& now);

  // From state to state, and only as the count says.
  static std::optional<std::string> step(std::uint32_t number, const Change& change,
                                         const ProposalRecord& now) {
    using State = BallotState;
    if (!change.shown || (change.was && change.was->state == now.state)) return std::nullopt;
    if (change.was && change.was->state != State::kOpen) {
      const bool ends = now.state == State::kExecuted || now.state == State::kUndone ||
                        now.state == State::kExpired;
      if (change.was->state == State::kPassed && ends) return std::nullopt;
      return name(number) + "was over and is again";
    }
    if (now.state == State::kOpen) return std::nullopt;
    const bool approved = now.state != State::kFailed && now.state != State::kNoQuorum;
    if (approved == passes(now)) return std::nullopt;
    return name(number) + (approved ? "counts as approved" : "counts as refused") + " with " +
           std::to_string(now.tally.yes) + " for and " + std::to_string(now.tally.no) +
           " against of " + std::to_string(now.shards) + " shards";
  }

  static bool passes(const ProposalRecord& now) {
    const Sum n = now.shards;
    if (now.subject.kind == BallotKind::kText)
      return 3 * (Sum{now.tally.yes} + Sum{now.tally.no}) >= Sum{kShard} * (n + 1) &&
             now.tally.yes > now.tally.no;
    return 3 * Sum{now.tally.yes} >= Sum{kShard} * (2 * n + 1);
  }

  std::map<std::uint32_t, Change> changes_;
  std::optional<std::string> broken_;
};

// All of it again, from the snapshot and the votes.
std::optional<std::string> Ballots::recount(const Reader& state, std::uint32_t number,
                                            const ProposalRecord& now) {
  std::map<base::NodeId, SnapshotRecord> weights;
  Sum shards = 0;
  for_each<SnapshotRecord>(
      state, kSnapshots,
      [&](base::ByteView key, const SnapshotRecord& record) {
        weights.emplace(id_at<base::NodeId>(key), record);
        shards += record.shards;
        return true;
      },
      number);
  Sides sides;
  std::map<base::NodeId, Sum> parts, owns;
  std::map<base::NodeId, Sum> nodes;
  bool right = shards == Sum{now.shards};
  for_each<VoteRecord>(
      state, kVotes,
      [&](base::ByteView, const VoteRecord& vote) {
        sides.add(vote, 1);
        const auto at = weights.find(vote.node);
        right = right && at != weights.end();
        if (!right) return false;
        if (!vote.stake) {
          nodes[vote.node] = vote.weight;
          return true;
        }
        parts[vote.node] += vote.weight;
        owns[vote.node] += vote.shares.value();
        right = Sum{vote.weight} * Sum{at->second.total.value()} <=
                    Sum{kShard} * at->second.shards * Sum{vote.shares.value()} &&
                (Sum{vote.weight} + 1) * Sum{at->second.total.value()} >
                    Sum{kShard} * at->second.shards * Sum{vote.shares.value()};
        return right;
      },
      number);
  for (const auto& [node, record] : weights) {
    const auto at = nodes.find(node);
    right = right && parts[node] == Sum{record.parts} && owns[node] <= Sum{record.total.value()} &&
            (at == nodes.end() || at->second == Sum{kShard} * record.shards - parts[node]);
  }
  if (right && sides.yes == Sum{now.tally.yes} && sides.no == Sum{now.tally.no})
    return std::nullopt;
  return name(number) + "counts " + std::to_string(now.tally.yes) + " for and " +
         std::to_string(now.tally.no) + " against where snapshot and votes say " +
         shown(sides.yes) + " and " + shown(sides.no) + (right ? "" : ", with other weights");
}

}  // namespace

std::unique_ptr<Law> ballots() { return std::make_unique<Ballots>(); }

}  // namespace wald::ledger::laws
