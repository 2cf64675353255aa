// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/dry_run.h"

#include <algorithm>

#include "ledger/epoch/market.h"
#include "ledger/epoch/select.h"

namespace wald::ledger::epoch {
namespace {

constexpr std::size_t kLeastCandidates = 4;

}  // namespace

std::string dry_run(const Reader& state, const base::ChainId& chain, const Params& then) {
  const std::string_view conflict = params_conflict(then);
  if (!conflict.empty()) return std::string(conflict);
  const EpochClock clock = must_load(state, kChain).clock;
  // The first election that is not held yet, after the committee that is.
  const base::Epoch last = clock.selected ? clock.epoch.next() : clock.epoch;
  const CommitteeRecord present = must_load(state, kCommittees, last);
  const LostShards lost = lost_shards(state, present, last, then.restore_epochs);
  const Choice choice = choose(state, chain, then, last.next(), present, lost);
  const std::size_t sit = must_load(state, kCommittees, clock.epoch).members.size();
  const std::size_t stand = choice.carried_over ? 0 : choice.election.order.size();
  if (stand < std::min(kLeastCandidates, sit))
    return "only " + std::to_string(stand) + " candidates would be left";
  WALD_CHECK(!choice.committee.members.empty());
  Overlay overlay(&state);
  save(overlay, kCommittees, choice.committee, last.next());
  const MarketChange market = revise_market(overlay, last.next(), then);
  if (market.after.capacity < market.largest_used)
    return "the capacity would be below what is used";
  return {};
}

}  // namespace wald::ledger::epoch
