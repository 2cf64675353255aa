// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/proof/declare_lost.h"

#include "economics/penalties.h"
#include "ledger/epoch/losses.h"
#include "ledger/state/pool.h"
#include "ledger/tx/proof/shard_notice.h"

namespace wald::ledger::tx {
namespace {

// A fee beyond all money is as good as all money: it cannot be taken in full.
Amount recovery_fee(const Context& ctx) {
  const auto slot = load(ctx.state(), kRing, ctx.epoch());
  const std::uint64_t used = slot ? slot->used : 0;
  const auto fee = economics::recovery(
      must_load(ctx.state(), kMarket).storage_price.amount().value(), used,
      base::narrow<std::uint16_t>(ctx.params().shards), ctx.params().economics.repair_epochs);
  return fee.ok() ? *fee : Amount::of(economics::kMaxAmount);
}

// The charge left too little of the bond for it to stay.
void end_bond(Overlay& state, const base::ObjectId& id) {
  const economics::Stake stake = must_load(state, kStakes, id);
  remove(state, kStakes, id);
  remove(state, kOwned, stake.owner, id);
}

// Takes the fee; nothing moves where the pool refuses to be charged (a quarantined one).
std::pair<Coin, bool> charge(Context& ctx, const base::NodeId& id, Amount fee) {
  Coin taken = Coin::none(ctx.state());
  if (exists(ctx.state(), kQuarantine, id)) return {std::move(taken), false};
  OpenPool open = open_pool(ctx.state(), id);
  const auto declared = economics::declare_loss(open.figures, fee, false);  // a member
  const bool excuses = declared.ok() && declared->excuses;
  if (declared.ok()) taken.add(open.money.split(declared->charge.taken));
  close_pool(ctx.state(), id, std::move(open));
  if (declared.ok() && declared->charge.closed) end_bond(ctx.state(), *declared->charge.closed);
  return {std::move(taken), excuses};
}

void set_aside(Context& ctx, const base::NodeId& id, base::ShardIndex shard, bool in_full,
               Coin coin) {
  FundRecord fund = load(ctx.state(), kFunds, kFundRepair).value_or(FundRecord());
  Earmark mark;
  mark.node = id;
  mark.shard = shard;
  mark.epoch = ctx.epoch();
  mark.in_full = in_full;
  mark.amount.put(std::move(coin));
  fund.earmarks.push_back(std::move(mark));
  save(ctx.state(), kFunds, fund, kFundRepair);
}

}  // namespace

Parsed<DeclareLost> DeclareLost::parse(const Message& message) {
  TRY_ASSIGN(NoticeStatement notice, parse_notice(message.statement(), proofs::Kind::kDeclareLost));
  return DeclareLost{std::move(notice.raw), notice.body};
}

base::Result<void, Dropped> DeclareLost::admit(const Context& view) const {
  return judge_notice(view, raw, body, &NoticeRecord::lost, false);
}

void DeclareLost::apply(Context& ctx) const {
  const base::NodeId& id = raw.header.author;
  note_used(ctx, raw, body.shard, &NoticeRecord::lost);
  const Amount fee = recovery_fee(ctx);
  auto [taken, in_full] = charge(ctx, id, fee);
  const Amount amount = taken.amount();
  set_aside(ctx, id, body.shard, in_full, std::move(taken));
  NodeRecord node = must_load(ctx.state(), kNodes, id);
  epoch::add_loss(node, {body.shard, ctx.epoch(), true, in_full});
  save(ctx.state(), kNodes, node, id);
  spec::NodeShardLost event;
  event.set_node(text_of(id));
  event.set_shard(body.shard.value());
  event.set_reason(spec::LOSS_DECLARED);
  event.set_asked(fee.value());
  event.set_taken(amount.value());
  ctx.emit(event);
}

}  // namespace wald::ledger::tx
