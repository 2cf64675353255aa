// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/change.h"

#include "ledger/epoch/ballots.h"
#include "ledger/epoch/leave.h"
#include "ledger/epoch/losses.h"
#include "ledger/epoch/market.h"
#include "ledger/epoch/members.h"
#include "ledger/epoch/settle.h"
#include "ledger/epoch/sync.h"
#include "ledger/epoch/times.h"
#include "ledger/epoch/upgrades.h"

namespace wald::ledger::epoch {
namespace {

// H-1: by the timetable, unless a halt went on for more than a quarter of the epoch.
base::TimeMs start_of_next(const EpochClock& clock, base::TimeMs now) {
  const base::TimeMs planned = clock.end();
  return now.value() > planned.value() + clock.length / 4 ? now : planned;
}

// H-7: epoch 0 without anybody to sit in a committee begins again.
void repeat(Context& ctx, ChainRecord chain) {
  EpochClock& clock = chain.clock;
  clock.start = start_of_next(clock, ctx.block().time);
  clock.length = ctx.params().epoch_zero;
  clock.first_height = ctx.block().height;
  clock.selected = false;
  save(ctx.state(), kChain, chain);
  report_start(ctx);
}

// H-4 (d): e+1 is the running epoch.
void turn_clock(Context& ctx, const Params& params) {
  ChainRecord chain = must_load(ctx.state(), kChain);
  EpochClock next;
  next.epoch = chain.clock.epoch.next();
  next.start = start_of_next(chain.clock, ctx.block().time);
  next.length = chain.clock.next_length;
  next.next_length = params.epoch_length;  // fixed by the selection
  next.first_height = ctx.block().height;
  chain.clock = next;
  chain.rounds = RoundClock();
  save(ctx.state(), kChain, chain);
}

void report_rotation(Context& ctx, const base::NodeId& node, spec::KeyRole role,
                     const base::PublicKey& before, const base::PublicKey& after) {
  if (before == after) return;
  spec::NodeKeyRotated event;
  event.set_node(text_of(node));
  event.set_role(role);
  event.set_key(text_of(after));
  event.set_epoch(ctx.epoch().value());
  ctx.emit(event);
}

// N-4, O-4: keys announced before the selection count from here on; and everybody who takes a seat
// is noted (N-6).
void seat_members(Context& ctx, const CommitteeRecord& before) {
  std::map<base::NodeId, const CommitteeMember*> old;
  for (const CommitteeMember& member : before.members) old[member.node] = &member;
  for (const CommitteeMember& member : must_load(ctx.state(), kCommittees, ctx.epoch()).members) {
    NodeRecord node = must_load(ctx.state(), kNodes, member.node);
    node.last_seat = ctx.epoch();
    save(ctx.state(), kNodes, node, member.node);
    const auto at = old.find(member.node);
    if (at == old.end()) continue;
    report_rotation(ctx, member.node, spec::KEY_ROLE_PROTOCOL, at->second->protocol_key,
                    member.protocol_key);
    report_rotation(ctx, member.node, spec::KEY_ROLE_VRF, at->second->vrf_key, member.vrf_key);
  }
}

void report_close(Context& ctx, const Close& close) {
  Amount rewards;
  for (const auto& row : close.money.rows) rewards = rewards.plus(row.reward).value();
  spec::EpochClosed event;
  event.set_epoch(close.epoch.value());
  event.set_money(close.slot.money.value());
  event.set_subsidy(close.money.match.plus(close.money.fixed).value().value());
  event.set_burned(close.money.burn.value());
  event.set_pot(close.money.pot.value());
  event.set_rewards(rewards.value());
  event.set_unspent(close.money.unspent.value());
  event.set_carry(close.money.carry.value());
  event.set_used(close.slot.used);
  event.set_rounds(close.scores.settled);
  event.set_void_rounds(close.scores.void_rounds);
  ctx.emit(event);
}

}  // namespace

void report_start(Context& ctx) {
  const EpochClock clock = must_load(ctx.state(), kChain).clock;
  const Params params = load_params(ctx.state());
  spec::EpochStarted event;
  event.set_epoch(clock.epoch.value());
  event.set_starts(clock.start.value());
  event.set_handover(handover_end(clock, params).value());
  event.set_selects(selection_time(clock, params).value());
  event.set_ends(clock.end().value());
  ctx.emit(event);
}

void change(Context& ctx) {
  const ChainRecord chain = must_load(ctx.state(), kChain);
  WALD_CHECK(chain.clock.selected);
  const base::Epoch closed = chain.clock.epoch;
  const base::Epoch opening = closed.next();
  if (!exists(ctx.state(), kCommittees, opening)) {
    WALD_CHECK(closed.value() == 0);  // later ones carry a committee over
    return repeat(ctx, chain);
  }
  Close close = settle(ctx, rounds::close_epoch(ctx));  // (a), (b)
  step_pools(ctx, close);
  sink_rest(ctx, close);
  end_losses(ctx, closed);
  update_members(ctx, close);
  turn_ring(ctx, close);
  turn_params(ctx.state(), opening);  // (c)
  change_parameters(ctx, opening, start_of_next(chain.clock, ctx.block().time));
  change_version(ctx, opening);
  const Params params = load_params(ctx.state());
  widen_ring(ctx.state(), opening, params.economics.horizon);
  turn_clock(ctx, params);  // (d)
  seat_members(ctx, close.committee);
  report_market(ctx, opening, revise_market(ctx.state(), opening, params));
  start_sync(ctx.state(), opening);  // (e)
  end_leaving(ctx, closed);          // (f)
  pay_left(ctx);
  report_close(ctx, close);  // (h)
  report_start(ctx);
  settle_sync(ctx);
}

}  // namespace wald::ledger::epoch
