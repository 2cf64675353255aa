// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/sync.h"

#include <set>

#include "codec/base/bitmap.h"
#include "economics/governance.h"
#include "ledger/epoch/members.h"
#include "ledger/laws/mutant.h"

namespace wald::ledger::epoch {
namespace {

void mark(SyncRecord& sync, const CommitteeRecord& committee, std::size_t member) {
  WALD_CHECK(member < committee.members.size() && !has_attested(sync, member));
  base::set_bit(sync.attested, member);
  sync.weight += base::narrow<std::uint32_t>(committee.members[member].shards.size());
}

bool gained(const CommitteeMember& member, const economics::Assignment& before) {
  const auto at = before.find(member.node);
  if (at == before.end()) return true;
  const std::set<base::ShardIndex> had(at->second.begin(), at->second.end());
  for (const base::ShardIndex shard : member.shards)
    if (had.count(shard) == 0) return true;
  return false;
}

}  // namespace

bool has_attested(const SyncRecord& sync, std::size_t member) {
  WALD_CHECK(member / 8 < sync.attested.size());
  return base::bit_at(sync.attested, member);
}

SyncRecord start_sync(Overlay& state, base::Epoch opening) {
  const CommitteeRecord committee = must_load(state, kCommittees, opening);
  economics::Assignment before;
  if (opening.value() > 0)
    if (const auto previous = load(state, kCommittees, base::Epoch(opening.value() - 1)))
      before = assignment_of(*previous);
  SyncRecord sync;
  sync.attested.resize(base::bitmap_size(committee.members.size()));
  for (std::size_t i = 0; i < committee.members.size(); ++i)
    if (!gained(committee.members[i], before)) mark(sync, committee, i);
  save(state, kSync, sync, opening);
  return sync;
}

void settle_sync(Context& ctx) {
  ChainRecord chain = must_load(ctx.state(), kChain);
  const SyncRecord sync = must_load(ctx.state(), kSync, chain.clock.epoch);
  if (chain.clock.synced || !economics::is_quorum(sync.weight, ctx.params().shards)) return;
  chain.clock.synced = true;
  save(ctx.state(), kChain, chain);
  spec::EpochSyncDone done;
  done.set_epoch(chain.clock.epoch.value());
  done.set_weight(sync.weight);
  ctx.emit(done);
}

void attest(Context& ctx, std::size_t member) {
  const base::Epoch epoch = ctx.epoch();
  const CommitteeRecord committee = must_load(ctx.state(), kCommittees, epoch);
  SyncRecord sync = must_load(ctx.state(), kSync, epoch);
  mark(sync, committee, member);
  if (mutate("I27")) sync.weight *= 2;
  save(ctx.state(), kSync, sync, epoch);
  spec::EpochSyncAttested event;
  event.set_node(text_of(committee.members[member].node));
  event.set_epoch(epoch.value());
  event.set_weight(sync.weight);
  ctx.emit(event);
  settle_sync(ctx);
}

void close_sync(Context& ctx) {
  ChainRecord chain = must_load(ctx.state(), kChain);
  const base::Epoch epoch = chain.clock.epoch;
  WALD_CHECK(!chain.clock.sync_closed);
  chain.clock.sync_closed = true;
  save(ctx.state(), kChain, chain);
  const CommitteeRecord committee = must_load(ctx.state(), kCommittees, epoch);
  const SyncRecord sync = must_load(ctx.state(), kSync, epoch);
  spec::EpochSyncTimedOut event;
  event.set_epoch(epoch.value());
  event.set_weight(sync.weight);
  for (std::size_t i = 0; i < committee.members.size(); ++i)
    if (!has_attested(sync, i)) event.add_missing(text_of(committee.members[i].node));
  if (event.missing_size() > 0) ctx.emit(event);
}

}  // namespace wald::ledger::epoch
