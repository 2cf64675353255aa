// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/leave.h"

#include <algorithm>

#include "economics/pool_step.h"
#include "ledger/accounts.h"
#include "ledger/duties.h"
#include "ledger/funds.h"
#include "ledger/nodes.h"
#include "ledger/stakes.h"

namespace wald::ledger::epoch {
namespace {

constexpr std::uint32_t kEvidenceWindow = 3;  // N-10: evidence about x counts until T_(x+3)

bool is_due(const NodeRecord& node, base::Epoch running) {
  return !node.last_seat || running.value() >= node.last_seat->value() + kEvidenceWindow;
}

void pay_commission(Context& ctx, const base::NodeId& id, const NodeRecord& node) {
  OpenPool open = open_pool(ctx.state(), id);
  const auto sum = economics::escrow_total(open.figures).plus(open.figures.free);
  WALD_CHECK(sum.ok());  // both are money of this pool
  open.figures.escrow.clear();
  open.figures.free = Amount();
  Coin coin = open.money.split(sum.value());
  close_pool(ctx.state(), id, std::move(open));
  deposit(ctx, node.commission_account, std::move(coin));
  if (sum->is_zero()) return;
  spec::CommissionCollected event;
  event.set_node(text_of(id));
  event.set_account(text_of(node.commission_account));
  event.set_amount(sum->value());
  ctx.emit(event);
}

void return_deposit(Context& ctx, const base::NodeId& id, NodeRecord node) {
  Coin coin = node.deposit.take_all(ctx.state());
  const Amount amount = coin.amount();
  if (amount.is_zero()) return;
  save(ctx.state(), kNodes, node, id);
  deposit(ctx, node.operator_account, std::move(coin));
  spec::NodeDepositReturned event;
  event.set_node(text_of(id));
  event.set_account(text_of(node.operator_account));
  event.set_amount(amount.value());
  ctx.emit(event);
}

// P-12: the minted bond is taken as asked for, two epochs from then.
void report_bond(Context& ctx, const base::NodeId& id, const economics::Bond& bond) {
  const EpochClock clock = must_load(ctx.state(), kChain).clock;
  const std::uint32_t exit = bond.leaving->exit.value();
  const std::uint32_t running = clock.epoch.value();  // of a pool that was repaired it may be later
  spec::StakeExitRequested event;
  event.set_stake(text_of(bond.stake));
  event.set_owner(text_of(must_load(ctx.state(), kStakes, bond.stake).owner));
  event.set_node(text_of(id));
  event.set_shares(bond.shares.value());
  event.set_exit(bond.leaving->exit.value());
  event.set_time(exit > running ? clock.end().value() + (exit - running - 1) * clock.next_length
                                : clock.start.value());
  event.set_fee_ppm(bond.leaving->fee.value());
  ctx.emit(event);
}

void pay(Context& ctx, const base::NodeId& id, const NodeRecord& node) {
  if (!exists(ctx.state(), kQuarantine, id)) pay_commission(ctx, id, node);
  return_deposit(ctx, id, node);
}

// What a pool loses as its node ends.
struct PoolEnd {
  Amount swept, burned;
  std::uint32_t before = 0, after = 0;  // generations
  std::optional<economics::Bond> bond;
};

PoolEnd end_pool(Context& ctx, const base::NodeId& id, base::Epoch epoch) {
  PoolEnd out;
  OpenPool open = open_pool(ctx.state(), id);
  out.before = open.figures.generation;
  const auto done = economics::become_left(open.figures, epoch, ctx.params().economics);
  WALD_CHECK(done.ok());  // a pool that keeps its identities (P-5)
  if (done->bond) out.bond = open.figures.bond;
  out.after = open.figures.generation;
  out.swept = done->swept;
  Coin swept = open.money.split(out.swept);
  close_pool(ctx.state(), id, std::move(open));
  out.burned = sink(ctx.state(), ctx.params(), std::move(swept), spec::BURN_DUST).burned;
  return out;
}

void report_end(Context& ctx, const base::NodeId& id, const PoolEnd& end) {
  emit_swept(ctx, id, end.swept);
  emit_generation(ctx, id, end.before, end.after);
  emit_burned(ctx, spec::BURN_DUST, end.burned);
  if (end.bond) report_bond(ctx, id, *end.bond);
}

}  // namespace

void leave_pool(Context& ctx, const base::NodeId& id, base::Epoch epoch) {
  report_end(ctx, id, end_pool(ctx, id, epoch));
}

void pay_repaired(Context& ctx, const base::NodeId& id) {
  const NodeRecord node = must_load(ctx.state(), kNodes, id);
  if (node.left && is_due(node, ctx.epoch())) pay_commission(ctx, id, node);
}

void end_node(Context& ctx, const base::NodeId& id, bool evicted) {
  const base::Epoch running = ctx.epoch();
  NodeRecord node = must_load(ctx.state(), kNodes, id);
  WALD_CHECK(!node.left && !is_member(ctx.state(), running, id) &&
             !is_member(ctx.state(), running.next(), id));
  node.leaving = true;
  node.left = running;
  save(ctx.state(), kNodes, node, id);
  end_duties(ctx.state(), id);
  PoolEnd end;
  if (!exists(ctx.state(), kQuarantine, id)) end = end_pool(ctx, id, running);
  spec::NodeLeft event;
  event.set_node(text_of(id));
  event.set_epoch(running.value());
  event.set_evicted(evicted);
  ctx.emit(event);
  report_end(ctx, id, end);
  if (is_due(node, running)) pay(ctx, id, node);
}

void end_leaving(Context& ctx, base::Epoch closed) {
  for (const auto& [id, node] : on_roll(ctx.state())) {
    if (!node.leaving || node.left) continue;
    if (is_member(ctx.state(), closed, id) || is_member(ctx.state(), closed.next(), id)) continue;
    end_node(ctx, id, false);
  }
}

void pay_left(Context& ctx) {
  const base::Epoch running = ctx.epoch();
  for (const auto& [id, node] : on_roll(ctx.state())) {
    if (!node.left) continue;
    // One that never had a seat was paid when it became left.
    if (node.last_seat && running.value() == node.last_seat->value() + kEvidenceWindow)
      pay(ctx, id, node);
    if (is_due(node, running) && !exists(ctx.state(), kQuarantine, id) &&
        economics::stands_still(peek_pool(ctx.state(), id), true))
      remove(ctx.state(), kRoll, id);
  }
}

base::Result<void, Rejected> make_place(Context& ctx) {
  const auto nodes = on_roll(ctx.state());
  const auto taken =
      std::count_if(nodes.begin(), nodes.end(), [](const auto& one) { return !one.second.left; });
  if (static_cast<std::uint64_t>(taken) < ctx.params().pools_max) return {};
  const base::Epoch running = ctx.epoch();
  std::optional<std::pair<Amount, base::NodeId>> weakest;
  for (const auto& [id, node] : nodes) {
    if (node.left || exists(ctx.state(), kQuarantine, id)) continue;
    const auto view = node_view(ctx.state(), id);
    if (view.barred || view.in_current || view.in_next ||
        node.registered.value() + 2 > running.value())
      continue;
    const Amount value = economics::weight_at(peek_pool(ctx.state(), id), running.next(), view);
    if (value >= Amount::of(ctx.params().economics.threshold)) continue;
    if (!weakest || std::pair(value, id) < *weakest) weakest = {value, id};
  }
  if (!weakest) return ctx.reject(spec::POOLS_FULL);
  end_node(ctx, weakest->second, true);
  return {};
}

}  // namespace wald::ledger::epoch
