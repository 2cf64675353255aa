// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/close.h"

#include "ledger/state/keys.h"

namespace wald::ledger::rounds {
namespace {

spec::VoidCause void_of(const RoundRecord& record) {
  return static_cast<spec::VoidCause>(record.void_cause);
}

// O-10 at F(e): one round that did not end, or did not even open.
spec::VoidCause void_round(Context& ctx, base::Epoch epoch, base::Round round, bool empty_index) {
  RoundRecord record;
  if (auto known = load(ctx.state(), kRounds, epoch, round)) record = *std::move(known);
  const bool opened = record.opened.has_value();
  const spec::VoidCause cause = opened        ? spec::VOID_EPOCH_CLOSED
                                : empty_index ? spec::VOID_EMPTY_INDEX
                                              : spec::VOID_NO_TIME;
  record.phase = RoundPhase::kVoid;
  record.void_cause = static_cast<std::uint8_t>(cause);
  save(ctx.state(), kRounds, record, epoch, round);
  spec::ProofRoundVoided voided;
  voided.set_epoch(epoch.value());
  voided.set_round(round.value());
  voided.set_cause(cause);
  ctx.emit(voided);
  return cause;
}

}  // namespace

EpochScores close_epoch(Context& ctx) {
  const base::Epoch epoch = ctx.epoch();
  EpochScores scores;
  const auto committee = load(ctx.state(), kCommittees, epoch);
  if (!committee) return scores;  // epoch 0 asks nobody
  // R_i = 0 for every member whose rounds are all void: full marks by O-30.
  for (const CommitteeMember& member : committee->members) scores.members[member.node] = {};
  const bool empty_index = must_load(ctx.state(), kIndexTop).count == 0;
  for (std::uint64_t r = 0; r < ctx.params().economics.rounds; ++r) {
    const base::Round round(base::narrow<std::uint16_t>(r));
    const auto record = load(ctx.state(), kRounds, epoch, round);
    if (record && record->phase == RoundPhase::kSettled) {
      ++scores.settled;
      continue;
    }
    const bool ended = record && record->phase == RoundPhase::kVoid;
    const spec::VoidCause cause =
        ended ? void_of(*record) : void_round(ctx, epoch, round, empty_index);
    if (cause != spec::VOID_EMPTY_INDEX) ++scores.void_rounds;
  }
  return scores;
}

}  // namespace wald::ledger::rounds
