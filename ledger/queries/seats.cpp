// SPDX-License-Identifier: Apache-2.0
// Seats by today's stake, from the election itself: why they fall as they do, and how far a node is
// from one more or one less (C-1 to C-3, P-10).
#include "economics/wide.h"
#include "ledger/epoch/members.h"
#include "ledger/queries.h"
#include "ledger/queries/projection.h"
#include "ledger/stakes.h"

namespace wald::ledger::queries {
namespace {

std::map<base::NodeId, std::uint32_t> counts_of(const epoch::LostShards& lost) {
  std::map<base::NodeId, std::uint32_t> out;
  for (const auto& [id, list] : lost) out[id] = base::narrow<std::uint32_t>(list.size());
  return out;
}

// The election with another stake of one node, all others being as they are.
class Elections {
 public:
  Elections(const Reader& state, const base::ChainId& chain, const base::NodeId& node)
      : params_(load_params(state)) {
    // Everybody who has the stake, so that somebody can move up where the node falls behind.
    Params all = params_;
    all.economics.max_members = UINT64_MAX;
    const ChainRecord record = must_load(state, kChain);
    target_ = next_unchosen(record.clock);
    const Projection seen = project(state, chain, all, target_);
    present_ = epoch::assignment_of(seen.present);
    lost_ = counts_of(seen.lost);
    for (const auto& candidate : seen.choice.election.order)
      if (candidate.node != node) others_.push_back(candidate);
    const NodeRecord about = must_load(state, kNodes, node);
    economics::NodeView view;
    view.leaving = about.leaving;
    view.left = about.left.has_value();
    view.barred = about.barred_until >= target_;
    stands_ = !view.leaving && !view.left && !view.barred && !exists(state, kQuarantine, node);
    own_ = {node, economics::weight_at(peek_pool(state, node), target_, view),
            economics::election_key(chain, target_, record.prev_seed, node)};
  }

  base::Epoch target() const { return target_; }
  bool stands() const { return stands_; }
  std::uint64_t stake() const { return own_.value.value(); }
  const Params& params() const { return params_; }

  std::uint32_t seats_with(std::uint64_t stake) const {
    if (!stands_) return 0;
    auto candidates = others_;
    candidates.push_back(own_);
    candidates.back().value = Amount::of(stake);
    const auto held = economics::hold_election(
        std::move(candidates), present_, lost_, base::narrow<std::uint16_t>(params_.shards),
        Amount::of(params_.economics.threshold), params_.economics.max_members);
    if (!held.ok()) return 0;
    for (std::size_t i = 0; i < held->order.size(); ++i)
      if (held->order[i].node == own_.node) return held->seats[i];
    return 0;
  }

 private:
  Params params_;
  base::Epoch target_;
  economics::Assignment present_;
  std::map<base::NodeId, std::uint32_t> lost_;
  std::vector<economics::Candidate> others_;
  economics::Candidate own_;
  bool stands_ = false;
};

// A number in (low, high] that passes while the one below it does not; `high` passes, `low` does
// not.
std::uint64_t first_that(std::uint64_t low, std::uint64_t high,
                         const std::function<bool(std::uint64_t)>& passes) {
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (passes(middle) ? high : low) = middle;
  }
  WALD_CHECK(low < high);
  return high;
}

// The last seat goes to the least stake per seat; of equal ones to the smaller stake, then to the
// later place: those that did not get it at the same stake per seat lost a tie (C-3).
void add_ties(const economics::Election& election, const std::vector<std::uint32_t>& caps,
              spec::ExplainShards& out) {
  using economics::product;
  const auto& order = election.order;
  const auto stake = [&](std::size_t i) { return order[i].value.value(); };
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (election.seats[i] == 0) continue;
    if (!last) {
      last = i;
      continue;
    }
    const auto mine = product(stake(i), election.seats[*last]);
    const auto theirs = product(stake(*last), election.seats[i]);
    // Places are in the order of falling stake, so the later one has the later turn.
    if (mine <= theirs) last = i;
  }
  if (!last) return;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == *last || election.seats[i] >= caps[i]) continue;
    const auto next = product(stake(i), election.seats[*last]);
    if (next != product(stake(*last), election.seats[i] + 1)) continue;
    spec::SeatTie& tie = *out.add_ties();
    tie.set_winner(text_of(order[*last].node));
    tie.set_loser(text_of(order[i].node));
    tie.set_by(stake(i) == stake(*last) ? "lot" : "stake");
  }
}

}  // namespace

std::optional<spec::NextSeat> next_seat(const Reader& state, const base::ChainId& chain,
                                        const base::NodeId& node) {
  if (!exists(state, kNodes, node)) return std::nullopt;
  const Elections elections(state, chain, node);
  spec::NextSeat out;
  out.set_node(text_of(node));
  out.set_epoch(elections.target().value());
  out.set_stands(elections.stands());
  out.set_threshold(elections.params().economics.threshold);
  const std::uint64_t stake = elections.stake();
  const std::uint32_t seats = elections.seats_with(stake);
  out.set_stake(stake);
  out.set_seats(seats);
  const std::uint64_t most = economics::kMaxAmount;
  if (elections.seats_with(most) > seats)
    out.set_missing(
        first_that(stake, most,
                   [&](std::uint64_t with) { return elections.seats_with(with) > seats; }) -
        stake);
  if (seats > 0)  // nothing at all has no seat, for it is below every threshold
    out.set_spare(stake - first_that(0, stake, [&](std::uint64_t with) {
                    return elections.seats_with(with) >= seats;
                  }));
  return out;
}

std::optional<spec::ExplainShards> explain_shards(const Reader& state, const base::ChainId& chain) {
  const Params params = load_params(state);
  const Projection seen =
      project(state, chain, params, next_unchosen(must_load(state, kChain).clock));
  if (seen.choice.committee.members.empty()) return std::nullopt;
  const economics::Election& election = seen.choice.election;
  spec::ExplainShards out;
  out.set_epoch(seen.target.value());
  out.set_carried_over(seen.choice.carried_over);
  out.set_shards(base::narrow<std::uint32_t>(params.shards));
  out.set_threshold(params.economics.threshold);
  out.set_max_members(params.economics.max_members);
  out.set_widened(election.widened);
  out.set_limits_dropped(election.limits_dropped);
  for (const char* rule : {"C-1", "C-2", "C-3", "P-10"}) out.add_rules(rule);
  if (election.order.empty()) return out;  // H-7

  const auto present = epoch::assignment_of(seen.present);
  const auto lost = counts_of(seen.lost);
  std::vector<economics::Seeker> seekers;
  seekers.reserve(election.order.size());
  std::uint64_t total = 0;
  for (const auto& candidate : election.order) {
    const auto held = present.find(candidate.node);
    const auto gone = lost.find(candidate.node);
    spec::ExplainSeat& row = *out.add_rows();
    row.set_node(text_of(candidate.node));
    row.set_stake(candidate.value.value());
    row.set_lot(text_of(candidate.key));
    row.set_holds(held == present.end() ? 0 : base::narrow<std::uint32_t>(held->second.size()));
    row.set_lost(gone == lost.end() ? 0 : gone->second);
    economics::Seeker& seeker = seekers.emplace_back();
    seeker.stake = candidate.value;
    if (gone != lost.end()) seeker.loss = economics::ShardLoss{row.holds(), row.lost()};
    total += candidate.value.value();
  }
  out.set_stake(total);
  const auto caps = economics::seat_caps(base::narrow<std::uint16_t>(params.shards), seekers);
  WALD_CHECK(caps.ok() && caps->widened == election.widened);  // as the election had it
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    spec::ExplainSeat& row = *out.mutable_rows(static_cast<int>(i));
    row.set_cap(caps->caps[i]);
    row.set_seats(election.seats[i]);
    WALD_CHECK(row.seats() <= row.cap());
  }
  add_ties(election, caps->caps, out);
  return out;
}

}  // namespace wald::ledger::queries
