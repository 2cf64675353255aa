// SPDX-License-Identifier: Apache-2.0
#include "ledger/rounds/steps.h"

namespace wald::ledger::rounds {
namespace {

std::vector<proofs::NodeOutput> rows_of(const Reader& state, const RoundView& view) {
  std::vector<proofs::NodeOutput> out;
  for (const CommitteeMember& member : view.committee.members) {
    const TallyRecord tally = tally_of(state, view, member.node);
    if (!tally.row_in_time) continue;
    proofs::NodeOutput& one = out.emplace_back();
    one.node = member.node;
    WALD_CHECK(tally.beta2.size() == one.output.size());
    std::copy(tally.beta2.begin(), tally.beta2.end(), one.output.begin());
  }
  return out;
}

}  // namespace

void end_commit(Context& ctx, RoundView view) {
  const Params& params = ctx.params();
  RoundRecord& record = view.record;
  const bool met = record.commits_met.has_value();
  const bool over = is_due(ctx, record.commit, params.commit_max, params.commit_blocks);
  const bool calm = met && is_due(ctx, record.commit, params.commit_min, params.commit_blocks) &&
                    is_due(ctx, record.commits_met, params.grace, 1);
  if (!over && !calm) return;
  if (!met) return void_round(ctx, std::move(view), spec::VOID_FEW_COMMITS);
  record.assign_key = proofs::assignment_key(record.seed, ctx.block().prior_root);
  record.verify = mark_of(ctx);
  record.phase = RoundPhase::kVerify;
  save_round(ctx, view);
}

void end_verify(Context& ctx, RoundView view) {
  RoundRecord& record = view.record;
  if (!is_due(ctx, record.verify, ctx.params().verify, ctx.params().verify_blocks)) return;
  record.seed2 = proofs::second_seed(record.seed, view.id, rows_of(ctx.state(), view));
  record.inspect = mark_of(ctx);
  record.phase = RoundPhase::kInspect;
  save_round(ctx, view);
}

}  // namespace wald::ledger::rounds
