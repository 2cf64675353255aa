// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/close.h"

#include <algorithm>

#include "economics/penalties.h"
#include "economics/rewards.h"
#include "ledger/duties.h"
#include "ledger/rounds/score.h"
#include "ledger/rounds/steps.h"

namespace wald::ledger::rounds {
namespace {

// O-10 at F(e): a round that did not end, or did not even open.
spec::VoidCause end_open_round(Context& ctx, base::Epoch epoch, base::Round round, bool empty) {
  RoundView view{{ctx.block().chain, epoch, round},
                 load(ctx.state(), kRounds, epoch, round).value_or(blank_round(ctx)),
                 {},
                 0};
  const bool opened = view.record.opened.has_value();
  const spec::VoidCause cause = opened  ? spec::VOID_EPOCH_CLOSED
                                : empty ? spec::VOID_EMPTY_INDEX
                                        : spec::VOID_NO_TIME;
  void_round(ctx, std::move(view), cause);
  return cause;
}

// What was stored and denied at one moment (O-30).
struct Moment {
  std::uint64_t stored = 0;
  std::vector<ListedMember> lists;
};

struct Ended {
  std::vector<RoundView> settled;
  std::vector<Moment> moments;  // snapshots, of void rounds too, and the close
};

Moment moment_of_close(const Reader& state, const CommitteeRecord& committee) {
  Moment out{must_load(state, kIndexTop).stored, {}};
  for (const CommitteeMember& member : committee.members)
    if (const auto list = duties_of(state, member.node).deny_list)
      out.lists.push_back({member.node, list->root, list->size});
  return out;
}

// d: the largest share of what was stored that its list had, in bytes of what is in use.
std::uint64_t denied_of(const std::vector<Moment>& moments, const base::NodeId& node,
                        std::uint64_t used) {
  std::vector<economics::DenySample> samples;
  for (const Moment& moment : moments)
    for (const ListedMember& listed : moment.lists)
      if (listed.node == node && moment.stored > 0) samples.push_back({listed.size, moment.stored});
  return economics::denied_bytes(used, samples);
}

// All rounds have ended afterwards; answers the settled ones and counts v.
Ended end_rounds(Context& ctx, EpochScores& scores) {
  const base::Epoch epoch = ctx.epoch();
  const bool empty = must_load(ctx.state(), kIndexTop).count == 0;
  Ended out;
  for (std::uint64_t r = 0; r < ctx.params().economics.rounds; ++r) {
    const base::Round round(base::narrow<std::uint16_t>(r));
    auto view = find_round(ctx.state(), ctx.block().chain, epoch, round);
    if (view && view->record.opened)
      out.moments.push_back({view->record.stored, view->record.denied});
    if (view && view->record.phase == RoundPhase::kSettled) {
      out.settled.push_back(*std::move(view));
      continue;
    }
    const bool ended = view && view->record.phase == RoundPhase::kVoid;
    const spec::VoidCause cause = ended ? static_cast<spec::VoidCause>(view->record.void_cause)
                                        : end_open_round(ctx, epoch, round, empty);
    if (cause != spec::VOID_EMPTY_INDEX) ++scores.void_rounds;
  }
  scores.settled = base::narrow<std::uint32_t>(out.settled.size());
  return out;
}

// One member over the settled rounds.
class MemberClose {
 public:
  MemberClose(Context& ctx, const std::vector<RoundView>& rounds, std::uint16_t place)
      : ctx_(ctx), rounds_(rounds), place_(place), node_(rounds[0].committee.members[place].node) {
    for (const RoundView& round : rounds) tallies_.push_back(tally_of(ctx.state(), round, node_));
  }

  MemberResult result() {
    MemberResult out;
    std::vector<economics::RoundTally> numbers;
    for (const TallyRecord& tally : tallies_) numbers.push_back(numbers_of(tally));
    const economics::EpochScore score =
        economics::score_epoch(numbers, ctx_.params().economics.rounds);
    out.store = score.store;
    out.duty = score.duty;
    out.s = score.score;
    out.q = score.bad_part;
    for (const std::uint64_t credits : score.credits) out.credits += credits;
    settle_late(score);
    count_unavailable(out);
    return out;
  }

 private:
  // O-29: only now it is known which late rounds are the best.
  void settle_late(const economics::EpochScore& score) {
    for (std::size_t i = 0; i < tallies_.size(); ++i) {
      WALD_CHECK(tallies_[i].late || tallies_[i].credits == score.credits[i]);
      if (tallies_[i].credits == score.credits[i]) continue;
      tallies_[i].credits = base::narrow<std::uint32_t>(score.credits[i]);
      save(ctx_.state(), kTallies, tallies_[i], rounds_[i].id.epoch, rounds_[i].id.round, node_);
    }
  }

  // Shards whose declaration excuses them from the chronic mark, now or in a snapshot.
  std::vector<base::ShardIndex> excused_shards() const {
    std::vector<base::ShardIndex> out;
    for (const Loss& loss : must_load(ctx_.state(), kNodes, node_).losses)
      if (loss.declared && loss.excused) out.push_back(loss.shard);
    const auto held = shards_of(rounds_[0].committee.members[place_]);
    for (const RoundView& round : rounds_)
      for (const LostShard& lost : round.record.lost)
        if (lost.excused && std::binary_search(held.begin(), held.end(), lost.shard))
          out.push_back(lost.shard);
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  // O-27, X-8. Point by point only where it can matter: that is a hash for each.
  void count_unavailable(MemberResult& out) const {
    for (const TallyRecord& tally : tallies_) {
      out.due += tally.due;
      if (tally.committed) out.unavailable += tally.unavailable.size();
      out.unavailable += tally.lost;
    }
    const auto excused = excused_shards();
    if (out.unavailable == 0 || (excused.empty() && !economics::is_short(out.unavailable, out.due)))
      return;
    PointsByShard sums;
    for (std::size_t i = 0; i < tallies_.size(); ++i)
      add_points(sums, rounds_[i], draw_of(ctx_.state(), rounds_[i]), place_, tallies_[i]);
    out.due = out.unavailable = 0;
    for (const auto& [shard, sum] : sums) {
      if (std::binary_search(excused.begin(), excused.end(), shard)) continue;
      WALD_CHECK(sum.unavailable <= sum.due);
      out.due += sum.due;
      out.unavailable += sum.unavailable;
      if (economics::is_short(sum.unavailable, sum.due)) out.bad_shards.push_back(shard);
    }
  }

  Context& ctx_;
  const std::vector<RoundView>& rounds_;
  std::uint16_t place_;
  base::NodeId node_;
  std::vector<TallyRecord> tallies_;
};

void drop_notices(Context& ctx, base::Epoch epoch) {
  std::vector<base::NodeId> nodes;
  for_each<NoticeRecord>(
      ctx.state(), kNotices,
      [&](base::ByteView key, const NoticeRecord&) {
        nodes.push_back(base::NodeId::from(key));
        return true;
      },
      epoch);
  for (const base::NodeId& node : nodes) remove(ctx.state(), kNotices, epoch, node);
}

}  // namespace

EpochScores close_epoch(Context& ctx) {
  const base::Epoch epoch = ctx.epoch();
  EpochScores scores;
  drop_notices(ctx, epoch);
  const auto committee = load(ctx.state(), kCommittees, epoch);
  if (!committee) return scores;  // epoch 0 asks nobody
  Ended ended = end_rounds(ctx, scores);
  ended.moments.push_back(moment_of_close(ctx.state(), *committee));
  const std::uint64_t used = must_load(ctx.state(), kRing, epoch).used;
  std::uint16_t place = 0;
  for (const CommitteeMember& member : committee->members) {
    // Full marks where no round counts (O-30).
    MemberResult& result = scores.members[member.node];
    if (!ended.settled.empty()) result = MemberClose(ctx, ended.settled, place).result();
    result.denied = denied_of(ended.moments, member.node, used);
    WALD_CHECK(result.denied <= used);
    ++place;
  }
  return scores;
}

}  // namespace wald::ledger::rounds
