// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/stake/request_exit.h"

#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

// The part that leaves becomes a stake of its own; what stays is written back (P-12).
base::Result<economics::Stake, Rejected> split_off(Context& ctx, economics::Stake whole,
                                                   Amount amount) {
  const economics::Stake before = whole;
  const auto mint = mint_of(ctx.state(), whole.node, whole.activation);
  const auto part = economics::split_stake(peek_pool(ctx.state(), whole.node), whole, mint, amount,
                                           ctx.new_object(), ctx.params().economics);
  if (!part.ok()) return ctx.reject(part.error());
  save_stake(ctx, before, whole);
  save(ctx.state(), kStakes, part.value(), part->id);
  save(ctx.state(), kOwned, OwnedRecord(), part->owner, part->id);
  spec::StakeSplit event;
  event.set_stake(text_of(whole.id));
  event.set_part(text_of(part->id));
  event.set_owner(text_of(part->owner));
  event.set_principal(part->principal.value());
  event.set_shares(part->minted ? part->minted->own.value() : 0);
  ctx.emit(event);
  return part.value();
}

}  // namespace

Parsed<RequestExit> RequestExit::parse(const Message& message) {
  RequestExit tx;
  TRY_ASSIGN(tx.stake, id_field<base::ObjectId>(message.stake(), "stake"));
  if (message.has_amount()) {
    TRY_ASSIGN(tx.amount, amount_field(message.amount(), "amount"));
  }
  return tx;
}

base::Result<void, Rejected> RequestExit::apply(Context& ctx) const {
  TRY_ASSIGN(economics::Stake leaving, own_stake(ctx, stake));
  if (amount && (amount->is_zero() || *amount > leaving.principal))
    return ctx.reject(spec::BAD_AMOUNT);
  if (amount && *amount < leaving.principal) {
    TRY_ASSIGN(leaving, split_off(ctx, leaving, *amount));
  }
  const economics::Stake before = leaving;
  economics::Pool pool = peek_pool(ctx.state(), leaving.node);
  const auto mint = mint_of(ctx.state(), leaving.node, leaving.activation);
  const auto way =
      economics::request_exit(pool, leaving, mint, moment(ctx.state()),
                              node_view(ctx.state(), leaving.node), ctx.params().economics);
  if (!way.ok()) return ctx.reject(way.error());

  const auto bond = pool.bond;
  OpenPool open = open_pool(ctx.state(), leaving.node);
  open.figures = std::move(pool);
  close_pool(ctx.state(), leaving.node, std::move(open));
  save_stake(ctx, before, leaving);

  const EpochClock clock = must_load(ctx.state(), kChain).clock;
  const std::uint64_t ahead = way->exit.value() - clock.epoch.value();  // 1 or more (P-9)
  spec::StakeExitRequested event;
  event.set_stake(text_of(leaving.id));
  event.set_owner(text_of(leaving.owner));
  event.set_node(text_of(leaving.node));
  if (bond && bond->stake == leaving.id)
    event.set_shares(bond->shares.value());
  else
    event.set_shares(leaving.minted ? leaving.minted->own.value() : 0);
  event.set_exit(way->exit.value());
  event.set_time(clock.end().value() + (ahead - 1) * clock.next_length);
  event.set_fee_ppm(way->fee.value());
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
