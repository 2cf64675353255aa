// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/advance.h"

#include "ledger/rounds/index.h"
#include "ledger/rounds/steps.h"

namespace wald::ledger::rounds {
namespace {

void step(Context& ctx, RoundView view) {
  switch (view.record.phase) {
    case RoundPhase::kFreeze:
      return end_freeze(ctx, std::move(view));
    case RoundPhase::kCommit:
      return end_commit(ctx, std::move(view));
    case RoundPhase::kVerify:
      return end_verify(ctx, std::move(view));
    case RoundPhase::kInspect:
      return end_inspect(ctx, std::move(view));
    case RoundPhase::kSettled:
    case RoundPhase::kVoid:
      break;
  }
  WALD_CHECK(false && "an open round that has ended");
}

}  // namespace

void advance(Context& ctx) {
  sweep_index(ctx);
  if (!exists(ctx.state(), kCommittees, ctx.epoch())) return;  // epoch 0 asks nobody
  if (auto view = open_round(ctx.state(), ctx.block().chain)) {
    step(ctx, *std::move(view));
  } else {
    open_next(ctx);
  }
  plan_next(ctx);
}

PhaseMark mark_of(const Context& ctx) { return {ctx.block().height, ctx.block().time}; }

bool is_due(const Context& ctx, const std::optional<PhaseMark>& from, std::uint64_t delay_ms,
            std::uint64_t blocks) {
  WALD_CHECK(from.has_value());
  return proofs::due({from->height, from->time}, delay_ms, blocks,
                     {ctx.block().height, ctx.block().time});
}

void save_round(Context& ctx, const RoundView& view) {
  save(ctx.state(), kRounds, view.record, view.id.epoch, view.id.round);
}

void close_clock(Context& ctx) {
  ChainRecord chain = must_load(ctx.state(), kChain);
  chain.rounds.open = false;
  chain.rounds.frozen = false;
  save(ctx.state(), kChain, chain);
}

void void_round(Context& ctx, RoundView view, spec::VoidCause cause) {
  view.record.phase = RoundPhase::kVoid;
  view.record.void_cause = base::narrow<std::uint8_t>(static_cast<int>(cause));
  view.record.voided = mark_of(ctx);
  save_round(ctx, view);
  close_clock(ctx);
  spec::ProofRoundVoided event;
  event.set_epoch(view.id.epoch.value());
  event.set_round(view.id.round.value());
  event.set_cause(cause);
  ctx.emit(event);
}

}  // namespace wald::ledger::rounds
