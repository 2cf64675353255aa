// SPDX-License-Identifier: Apache-2.0
// Answers taken apart: a price to come, commission, a fee, a slash. Each figure is that of
// the function which moves the money; parts that do not add up are a bug of ours.
#include <algorithm>

#include "economics/penalties.h"
#include "ledger/queries.h"
#include "ledger/queries/projection.h"
#include "ledger/state_machine.h"

namespace wald::ledger::queries {
namespace {

constexpr std::uint32_t kLockedEpochs = 3;

template <class Message>
void add_rules(Message& out, std::initializer_list<const char*> rules) {
  for (const char* rule : rules) out.add_rules(rule);
}

std::uint64_t counted(const spec::MemberVote& vote, PriceKind kind) {
  switch (kind) {
    case PriceKind::kStorage:
      return vote.storage_price();
    case PriceKind::kWrite:
      return vote.write_price();
    case PriceKind::kCapacity:
      return vote.whole();
  }
  WALD_CHECK(false);
  return 0;
}

// V-2 counts prices from below, V-4 capacities from above.
void count_votes(const spec::ParameterVotes& votes, PriceKind kind, spec::ExplainPrice& out) {
  for (const spec::MemberVote& vote : votes.members()) {
    spec::CountedVote& row = *out.add_votes();
    row.set_node(vote.node());
    row.set_value(counted(vote, kind));
    row.set_weight(vote.weight());
  }
  const bool down = kind == PriceKind::kCapacity;
  std::stable_sort(out.mutable_votes()->begin(), out.mutable_votes()->end(),
                   [&](const spec::CountedVote& a, const spec::CountedVote& b) {
                     return down ? a.value() > b.value() : a.value() < b.value();
                   });
  std::uint32_t sum = 0;
  bool decided = false;
  for (spec::CountedVote& row : *out.mutable_votes()) {
    sum += row.weight();
    row.set_sum(sum);
    if (decided || sum < out.quorum()) continue;
    decided = true;
    row.set_decides(true);
    WALD_CHECK(row.value() == out.target());
  }
}

void fill_price(const spec::PriceOutlook& seen, spec::ExplainPrice& out) {
  out.set_now(seen.now());
  out.set_target(seen.target());
  out.set_next(seen.next());
  if (!seen.has_low()) return;
  out.set_low(seen.low());
  out.set_high(seen.high());
}

void fill_capacity(const spec::CapacityOutlook& seen, spec::ExplainPrice& out) {
  out.set_now(seen.now());
  out.set_target(seen.target());
  out.set_next(seen.next());
  out.set_largest_used(seen.largest_used());
  if (!seen.has_low()) return;
  out.set_low(seen.low());
  out.set_high(seen.high());
}

// Escrow by epoch. A node that left is paid for all of it when its evidence window ends (N-6).
template <class Message>
std::uint64_t add_locked(const Reader& state, const base::NodeId& id, const economics::Pool& pool,
                         Message& out) {
  const NodeRecord node = must_load(state, kNodes, id);
  std::uint64_t sum = 0;
  for (const auto& [epoch, amount] : pool.escrow) {
    const base::Epoch last = node.left && node.last_seat ? *node.last_seat : epoch;
    spec::LockedCommission& row = *out.add_locked();
    row.set_epoch(epoch.value());
    row.set_amount(amount.value());
    row.set_free_from(last.value() + kLockedEpochs);
    sum += amount.value();
  }
  return sum;
}

}  // namespace

std::optional<spec::ExplainPrice> explain_price(const Reader& state, const base::ChainId& chain,
                                                PriceKind kind) {
  const auto votes = parameter_votes(state, chain);
  if (!votes) return std::nullopt;
  spec::ExplainPrice out;
  out.set_epoch(votes->epoch());
  out.set_chosen(votes->chosen());
  out.set_shards(votes->shards());
  out.set_quorum(votes->quorum());
  const spec::MarketOutlook& seen = votes->outlook();
  switch (kind) {
    case PriceKind::kStorage:
      out.set_what("storage");
      fill_price(seen.storage_price(), out);
      add_rules(out, {"N-5", "V-1", "V-2", "V-3"});
      break;
    case PriceKind::kWrite:
      out.set_what("write");
      fill_price(seen.write_price(), out);
      add_rules(out, {"N-5", "V-1", "V-2", "V-3"});
      break;
    case PriceKind::kCapacity:
      out.set_what("capacity");
      fill_capacity(seen.capacity(), out);
      add_rules(out, {"N-5", "V-1", "V-4"});
      break;
  }
  count_votes(*votes, kind, out);
  return out;
}

std::optional<spec::ExplainCommission> explain_commission(const Reader& state,
                                                          const base::NodeId& node) {
  if (!exists(state, kNodes, node)) return std::nullopt;
  const economics::Pool pool = peek_pool(state, node);
  spec::ExplainCommission out;
  out.set_node(text_of(node));
  out.set_bps(pool.rate.value());
  out.set_collectable(pool.free.value());
  out.set_escrowed(economics::escrow_total(pool).value());
  const std::uint64_t locked = add_locked(state, node, pool, out);
  WALD_CHECK(locked == out.escrowed());
  add_rules(out, {"P-11", "X-3", "X-4"});
  return out;
}

std::optional<spec::EarnedCommission> earned_commission(const Reader& state,
                                                        const base::NodeId& node, base::Epoch epoch,
                                                        economics::Bps rate) {
  const auto score = load(state, kScores, epoch, node);
  if (!score) return std::nullopt;
  const Amount full = score->full.amount();
  const Amount reward = score->reward.amount();
  const Amount commission = score->commission.amount();
  const Amount part = economics::commission(full, full, rate);  // nothing lost
  if (economics::commission(full, reward, rate) != commission) return std::nullopt;
  WALD_CHECK(commission <= part && commission <= reward && reward <= full);
  spec::EarnedCommission out;
  out.set_epoch(epoch.value());
  out.set_full(full.value());
  out.set_reward(reward.value());
  out.set_loss(full.value() - reward.value());
  out.set_bps(rate.value());
  out.set_part(part.value());
  out.set_borne(part.value() - commission.value());
  out.set_commission(commission.value());
  out.set_delegators(reward.value() - commission.value());
  return out;
}

base::Result<spec::ExplainFee, Refused> explain_fee(const Reader& state, const CheckedTx& given) {
  CheckedTx tx = given;
  tx.max_fee = Amount::of(economics::kMaxAmount);
  const Params params = load_params(state);
  Params none = params;
  none.fee_base = none.fee_per_byte = none.fee_per_signature = 0;
  // The fee is a sum of products with one parameter each: what it is with one of them alone.
  const auto with = [&](std::uint64_t Params::*field) -> base::Result<std::uint64_t, Refused> {
    Params one = none;
    if (field != nullptr) one.*field = params.*field;
    TRY_ASSIGN(const Amount fee, fee_of(tx, one));
    return fee.value();
  };
  TRY_ASSIGN(const std::uint64_t surcharge, with(nullptr));
  TRY_ASSIGN(const std::uint64_t base, with(&Params::fee_base));
  TRY_ASSIGN(const std::uint64_t bytes, with(&Params::fee_per_byte));
  TRY_ASSIGN(const std::uint64_t signatures, with(&Params::fee_per_signature));
  TRY_ASSIGN(const Amount fee, fee_of(tx, params));
  WALD_CHECK(base + bytes + signatures - 2 * surcharge == fee.value());
  const economics::Halves parts = economics::halves(fee);
  spec::ExplainFee out;
  out.set_digest(text_of(tx.id));
  out.set_size(tx.bytes);
  out.set_base(base - surcharge);
  out.set_bytes(bytes - surcharge);
  out.set_signatures(signatures - surcharge);
  out.set_surcharge(surcharge);
  out.set_fee(fee.value());
  out.set_burned(parts.burn.value());
  out.set_members(parts.rest.value());
  add_rules(out, {"U-5", "M-7"});
  return out;
}

std::optional<spec::ExplainSlash> explain_slash(const Reader& state, std::uint32_t number) {
  const auto record = load(state, kProposals, number);
  if (!record || !record->subject.accused) return std::nullopt;
  const base::NodeId node = *record->subject.accused;
  const spec::Ballot shown = ballot(state, number).value();
  economics::Pool pool = peek_pool(state, node);
  spec::ExplainSlash out;
  out.set_proposal(number);
  out.set_node(text_of(node));
  out.set_state(shown.state());
  out.set_weight_for(shown.weight_for());
  out.set_quorum(shown.quorum());
  out.set_due(shown.due());
  out.set_free(pool.free.value());
  const std::uint64_t locked = add_locked(state, node, pool, out);
  const auto taken = economics::burn_commission(pool);
  WALD_CHECK(taken.ok() && taken->value() == out.free() + locked);
  out.set_total(taken->value());
  add_rules(out, {"G-2", "X-4", "X-7"});
  return out;
}

}  // namespace wald::ledger::queries
