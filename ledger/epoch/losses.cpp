// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/losses.h"

#include <algorithm>

#include "economics/penalties.h"
#include "ledger/nodes.h"

namespace wald::ledger::epoch {
namespace {

// Every declared loss of every node whose earmark may be freed, collected before anything changes.
struct Place {
  base::NodeId node;
  base::ShardIndex shard;
};

std::map<base::ShardIndex, base::NodeId> holders_of(const Reader& state, base::Epoch epoch) {
  std::map<base::ShardIndex, base::NodeId> holders;
  if (const auto committee = load(state, kCommittees, epoch))
    for (const CommitteeMember& member : committee->members)
      for (const base::ShardIndex shard : member.shards) holders[shard] = member.node;
  return holders;
}

void into_escrow(Context& ctx, const base::NodeId& node, Coin coin) {
  if (coin.amount().is_zero()) return;
  OpenPool open = open_pool(ctx.state(), node);
  const auto added = economics::add_to(open.figures.escrow, ctx.epoch(), coin.amount());
  WALD_CHECK(added.ok());  // money of the supply
  open.money.add(std::move(coin));
  close_pool(ctx.state(), node, std::move(open));
}

}  // namespace

void add_loss(NodeRecord& node, Loss loss) {
  const auto before = [](const Loss& a, const Loss& b) {
    return std::tuple(a.shard, !a.declared) < std::tuple(b.shard, !b.declared);
  };
  const auto at = std::lower_bound(node.losses.begin(), node.losses.end(), loss, before);
  if (at != node.losses.end() && at->shard == loss.shard && at->declared == loss.declared) {
    *at = loss;
    return;
  }
  node.losses.insert(at, loss);
}

void end_earmark(Context& ctx, const base::NodeId& node, base::ShardIndex shard, bool in_time) {
  FundRecord fund = must_load(ctx.state(), kFunds, kFundRepair);
  const auto at = std::find_if(fund.earmarks.begin(), fund.earmarks.end(), [&](const Earmark& e) {
    return e.node == node && e.shard == shard;
  });
  if (at == fund.earmarks.end()) return;
  Coin coin = at->amount.take_all(ctx.state());
  fund.earmarks.erase(at);
  const economics::Freed freed = economics::free_earmark(
      coin.amount(), in_time, fund.amount.amount(), Amount::of(ctx.params().economics.fund_cap));
  fund.amount.put(coin.split(freed.into_fund));
  save(ctx.state(), kFunds, fund, kFundRepair);
  Mint::burn(ctx.state(), coin.split(freed.burned), spec::BURN_EARMARK);
  WALD_CHECK(coin.amount() == freed.into_escrow);
  into_escrow(ctx, node, std::move(coin));
  spec::RewardRepairPaid event;
  event.set_node(text_of(node));
  event.set_shard(shard.value());
  event.set_to_escrow(freed.into_escrow.value());
  event.set_freed(freed.into_fund.value());
  event.set_burned(freed.burned.value());
  ctx.emit(event);
}

bool counts_in(const Loss& loss, base::Epoch e, std::uint64_t restore_epochs) {
  // A chronic mark of epoch k is made at T_(k+1), before the selection in k+1.
  if (!loss.declared) return loss.epoch < e;
  return loss.epoch.value() + restore_epochs <= e.value();
}

LostShards lost_shards(const Reader& state, const CommitteeRecord& committee, base::Epoch running,
                       std::uint64_t restore_epochs) {
  LostShards lost;
  for (const CommitteeMember& member : committee.members) {
    std::vector<base::ShardIndex> shards;
    for (const Loss& loss : must_load(state, kNodes, member.node).losses) {
      const bool held =
          std::find(member.shards.begin(), member.shards.end(), loss.shard) != member.shards.end();
      const bool known = !shards.empty() && shards.back() == loss.shard;
      if (held && !known && counts_in(loss, running, restore_epochs)) shards.push_back(loss.shard);
    }
    if (!shards.empty()) lost.emplace(member.node, std::move(shards));
  }
  return lost;
}

void free_overdue(Context& ctx) {
  const base::Epoch running = ctx.epoch();
  const std::uint64_t restore_epochs = ctx.params().restore_epochs;
  std::vector<Place> over;
  for (const Earmark& mark : must_load(ctx.state(), kFunds, kFundRepair).earmarks)
    if (counts_in({mark.shard, mark.epoch, true, mark.in_full}, running, restore_epochs))
      over.push_back({mark.node, mark.shard});
  for (const Place& place : over) end_earmark(ctx, place.node, place.shard, false);
}

void end_losses(Context& ctx, base::Epoch closed) {
  const auto holders = holders_of(ctx.state(), closed.next());
  const auto elsewhere = [&](const base::NodeId& node, base::ShardIndex shard) {
    const auto at = holders.find(shard);
    return at == holders.end() || at->second != node;
  };
  std::vector<Place> moved;
  for (const Earmark& mark : must_load(ctx.state(), kFunds, kFundRepair).earmarks)
    if (elsewhere(mark.node, mark.shard)) moved.push_back({mark.node, mark.shard});
  for (const Place& place : moved) end_earmark(ctx, place.node, place.shard, false);

  const std::uint64_t restore_epochs = ctx.params().restore_epochs;
  for (const auto& [id, node] : on_roll(ctx.state())) {
    if (node.losses.empty()) continue;
    NodeRecord changed = node;
    std::erase_if(changed.losses, [&, &holder = id](const Loss& loss) {
      return counts_in(loss, closed, restore_epochs) || elsewhere(holder, loss.shard);
    });
    if (changed.losses.size() != node.losses.size()) save(ctx.state(), kNodes, changed, id);
  }
}

}  // namespace wald::ledger::epoch
