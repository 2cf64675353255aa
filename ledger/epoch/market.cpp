// SPDX-License-Identifier: Apache-2.0
#include "ledger/epoch/market.h"

#include <algorithm>

namespace wald::ledger::epoch {
namespace {

std::vector<economics::MemberVote> votes_of(const Reader& state, const CommitteeRecord& committee) {
  std::vector<economics::MemberVote> votes;
  for (const CommitteeMember& member : committee.members) {
    const NodeVotes& given = must_load(state, kNodes, member.node).votes;
    votes.push_back({base::narrow<std::uint16_t>(member.shards.size()),
                     given.storage_price.amount().value(), given.write_price.amount().value(),
                     given.capacity});
  }
  return votes;
}

std::vector<economics::Vote> column(const std::vector<economics::MemberVote>& votes,
                                    std::uint64_t economics::MemberVote::*field) {
  std::vector<economics::Vote> out;
  out.reserve(votes.size());
  for (const auto& vote : votes) out.push_back({vote.*field, vote.weight});
  return out;
}

std::uint64_t or_else(const economics::Outcome<std::uint64_t>& target, std::uint64_t standing) {
  return target.ok() ? target.value() : standing;
}

void report_price(Context& ctx, base::Epoch opening, spec::VoteKind kind, const Noted& before,
                  const Noted& after) {
  if (before == after) return;
  spec::StoragePriceChanged event;
  event.set_epoch(opening.value());
  event.set_kind(kind);
  event.set_before(before.amount().value());
  event.set_after(after.amount().value());
  ctx.emit(event);
}

}  // namespace

void turn_params(Overlay& state, base::Epoch opening) {
  for (const ParamRule& rule : param_rules()) {
    const std::string name(rule.name);
    ParamRecord record = must_load(state, kParams, name);
    if (!record.pending || record.pending_epoch > opening) continue;
    record.value = *record.pending;
    record.pending.reset();
    record.pending_epoch = base::Epoch();
    save(state, kParams, record, name);
  }
}

MarketChange revise_market(Overlay& state, base::Epoch opening, const Params& params) {
  const CommitteeRecord committee = must_load(state, kCommittees, opening);
  const auto votes = votes_of(state, committee);
  const auto shards = base::narrow<std::uint16_t>(params.shards);
  MarketChange change;
  change.before = must_load(state, kMarket);
  for_each<RingSlot>(state, kRing, [&](base::ByteView, const RingSlot& slot) {
    change.largest_used = std::max(change.largest_used, slot.used);
    return true;
  });
  const economics::Market old{change.before.storage_price.amount().value(),
                              change.before.write_price.amount().value(), change.before.capacity};
  const economics::Market next = economics::revise(old, votes, shards, !change.before.priced,
                                                   change.largest_used, params.economics);
  using V = economics::MemberVote;
  change.storage_target =
      or_else(economics::price_target(column(votes, &V::storage), shards), old.price);
  change.write_target =
      or_else(economics::price_target(column(votes, &V::write), shards), old.write_price);
  change.capacity_target =
      or_else(economics::capacity_target(column(votes, &V::capacity), shards), old.capacity);
  WALD_CHECK(next.capacity >= change.largest_used);
  change.after.storage_price = Noted(Amount::of(next.price));
  change.after.write_price = Noted(Amount::of(next.write_price));
  change.after.capacity = next.capacity;
  change.after.priced = true;
  save(state, kMarket, change.after);
  return change;
}

void report_market(Context& ctx, base::Epoch opening, const MarketChange& change) {
  spec::EpochParamsFixed fixed;
  fixed.set_epoch(opening.value());
  fixed.set_storage_target(change.storage_target);
  fixed.set_storage_before(change.before.storage_price.amount().value());
  fixed.set_storage_after(change.after.storage_price.amount().value());
  fixed.set_write_target(change.write_target);
  fixed.set_write_before(change.before.write_price.amount().value());
  fixed.set_write_after(change.after.write_price.amount().value());
  fixed.set_capacity_target(change.capacity_target);
  fixed.set_capacity_before(change.before.capacity);
  fixed.set_capacity_after(change.after.capacity);
  ctx.emit(fixed);
  report_price(ctx, opening, spec::VOTE_STORAGE_PRICE, change.before.storage_price,
               change.after.storage_price);
  report_price(ctx, opening, spec::VOTE_WRITE_PRICE, change.before.write_price,
               change.after.write_price);
  if (change.before.capacity == change.after.capacity) return;
  spec::StorageCapacityChanged event;
  event.set_epoch(opening.value());
  event.set_voted(change.capacity_target);
  event.set_before(change.before.capacity);
  event.set_effective(change.after.capacity);
  event.set_used(change.largest_used);
  ctx.emit(event);
}

}  // namespace wald::ledger::epoch
