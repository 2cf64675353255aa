// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/explain.h"

#include <algorithm>

#include "ledger/rounds/score.h"

namespace wald::ledger::rounds {
namespace {

using Numbers = std::vector<economics::RoundTally>;
using Tallies = std::vector<TallyRecord>;  // of the settled rounds

// Makes good one cause in all rounds; counts the points it cost.
std::uint64_t restore(LossCause cause, const Tallies& tallies, Numbers& numbers) {
  std::uint64_t points = 0;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    const TallyRecord& tally = tallies[i];
    economics::RoundTally& now = numbers[i];
    const std::uint32_t before = now.ok;
    switch (cause) {
      case LossCause::kSilent:
        if (tally.committed) break;
        now.commit = economics::CommitTime::kOnTime;
        now.ok = tally.due - tally.lost;
        break;
      case LossCause::kUnconfirmed:
        if (!tally.committed) break;
        now.ok = tally.claimed;
        now.due = tally.claimed_due;  // what it denied is not due any more
        break;
      case LossCause::kLate:
        if (now.commit == economics::CommitTime::kLate) points += now.ok;
        now.commit = economics::CommitTime::kOnTime;
        break;
      case LossCause::kUnavailable:
        now.ok = now.due;
        break;
      case LossCause::kDuty:
        points += (now.reveal ? 0u : 1u) + (now.row ? 0u : 1u);
        now.reveal = now.row = true;
        break;
    }
    WALD_CHECK(now.ok >= before);
    points += now.ok - before;
  }
  return points;
}

// R-3 for one member of a closed epoch, as a function of its score alone.
class RewardOf {
 public:
  RewardOf(const Reader& state, const CommitteeRecord& committee, base::Epoch epoch,
           std::size_t place, const CloseRecord& close)
      : close_(close), place_(place) {
    for (const CommitteeMember& member : committee.members) {
      const ScoreRecord score = must_load(state, kScores, epoch, member.node);
      members_.push_back({economics::Weight(weight_of(member)), score.denied, score.s, score.q});
    }
  }
  Amount operator()(economics::Ppm s) {
    members_[place_].score = s;
    const Amount shared = close_.pot.amount().minus(close_.held.amount()).value();
    constexpr std::uint64_t kAnyKappa = 2;  // fines are not asked for
    return economics::split_pot(shared, close_.used, members_, kAnyKappa).rows[place_].reward;
  }

 private:
  CloseRecord close_;
  std::size_t place_;
  std::vector<economics::MemberScore> members_;
};

std::vector<ExplainedLoss> losses_of(const Tallies& tallies, Numbers numbers, std::uint64_t rounds,
                                     RewardOf reward, const ScoreRecord& score) {
  std::vector<ExplainedLoss> out;
  Amount earned = reward(economics::score_epoch(numbers, rounds).score);
  WALD_CHECK(earned == score.reward.amount());
  for (std::size_t i = 0; i < kLossCauses; ++i) {
    ExplainedLoss loss;
    loss.cause = static_cast<LossCause>(i);
    loss.points = restore(loss.cause, tallies, numbers);
    const Amount then = reward(economics::score_epoch(numbers, rounds).score);
    loss.amount = then.minus(earned).value();  // no restored cause lowers a score (O-31)
    earned = then;
    if (loss.points > 0 || !loss.amount.is_zero()) out.push_back(loss);
  }
  WALD_CHECK(earned == score.full.amount());
  return out;
}

// The order of O-29: falling amount, equal ones by rising round.
void place_late(std::vector<ExplainedRound>& rounds, std::uint64_t of) {
  std::vector<ExplainedRound*> late;
  for (ExplainedRound& round : rounds)
    if (round.record.phase == RoundPhase::kSettled && round.tally.late) late.push_back(&round);
  std::stable_sort(late.begin(), late.end(), [](const ExplainedRound* a, const ExplainedRound* b) {
    return a->tally.ok > b->tally.ok;
  });
  for (std::uint32_t i = 0; i < late.size(); ++i) {
    late[i]->late_place = i;
    late[i]->late_paid = i < economics::paid_late_rounds(of);
  }
}

}  // namespace

std::string_view loss_cause_name(LossCause cause) {
  constexpr std::array<std::string_view, kLossCauses> kNames = {"silent", "unconfirmed", "late",
                                                                "unavailable", "duty"};
  return kNames.at(static_cast<std::size_t>(cause));
}

std::optional<Explanation> explain(const Reader& state, const base::ChainId& chain,
                                   const base::NodeId& node, base::Epoch epoch) {
  const auto committee = load(state, kCommittees, epoch);
  if (!committee || epoch > must_load(state, kChain).clock.epoch) return std::nullopt;
  const auto place = place_of(*committee, node);
  if (!place) return std::nullopt;
  Explanation out;
  out.node = node;
  out.epoch = epoch;
  out.weight = weight_of(committee->members[*place]);
  std::uint64_t of = load_params(state).economics.rounds;
  Tallies tallies;
  Numbers numbers;
  std::vector<std::size_t> settled;
  for (std::uint32_t r = 0; r <= 0xFFFF; ++r) {
    auto view = find_round(state, chain, epoch, base::Round(base::narrow<std::uint16_t>(r)));
    if (!view) break;
    of = view->record.of;
    ExplainedRound& round = out.rounds.emplace_back();
    round.round = view->id.round;
    round.tally = tally_of(state, *view, node);
    round.record = std::move(view->record);
    if (round.record.phase != RoundPhase::kSettled) continue;
    settled.push_back(out.rounds.size() - 1);
    tallies.push_back(round.tally);
    numbers.push_back(numbers_of(round.tally));
  }
  const economics::EpochScore score = economics::score_epoch(numbers, of);
  for (std::size_t i = 0; i < settled.size(); ++i)
    out.rounds[settled[i]].credits = score.credits[i];
  place_late(out.rounds, of);
  out.store = score.store;
  out.duty = score.duty;
  out.s = score.score;
  out.q = score.bad_part;
  out.score = load(state, kScores, epoch, node);
  const auto close = load(state, kCloses, epoch);
  out.closed = out.score.has_value() && close.has_value();
  if (!out.closed) return out;
  out.close = *close;
  out.losses = losses_of(tallies, std::move(numbers), of,
                         RewardOf(state, *committee, epoch, *place, *close), *out.score);
  return out;
}

}  // namespace wald::ledger::rounds
