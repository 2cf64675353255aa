// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/stake/merge_stakes.h"

#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {

Parsed<MergeStakes> MergeStakes::parse(const Message& message) {
  MergeStakes tx;
  TRY_ASSIGN(tx.stake, id_field<base::ObjectId>(message.stake(), "stake"));
  TRY_ASSIGN(tx.other, id_field<base::ObjectId>(message.other(), "other"));
  return tx;
}

base::Result<void, Rejected> MergeStakes::apply(Context& ctx) const {
  TRY_ASSIGN(economics::Stake whole, own_stake(ctx, stake));
  TRY_ASSIGN(economics::Stake part, own_stake(ctx, other));
  if (whole.id == part.id) return ctx.reject(spec::SAME_TARGET);
  if (whole.vesting != part.vesting) return ctx.reject(spec::BOND_FIXED);  // T-3
  TRY(touch(ctx, whole));
  TRY(touch(ctx, part));
  const Amount before = whole.principal;
  const auto merged = economics::merge_stakes(
      peek_pool(ctx.state(), whole.node), whole, mint_of(ctx.state(), whole.node, whole.activation),
      part, mint_of(ctx.state(), part.node, part.activation));
  if (!merged.ok()) return ctx.reject(merged.error());
  WALD_CHECK(whole.id != part.id && whole.principal > before);
  whole.changed = ctx.block().height;
  save(ctx.state(), kStakes, whole, whole.id);
  remove(ctx.state(), kStakes, part.id);
  remove(ctx.state(), kOwned, part.owner, part.id);
  spec::StakeMerged event;
  event.set_stake(text_of(whole.id));
  event.set_other(text_of(part.id));
  event.set_owner(text_of(whole.owner));
  event.set_principal(whole.principal.value());
  event.set_shares(whole.minted ? whole.minted->own.value() : 0);
  ctx.emit(event);
  return {};
}

}  // namespace wald::ledger::tx
