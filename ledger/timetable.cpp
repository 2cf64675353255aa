// SPDX-License-Identifier: Apache-2.0
#include "ledger/timetable.h"

#include <algorithm>

#include "ledger/rounds/view.h"

namespace wald::ledger {
namespace {

// The earliest of several moments, some of which may not come by time alone.
class Earliest {
 public:
  explicit Earliest(base::Height next) : next_(next) {}
  void at(base::TimeMs time) { first_ = first_ ? std::min(*first_, time) : time; }
  // After a mark, if the next block is far enough from it.
  void after(const std::optional<PhaseMark>& mark, std::uint64_t delay, std::uint64_t blocks) {
    WALD_CHECK(mark.has_value());
    if (next_.value() >= mark->height.value() + blocks)
      at(base::TimeMs(mark->time.value() + delay));
  }
  const std::optional<base::TimeMs>& first() const { return first_; }

 private:
  base::Height next_;
  std::optional<base::TimeMs> first_;
};

void add_epoch(Earliest& earliest, const ChainRecord& chain, const Params& params) {
  const EpochClock& clock = chain.clock;
  const std::uint64_t start = clock.start.value();
  if (!clock.sync_closed) return earliest.at(base::TimeMs(start + params.handover));
  if (!clock.selected)
    return earliest.at(base::TimeMs(start + clock.length * params.select / 10'000));
  earliest.after(PhaseMark{clock.first_height, clock.start}, clock.length, params.epoch_min_blocks);
}

// COMMIT ends calmly after two waits, both of which must be over.
void add_commit(Earliest& earliest, const RoundRecord& round, const Params& params,
                base::Height next) {
  earliest.after(round.commit, params.commit_max, params.commit_blocks);
  if (!round.commits_met) return;
  Earliest least(next), calm(next);
  least.after(round.commit, params.commit_min, params.commit_blocks);
  calm.after(round.commits_met, params.grace, 1);
  if (least.first() && calm.first()) earliest.at(std::max(*least.first(), *calm.first()));
}

void add_round(Earliest& earliest, const RoundRecord& round, const Params& params,
               base::Height next) {
  switch (round.phase) {
    case RoundPhase::kFreeze:
      if (round.reveals_met)
        return earliest.after(round.reveals_met, params.beacon_grace, params.beacon_blocks);
      return earliest.after(round.opened, params.void_max, params.void_blocks);
    case RoundPhase::kCommit:
      return add_commit(earliest, round, params, next);
    case RoundPhase::kVerify:
      return earliest.after(round.verify, params.verify, params.verify_blocks);
    case RoundPhase::kInspect:
      return earliest.after(round.inspect, params.inspect, params.inspect_blocks);
    case RoundPhase::kSettled:
    case RoundPhase::kVoid:
      return;
  }
}

std::optional<RoundRecord> open_record(const Reader& state, const ChainRecord& chain) {
  if (!chain.rounds.open) return std::nullopt;
  const auto last = base::narrow<std::uint16_t>(chain.rounds.next.value() - 1);
  return must_load(state, kRounds, chain.clock.epoch, base::Round(last));
}

}  // namespace

std::optional<base::TimeMs> next_due_time(const Reader& state) {
  const ChainRecord chain = must_load(state, kChain);
  const Params params = load_params(state);
  const base::Height next = chain.height.next();
  Earliest earliest(next);
  add_epoch(earliest, chain, params);
  if (chain.rounds.start) earliest.at(*chain.rounds.start);
  if (const auto round = open_record(state, chain)) add_round(earliest, *round, params, next);
  return earliest.first();
}

bool wants_steady_blocks(const Reader& state) {
  const auto round = open_record(state, must_load(state, kChain));
  return round && (round->phase == RoundPhase::kFreeze || round->phase == RoundPhase::kCommit);
}

}  // namespace wald::ledger
