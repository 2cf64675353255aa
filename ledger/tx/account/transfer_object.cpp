// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/account/transfer_object.h"

#include "ledger/accounts.h"
#include "ledger/blobs.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

base::Result<void, Rejected> may_go(Context& ctx, const base::AccountId& owner,
                                    const base::AccountId& to) {
  if (owner != ctx.sender()) return ctx.reject(spec::NOT_OWNER);
  if (to == owner) return ctx.reject(spec::SAME_TARGET);
  return require_account(ctx, to);
}

void hand_on(Context& ctx, const base::ObjectId& id, const base::AccountId& to) {
  remove(ctx.state(), kOwned, ctx.sender(), id);
  save(ctx.state(), kOwned, OwnedRecord(), to, id);
}

void emit_transferred(Context& ctx, const base::ObjectId& id, const base::AccountId& to,
                      const base::BlobId& blob) {
  spec::StorageTransferred event;
  event.set_object(text_of(id));
  event.set_from(text_of(ctx.sender()));
  event.set_to(text_of(to));
  event.set_blob_id(text_of(blob));
  ctx.emit(event);
}

base::Result<void, Rejected> give(Context& ctx, economics::Stake stake, const base::AccountId& to) {
  TRY(may_go(ctx, stake.owner, to));
  if (stake.vesting) return ctx.reject(spec::BOND_FIXED);  // T-3
  const auto mint = mint_of(ctx.state(), stake.node, stake.activation);
  const auto given = economics::give_stake(peek_pool(ctx.state(), stake.node), stake, mint, to);
  if (!given.ok()) return ctx.reject(given.error());
  stake.changed = ctx.block().height;
  save(ctx.state(), kStakes, stake, stake.id);
  hand_on(ctx, stake.id, to);
  spec::StakeTransferred event;
  event.set_stake(text_of(stake.id));
  event.set_from(text_of(ctx.sender()));
  event.set_to(text_of(to));
  ctx.emit(event);
  return {};
}

}  // namespace

Parsed<TransferObject> TransferObject::parse(const Message& message) {
  TransferObject tx;
  TRY_ASSIGN(tx.object, id_field<base::ObjectId>(message.object(), "object"));
  TRY_ASSIGN(tx.to, id_field<base::AccountId>(message.to(), "to"));
  return tx;
}

base::Result<void, Rejected> TransferObject::apply(Context& ctx) const {
  const base::ObjectId id = ctx.resolve(object);
  if (const auto stake = load(ctx.state(), kStakes, id)) return give(ctx, *stake, to);
  if (auto blob = load(ctx.state(), kBlobs, id)) {
    if (blob->bucket) return ctx.reject(spec::NOT_OWNER);  // it goes with its bucket alone
    TRY(may_go(ctx, blob->owner, to));
    blob->owner = to;
    save(ctx.state(), kBlobs, *blob, id);
    hand_on(ctx, id, to);
    emit_transferred(ctx, id, to, blob->blob_id);
    return {};
  }
  if (auto bucket = load(ctx.state(), kBuckets, id)) {
    TRY(may_go(ctx, bucket->owner, to));
    bucket->owner = to;
    save(ctx.state(), kBuckets, *bucket, id);
    hand_on(ctx, id, to);
    emit_transferred(ctx, id, to, base::BlobId());
    return {};
  }
  auto resource = load(ctx.state(), kResources, id);
  if (!resource) return ctx.reject(spec::UNKNOWN_OBJECT);
  TRY(may_go(ctx, resource->owner, to));
  resource->owner = to;
  save(ctx.state(), kResources, *resource, id);
  hand_on(ctx, id, to);
  emit_transferred(ctx, id, to, base::BlobId());
  return {};
}

}  // namespace wald::ledger::tx
