// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "economics/credits.h"
#include "ledger/rounds/score.h"
#include "ledger/rounds/steps.h"

namespace wald::ledger::rounds {
namespace {

using Leaves = std::vector<std::uint32_t>;

std::uint32_t size_of(const Leaves& leaves) { return base::narrow<std::uint32_t>(leaves.size()); }

// Places of the draw whose blob is gone (O-19).
std::vector<std::uint16_t> ended_places(const Reader& state, const DrawRecord& draw) {
  std::vector<std::uint16_t> out;
  for (std::size_t place = 0; place < draw.blobs.size(); ++place)
    if (has_ended(state, draw.blobs[place])) out.push_back(base::narrow<std::uint16_t>(place));
  return out;
}

economics::RoundRecord record_of(const RoundView& view, const DrawRecord& draw, std::uint16_t place,
                                 const TallyRecord& tally, bool confirmed) {
  economics::RoundRecord out;
  out.points = view.record.points;
  if (tally.committed)
    out.commit = tally.late ? economics::CommitTime::kLate : economics::CommitTime::kOnTime;
  out.confirmed = confirmed;
  out.reveal = tally.revealed;
  out.row = tally.row_in_time;
  out.excused = excused_points(view, draw, place);
  out.lost = lost_points(view, place);
  out.unavailable.assign(tally.unavailable.begin(), tally.unavailable.end());
  out.denied.assign(tally.denied.begin(), tally.denied.end());
  out.proven.assign(tally.proven.begin(), tally.proven.end());
  return out;
}

spec::Outcome outcome_of(const TallyRecord& tally, bool confirmed) {
  if (!tally.committed) return spec::OUTCOME_SILENT;
  if (confirmed) return tally.late ? spec::OUTCOME_LATE : spec::OUTCOME_ON_TIME;
  return tally.proven.empty() ? spec::OUTCOME_UNCONFIRMED : spec::OUTCOME_SELF_PROVEN;
}

// O-29 for one member.
void judge(const RoundView& view, const DrawRecord& draw, std::uint16_t place, TallyRecord& tally,
           const Confirmation& seen) {
  economics::RoundRecord record = record_of(view, draw, place, tally, seen.confirmed);
  const economics::RoundTally counted = economics::tally_round(record);
  tally.outcome = base::narrow<std::uint8_t>(static_cast<int>(outcome_of(tally, seen.confirmed)));
  tally.confirmed = seen.weight;
  tally.due = counted.due;
  tally.ok = counted.ok;
  tally.excused = size_of(record.excused);
  std::erase_if(record.lost, [&](std::uint32_t t) {
    return std::binary_search(record.excused.begin(), record.excused.end(), t);
  });
  tally.lost = size_of(record.lost);
  tally.credits = tally.committed && !tally.late ? 2 * counted.ok : 0;
  record.confirmed = true;
  const economics::RoundTally claimed = economics::tally_round(record);
  tally.claimed = claimed.ok;
  tally.claimed_due = claimed.due;
  WALD_CHECK(tally.ok <= tally.claimed && tally.claimed <= tally.claimed_due);
  WALD_CHECK(tally.claimed_due <= tally.due && tally.due + tally.excused <= view.record.points);
}

std::uint32_t largest_operator(const Reader& state, const CommitteeRecord& committee) {
  std::map<base::AccountId, std::uint32_t> weights;
  std::uint32_t most = 0;
  for (const CommitteeMember& member : committee.members) {
    std::uint32_t& sum = weights[must_load(state, kNodes, member.node).operator_account];
    sum += weight_of(member);
    most = std::max(most, sum);
  }
  return most;
}

// O-34 with nobody leaky: (p + s - b) / (p + s), in ppm.
std::uint32_t kept_fraction(std::uint32_t shards, std::uint32_t coalition) {
  const auto params = shape::Params::make(shards);
  WALD_CHECK(params.ok());
  const std::uint64_t whole = params->p() + params->s();
  const std::uint64_t kept = whole > coalition ? whole - coalition : 0;
  return base::narrow<std::uint32_t>(kept * 1'000'000 / whole);
}

void add_phase(spec::ProofRoundSettled& event, spec::PhaseName name,
               const std::optional<PhaseMark>& mark) {
  WALD_CHECK(mark.has_value());
  spec::RoundPhase& phase = *event.add_phases();
  phase.set_phase(name);
  phase.set_height(mark->height.value());
  phase.set_time(mark->time.value());
}

void add_status(spec::ProofRoundSettled& event, spec::LeafStatus status, std::uint64_t leaves) {
  if (leaves == 0) return;
  event.add_statuses()->set_status(status);
  event.mutable_statuses(event.statuses_size() - 1)->set_leaves(leaves);
}

void count_up(spec::ProofRoundSettled& event, const std::vector<TallyRecord>& tallies) {
  std::map<std::uint8_t, std::uint32_t> outcomes;
  std::uint64_t ok = 0, unavailable = 0, denied = 0, lost = 0;
  std::uint32_t missing = 0;
  for (const TallyRecord& tally : tallies) {
    ++outcomes[tally.outcome];
    if (!tally.revealed) ++missing;
    if (!tally.committed) continue;
    ok += tally.claimed;
    unavailable += tally.unavailable.size();
    denied += tally.denied.size();
    lost += tally.lost;
  }
  for (const auto& [outcome, members] : outcomes) {
    spec::OutcomeCount& one = *event.add_outcomes();
    one.set_outcome(static_cast<spec::Outcome>(outcome));
    one.set_members(members);
  }
  add_status(event, spec::LEAF_OK, ok);
  add_status(event, spec::LEAF_UNAVAILABLE, unavailable);
  add_status(event, spec::LEAF_DENIED, denied);
  add_status(event, spec::LEAF_LOST, lost);
  event.set_reveals_missing(missing);
}

void report(Context& ctx, const RoundView& view, const std::vector<TallyRecord>& tallies) {
  const RoundRecord& record = view.record;
  spec::ProofRoundSettled event;
  event.set_epoch(view.id.epoch.value());
  event.set_round(view.id.round.value());
  event.set_seed(text_of(record.seed));
  add_phase(event, spec::PHASE_FREEZE, record.opened);
  add_phase(event, spec::PHASE_COMMIT, record.commit);
  add_phase(event, spec::PHASE_VERIFY, record.verify);
  add_phase(event, spec::PHASE_INSPECT, record.inspect);
  add_phase(event, spec::PHASE_SETTLED, record.settled);
  count_up(event, tallies);
  const std::uint32_t largest = largest_operator(ctx.state(), view.committee);
  event.set_largest_operator(largest);
  event.set_kept(kept_fraction(view.shards, largest));
  event.set_points(record.points);
  event.set_blobs(record.blobs);
  ctx.emit(event);
}

}  // namespace

void end_inspect(Context& ctx, RoundView view) {
  if (!is_due(ctx, view.record.inspect, ctx.params().inspect, ctx.params().inspect_blocks)) return;
  DrawRecord draw = draw_of(ctx.state(), view);
  draw.excused = ended_places(ctx.state(), draw);
  save(ctx.state(), kDraws, draw, view.id.epoch, view.id.round);
  std::vector<TallyRecord> tallies = all_tallies(ctx.state(), view);
  std::vector<Confirmation> seen;
  for (std::size_t i = 0; i < tallies.size(); ++i)
    seen.push_back(confirmation_of(view, tallies, i));
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    judge(view, draw, base::narrow<std::uint16_t>(i), tallies[i], seen[i]);
    save(ctx.state(), kTallies, tallies[i], view.id.epoch, view.id.round,
         view.committee.members[i].node);
  }
  view.record.phase = RoundPhase::kSettled;
  view.record.settled = mark_of(ctx);
  save_round(ctx, view);
  close_clock(ctx);
  report(ctx, view, tallies);
}

}  // namespace wald::ledger::rounds
