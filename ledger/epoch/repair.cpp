// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/repair.h"

#include "ledger/epoch/leave.h"
#include "ledger/epoch/pools.h"

namespace wald::ledger::epoch {
namespace {

using Found = std::vector<std::pair<base::NodeId, QuarantineRecord>>;

Found in_quarantine(const Reader& state, bool repairs, std::size_t most) {
  Found out;
  for_each<QuarantineRecord>(state, kQuarantine,
                             [&](base::ByteView key, const QuarantineRecord& record) {
                               if (record.repairs == repairs)
                                 out.emplace_back(base::NodeId::from(key), record);
                               return out.size() < most;
                             });
  return out;
}

void end_quarantine(Context& ctx, const base::NodeId& id, const QuarantineRecord& record) {
  WALD_CHECK(record.money.is_zero());
  remove(ctx.state(), kQuarantine, id);
  pay_repaired(ctx, id);
  spec::PoolRepaired event;
  event.set_node(text_of(id));
  event.set_since(record.since.value());
  event.set_epoch(must_load(ctx.state(), kPools, id).stepped.value());
  ctx.emit(event);
}

// It waits for the next version.
void give_up(Context& ctx, const base::NodeId& id, QuarantineRecord record,
             economics::Refusal refusal) {
  record.error = economics::refusal_name(refusal);
  record.repairs = false;
  save(ctx.state(), kQuarantine, record, id);
  spec::PoolStepMissed event;
  event.set_node(text_of(id));
  event.set_epoch(record.missed.front().into.value());
  event.set_error(record.error);
  ctx.emit(event);
}

void keep_commission(Overlay& state, const base::NodeId& id, base::Epoch closed,
                     Amount commission) {
  auto score = load(state, kScores, closed, id);
  if (!score) return;  // it sat in no committee
  score->commission = Noted(commission);
  save(state, kScores, *score, closed, id);
}

void repair(Context& ctx, const base::NodeId& id, QuarantineRecord record) {
  const std::optional<base::Epoch> left = must_load(ctx.state(), kNodes, id).left;
  const bool still = left && record.missed.front().into > *left &&
                     economics::stands_still(peek_pool(ctx.state(), id), true);
  if (still) {  // a bond that had gone by then: the rest would not have been taken
    record.missed.clear();
    return end_quarantine(ctx, id, record);
  }
  const MissedStep step = record.missed.front();
  economics::StepInput input;
  input.into = step.into;
  input.full = step.full.amount();
  input.reward = step.reward.amount();
  input.fine = step.fine.amount();
  input.bonus = step.bonus.amount();
  input.holders = step.holders;
  input.left = left && step.into > *left;
  Coin money = record.money.take(ctx.state(), input.reward.plus(input.bonus).value());
  Ownerless ownerless;
  auto done = take_step(ctx, id, input, ctx.params(), money, ownerless);
  if (!done.ok()) {
    record.money.put(std::move(money));
    return give_up(ctx, id, std::move(record), done.error());
  }
  record.missed.erase(record.missed.begin());
  save(ctx.state(), kQuarantine, record, id);
  keep_commission(ctx.state(), id, base::Epoch(step.into.value() - 1), done->outcome.commission);
  report_step(ctx, id, step.into, *std::move(done));
  sink_ownerless(ctx, ctx.params(), ownerless);
  if (left == step.into) leave_pool(ctx, id, *left);
  if (record.missed.empty()) end_quarantine(ctx, id, record);
}

}  // namespace

void begin_repairs(Overlay& state) {
  for (auto& [id, record] : in_quarantine(state, false, SIZE_MAX)) {
    if (record.missed.empty()) continue;
    record.repairs = true;
    save(state, kQuarantine, record, id);
  }
}

void sweep_repairs(Context& ctx) {
  auto found = in_quarantine(ctx.state(), true, kRepairs);
  if (found.empty() || must_load(ctx.state(), kChain).clock.first_height == ctx.block().height)
    return;
  for (auto& [id, record] : found) repair(ctx, id, std::move(record));
}

}  // namespace wald::ledger::epoch
