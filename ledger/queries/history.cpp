// SPDX-License-Identifier: Apache-2.0
// What a member earned in an epoch that is closed, and what an account has in all.
#include "codec/base/hash.h"
#include "ledger/queries.h"
#include "ledger/queries/projection.h"
#include "ledger/stakes.h"

namespace wald::ledger::queries {
namespace {

struct Flow {
  std::uint64_t starts = 0;
  std::uint64_t leaves = 0;
  std::uint64_t worth = 0;
};

void add_exit(const economics::Pool& pool, economics::Shares shares, Amount principal, Flow& flow) {
  flow.leaves += principal.value();
  // In a pool whose step failed it may be beyond all money, and nobody is paid (H-8).
  const auto worth = economics::to_frost(shares, economics::running_rate(pool));
  if (worth.ok()) flow.worth += worth->value();
}

}  // namespace

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

std::optional<std::vector<spec::StakeFlow>> flows(const Reader& state, const base::NodeId& node) {
  if (!exists(state, kNodes, node)) return std::nullopt;
  const EpochClock clock = must_load(state, kChain).clock;
  const economics::Pool pool = peek_pool(state, node);
  const economics::NodeView view = node_view(state, node);
  std::map<base::Epoch, Flow> by_epoch;
  for (const auto& [epoch, amount] : pool.pend) by_epoch[epoch].starts += amount.value();
  // What asked to leave before it starts works one epoch, and is worth its principal until then.
  for (const auto& [epoch, amount] : pool.pre) {
    Flow& flow = by_epoch[epoch.next()];
    flow.leaves += amount.value();
    flow.worth += amount.value();
  }
  for (const auto& [epoch, exits] : pool.exits)
    add_exit(pool, exits.shares, exits.principal, by_epoch[epoch]);
  if (pool.bond && pool.bond->leaving)
    add_exit(pool, pool.bond->shares, pool.bond->principal, by_epoch[pool.bond->leaving->exit]);
  std::vector<spec::StakeFlow> out;
  out.reserve(by_epoch.size());
  for (const auto& [epoch, flow] : by_epoch) {
    spec::StakeFlow& row = out.emplace_back();
    row.set_epoch(epoch.value());
    row.set_time(start_of(clock, epoch));
    row.set_starts(flow.starts);
    row.set_leaves(flow.leaves);
    row.set_worth(flow.worth);
    row.set_stake(economics::weight_at(pool, epoch, view).value());
  }
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

std::optional<spec::StoredCertificate> certificate(const Reader& state, const base::ObjectId& id) {
  const auto blob = load(state, kBlobs, id);
  const auto record = load(state, kCertificates, id);
  if (!blob || !record) return std::nullopt;
  spec::StoredCertificate out;
  out.set_blob_id(text_of(blob->blob_id));
  out.set_object(text_of(id));
  out.set_epoch(record->epoch.value());
  base::Bytes bitmap = record->bitmap, signatures = record->signatures;
  if (bitmap.empty()) {  // the signatures of a batch are kept once (L-7)
    const BatchRecord batch = must_load(state, kBatches, base::blake2b(record->message));
    bitmap = batch.bitmap;
    signatures = batch.signatures;
    out.set_batch(base::narrow<std::uint32_t>(batch.entries.size()));
  }
  spec::Certificate& certificate = *out.mutable_certificate();
  certificate.set_message(base::string_of(record->message));
  certificate.set_bitmap(base::string_of(bitmap));
  constexpr std::size_t kSignature = 64;
  for (std::size_t at = 0; at < signatures.size(); at += kSignature)
    certificate.add_signatures(base::string_of(base::ByteView(signatures).subspan(at, kSignature)));
  return out;
}

}  // namespace wald::ledger::queries
