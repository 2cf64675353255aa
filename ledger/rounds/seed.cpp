// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/index.h"
#include "ledger/rounds/steps.h"

namespace wald::ledger::rounds {
namespace {

std::vector<proofs::NodeOutput> reveals_of(const Reader& state, const RoundView& view) {
  std::vector<proofs::NodeOutput> out;
  for (const CommitteeMember& member : view.committee.members) {
    const TallyRecord tally = tally_of(state, view, member.node);
    if (!tally.revealed) continue;
    proofs::NodeOutput& one = out.emplace_back();
    one.node = member.node;
    WALD_CHECK(tally.beta.size() == one.output.size());
    std::copy(tally.beta.begin(), tally.beta.end(), one.output.begin());
  }
  return out;
}

// O-12, from the index of the snapshot: it stood still since hS.
DrawRecord draw(const Reader& state, const RoundView& view) {
  const IndexTop top = must_load(state, kIndexTop);
  WALD_CHECK(top.root == view.record.index_root);
  const StoredIndex index(state);
  DrawRecord out;
  for (const std::uint64_t leaf :
       proofs::common_blobs(view.id, view.record.seed, index, view.record.blobs)) {
    const IndexNode node = must_load(state, kIndex, std::uint8_t{0}, leaf);
    out.blobs.push_back({leaf, node.blob_id, node.length});
  }
  return out;
}

}  // namespace

void end_freeze(Context& ctx, RoundView view) {
  const Params& params = ctx.params();
  RoundRecord& record = view.record;
  if (!record.reveals_met) {
    if (is_due(ctx, record.opened, params.void_max, params.void_blocks))
      void_round(ctx, std::move(view), spec::VOID_FEW_REVEALS);
    return;
  }
  if (!is_due(ctx, record.reveals_met, params.beacon_grace, params.beacon_blocks)) return;
  record.seed = proofs::round_seed(record.prev, view.id, reveals_of(ctx.state(), view));
  record.commit = mark_of(ctx);
  record.phase = RoundPhase::kCommit;
  save(ctx.state(), kDraws, draw(ctx.state(), view), view.id.epoch, view.id.round);
  save_round(ctx, view);
  ChainRecord chain = must_load(ctx.state(), kChain);
  chain.prev_seed = record.seed;
  chain.rounds.frozen = false;
  save(ctx.state(), kChain, chain);
}

}  // namespace wald::ledger::rounds
