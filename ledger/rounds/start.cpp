// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "ledger/duties.h"
#include "ledger/rounds/steps.h"

namespace wald::ledger::rounds {
namespace {

proofs::RoundTimes times_of(const Params& p) {
  proofs::RoundTimes times;
  times.void_max = p.void_max;
  times.commit_max = p.commit_max;
  times.verify = p.verify;
  times.inspect = p.inspect;
  times.slack = p.slack;
  times.void_blocks = p.void_blocks;
  times.commit_blocks = p.commit_blocks;
  times.verify_blocks = p.verify_blocks;
  times.inspect_blocks = p.inspect_blocks;
  times.tick = p.tick;
  return times;
}

std::uint16_t rounds_of(const Params& params) {
  return base::narrow<std::uint16_t>(params.economics.rounds);
}

// Declared losses of shards that their nodes hold (O-27): they count from here on.
std::vector<LostShard> lost_shards(const Reader& state, const CommitteeRecord& committee) {
  std::vector<LostShard> lost;
  for (const CommitteeMember& member : committee.members) {
    const auto shards = shards_of(member);
    for (const Loss& loss : must_load(state, kNodes, member.node).losses)
      if (loss.declared && std::binary_search(shards.begin(), shards.end(), loss.shard))
        lost.push_back({loss.shard, loss.excused});
  }
  std::sort(lost.begin(), lost.end(),
            [](const LostShard& a, const LostShard& b) { return a.shard < b.shard; });
  return lost;
}

// Deny lists in force (L-14): what is put in force later says nothing in this round.
std::vector<ListedMember> deny_lists(const Reader& state, const CommitteeRecord& committee) {
  std::vector<ListedMember> out;
  for (const CommitteeMember& member : committee.members) {
    const auto list = duties_of(state, member.node).deny_list;
    if (list) out.push_back({member.node, list->root, list->size});
  }
  return out;
}

void take_snapshot(Context& ctx, RoundView& view) {
  const IndexTop index = must_load(ctx.state(), kIndexTop);
  WALD_CHECK(index.count > 0);
  view.record.phase = RoundPhase::kFreeze;
  view.record.opened = mark_of(ctx);
  view.record.index_root = index.root;
  view.record.index_depth = index.depth;
  view.record.index_units = index.units;
  view.record.index_count = index.count;
  view.record.stored = index.stored;
  view.record.lost = lost_shards(ctx.state(), view.committee);
  view.record.denied = deny_lists(ctx.state(), view.committee);
  save_round(ctx, view);
  spec::ProofRoundOpened event;
  event.set_epoch(view.id.epoch.value());
  event.set_round(view.id.round.value());
  event.set_prev(text_of(view.record.prev));
  event.set_members(base::narrow<std::uint32_t>(view.committee.members.size()));
  event.set_index_root(text_of(index.root));
  event.set_stored(index.stored);
  ctx.emit(event);
}

}  // namespace

RoundRecord blank_round(const Context& ctx) {
  const Params& params = ctx.params();
  RoundRecord record;
  record.of = rounds_of(params);
  record.points = base::narrow<std::uint16_t>(params.points);
  record.blobs = base::narrow<std::uint16_t>(params.blobs);
  record.verifiers = base::narrow<std::uint16_t>(params.verifiers);
  record.prev = must_load(ctx.state(), kChain).prev_seed;
  return record;
}

void plan_next(Context& ctx) {
  ChainRecord chain = must_load(ctx.state(), kChain);
  const std::uint16_t rounds = rounds_of(ctx.params());
  if (chain.rounds.open || chain.rounds.start || chain.rounds.next.value() >= rounds) return;
  const proofs::RoundId id{ctx.block().chain, chain.clock.epoch, chain.rounds.next};
  const proofs::EpochSpan span{chain.clock.start, chain.clock.end(), ctx.params().handover, rounds};
  const auto drawn = proofs::round_start(id, chain.prev_seed, span, times_of(ctx.params()));
  // An epoch too short for its rounds (its length was chosen under other parameters) draws nothing:
  // they come as early as they can, and what has no time left is void.
  chain.rounds.start = drawn.ok() ? *drawn : base::TimeMs(span.begin.value() + span.handover);
  save(ctx.state(), kChain, chain);
}

void open_next(Context& ctx) {
  ChainRecord chain = must_load(ctx.state(), kChain);
  WALD_CHECK(!chain.rounds.open);
  if (!chain.rounds.start || ctx.block().time < *chain.rounds.start) return;
  RoundView view{{ctx.block().chain, chain.clock.epoch, chain.rounds.next},
                 blank_round(ctx),
                 must_load(ctx.state(), kCommittees, chain.clock.epoch),
                 base::narrow<std::uint32_t>(ctx.params().shards)};
  chain.rounds.next = chain.rounds.next.next();
  chain.rounds.start.reset();
  const bool empty = must_load(ctx.state(), kIndexTop).count == 0;
  const std::uint64_t need = proofs::round_need(times_of(ctx.params())) - ctx.params().slack;
  const std::uint64_t now = ctx.block().time.value(), end = chain.clock.end().value();
  const bool late = now > end || end - now < need;
  chain.rounds.open = chain.rounds.frozen = !empty && !late;
  save(ctx.state(), kChain, chain);
  if (empty) return void_round(ctx, std::move(view), spec::VOID_EMPTY_INDEX);
  if (late) return void_round(ctx, std::move(view), spec::VOID_NO_TIME);
  take_snapshot(ctx, view);
}

}  // namespace wald::ledger::rounds
