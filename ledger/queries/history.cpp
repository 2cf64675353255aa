// SPDX-License-Identifier: Apache-2.0
// What a member earned in an epoch that is closed, and what an account has in all.
#include "ledger/queries.h"
#include "ledger/state/keys.h"

namespace wald::ledger::queries {

std::optional<spec::NodeEpoch> node_epoch(const Reader& state, const base::NodeId& node,
                                          base::Epoch epoch) {
  const auto score = load(state, kScores, epoch, node);
  if (!score) return std::nullopt;
  const std::uint64_t reward = score->reward.amount().value();
  const std::uint64_t commission = score->commission.amount().value();
  WALD_CHECK(commission <= reward && score->reward.amount() <= score->full.amount());
  WALD_CHECK(score->unavailable <= score->due);
  spec::NodeEpoch out;
  out.set_epoch(epoch.value());
  out.set_shards(score->weight);
  out.set_store_ppm(score->store.value());
  out.set_duty_ppm(score->duty.value());
  out.set_score_ppm(score->s.value());
  out.set_bad_ppm(score->q.value());
  out.set_due(score->due);
  out.set_unavailable(score->unavailable);
  out.set_full(score->full.amount().value());
  out.set_reward(reward);
  out.set_commission(commission);
  out.set_delegators(reward - commission);
  out.set_fine(score->fine.amount().value());
  return out;
}

std::optional<spec::Balances> balances(const Reader& state, const base::AccountId& account) {
  const auto record = load(state, kAccounts, account);
  if (!record) return std::nullopt;
  std::uint64_t staked = 0, pending = 0, leaving = 0, locked = 0;
  for (const spec::Stake& stake : stakes_of(state, account)) {
    if (stake.has_exit())
      leaving += stake.exit().claim();
    else if (stake.state() == "active")
      staked += stake.value_now();
    else
      pending += stake.value_now();
  }
  for (const spec::Vesting& vesting : vestings_of(state, account)) locked += vesting.locked();
  spec::Balances out;
  out.set_account(text_of(account));
  out.set_free(record->balance.amount().value());
  out.set_staked(staked);
  out.set_pending(pending);
  out.set_leaving(leaving);
  out.set_locked(locked);
  out.set_total(out.free() + staked + pending + leaving + locked);
  WALD_CHECK(out.total() <= economics::kGenesisSupply.value());  // parts of the supply
  return out;
}

}  // namespace wald::ledger::queries
