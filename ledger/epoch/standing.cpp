// SPDX-License-Identifier: Apache-2.0
// X-8 at the close: standing and bars of the members, and shards that were unavailable too long.
#include <algorithm>

#include "economics/penalties.h"
#include "ledger/epoch/losses.h"
#include "ledger/epoch/members.h"
#include "ledger/epoch/settle.h"

namespace wald::ledger::epoch {
namespace {

void update_bar(Context& ctx, const Close& close, const base::NodeId& id, NodeRecord& node) {
  economics::Standing standing{node.standing, node.low_closes};
  const bool bars = economics::update_standing(standing, close.scores.members.at(id).s).barred;
  node.standing = standing.standing;
  node.low_closes = base::narrow<std::uint8_t>(standing.low_closes);
  if (!bars) return;
  // The elections after this close choose the committees of e+2 and on.
  node.barred_until = base::Epoch(
      base::narrow<std::uint32_t>(close.epoch.value() + 1 + close.params.economics.bar_epochs));
  spec::NodeBarred event;
  event.set_node(text_of(id));
  event.set_cause(spec::BAR_STANDING);
  event.set_until(node.barred_until.value() + 1);
  ctx.emit(event);
}

bool excused(const NodeRecord& node, base::ShardIndex shard) {
  return std::any_of(node.losses.begin(), node.losses.end(), [&](const Loss& loss) {
    return loss.shard == shard && loss.declared && loss.excused;
  });
}

// Over the limit in two epochs running: those shards are given up in the next selection.
void mark_chronic(Context& ctx, const Close& close, const base::NodeId& id, NodeRecord& node) {
  if (close.epoch.value() == 0) return;
  const rounds::MemberResult& now = close.scores.members.at(id);
  const auto before = load(ctx.state(), kScores, base::Epoch(close.epoch.value() - 1), id);
  if (!before || !economics::is_short(before->unavailable, before->due) ||
      !economics::is_short(now.unavailable, now.due))
    return;
  for (const base::ShardIndex shard : now.bad_shards) {
    const bool twice = std::find(before->bad_shards.begin(), before->bad_shards.end(), shard) !=
                       before->bad_shards.end();
    if (!twice || excused(node, shard)) continue;
    add_loss(node, {shard, close.epoch, false, false});
    spec::NodeShardLost event;
    event.set_node(text_of(id));
    event.set_shard(shard.value());
    event.set_reason(spec::LOSS_CHRONIC);
    ctx.emit(event);
  }
}

}  // namespace

void update_members(Context& ctx, const Close& close) {
  for (const CommitteeMember& member : close.committee.members) {
    NodeRecord node = must_load(ctx.state(), kNodes, member.node);
    update_bar(ctx, close, member.node, node);
    mark_chronic(ctx, close, member.node, node);
    save(ctx.state(), kNodes, node, member.node);
  }
}

}  // namespace wald::ledger::epoch
