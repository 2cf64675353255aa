// SPDX-License-Identifier: Apache-2.0
// What the votes of members come to: asked of the function that the change of epoch calls, on a
// copy of the state as that change would find it if nobody did anything before (V-2 to V-4).
#include "ledger/epoch/market.h"
#include "ledger/epoch/ballots.h"
#include "ledger/queries.h"
#include "ledger/queries/projection.h"
#include "ledger/tx/node/set_votes.h"

namespace wald::ledger::queries {
namespace {

struct Opening {
  base::Epoch epoch;
  bool chosen = false;        // the committee is; else it is a projection
  CommitteeRecord committee;  // nobody: there is nothing to count
  Params params;              // in force then
};

// A phase's look at an overlay that is thrown away.
BlockFacts facts_of(const Reader& state, const base::ChainId& chain, base::TimeMs time) {
  BlockFacts facts;
  facts.chain = chain;
  facts.height = must_load(state, kChain).height.next();
  facts.time = time;
  facts.params = load_params(state);
  return facts;
}

// The slot that closes goes, parameters that are due come, the committee takes its seats.
std::optional<Opening> open_next(Overlay& state, const base::ChainId& chain) {
  const EpochClock clock = must_load(state, kChain).clock;
  Opening out;
  out.epoch = clock.epoch.next();
  auto known = load(state, kCommittees, out.epoch);
  out.chosen = known.has_value();
  if (known)
    out.committee = *std::move(known);
  else
    out.committee = project(state, chain, load_params(state), out.epoch).choice.committee;
  if (out.committee.members.empty()) return std::nullopt;
  remove(state, kRing, clock.epoch);
  epoch::turn_params(state, out.epoch);
  const BlockFacts facts = facts_of(state, chain, clock.end());
  Context ctx(state, facts, base::AccountId(), base::TxId());
  if (exists(state, kCommittees, clock.epoch))  // without one nothing was ever voted
    epoch::change_parameters(ctx, out.epoch, clock.end());
  save(state, kCommittees, out.committee, out.epoch);
  out.params = load_params(state);
  return out;
}

std::vector<spec::MemberVote> votes_of(const Reader& state, const Opening& opening) {
  std::vector<spec::MemberVote> out;
  out.reserve(opening.committee.members.size());
  const auto n = base::narrow<std::uint16_t>(opening.params.shards);
  for (const CommitteeMember& member : opening.committee.members) {
    const NodeVotes votes = must_load(state, kNodes, member.node).votes;
    const auto weight = base::narrow<std::uint16_t>(member.shards.size());
    spec::MemberVote& row = out.emplace_back();
    row.set_node(text_of(member.node));
    row.set_weight(weight);
    row.set_storage_price(votes.storage_price.amount().value());
    row.set_write_price(votes.write_price.amount().value());
    row.set_capacity(votes.capacity);
    row.set_whole(weight == 0 ? 0 : economics::scaled_capacity(votes.capacity, weight, n));
  }
  return out;
}

using Field = std::uint64_t (spec::MemberVote::*)() const;

std::uint32_t weight_up_to(const std::vector<spec::MemberVote>& votes, Field field,
                           std::uint64_t target) {
  std::uint32_t weight = 0;
  for (const auto& vote : votes)
    if ((vote.*field)() <= target) weight += vote.weight();
  return weight;
}

struct PriceMove {
  Amount before, after;
  std::uint64_t target;
};
void fill_price(const PriceMove& move, const Opening& opening, bool first,
                spec::PriceOutlook& out) {
  const std::uint64_t now = move.before.value();
  const std::uint64_t step = opening.params.economics.price_step;
  out.set_now(now);
  out.set_target(move.target);
  out.set_next(move.after.value());
  if (first) return;
  out.set_low(economics::price_step(now, 0, step));
  out.set_high(economics::price_step(now, UINT64_MAX, step));
  WALD_CHECK(out.low() <= out.next() && out.next() <= out.high());
}

void fill_capacity(const epoch::MarketChange& change, spec::CapacityOutlook& out) {
  const std::uint64_t now = change.before.capacity;
  out.set_now(now);
  out.set_target(change.capacity_target);
  out.set_largest_used(change.largest_used);
  out.set_next(change.after.capacity);
  WALD_CHECK(out.next() >= out.largest_used());
  if (!change.before.priced || now == 0) return;
  out.set_low(economics::capacity_step(now, 0, false, 0));
  out.set_high(economics::capacity_step(now, UINT64_MAX, false, 0));
}

spec::MarketOutlook outlook_of(Overlay& state, const Opening& opening) {
  using V = spec::MemberVote;
  const auto votes = votes_of(state, opening);
  const auto change = epoch::revise_market(state, opening.epoch, opening.params);
  const bool first = !change.before.priced;
  spec::MarketOutlook out;
  fill_price({change.before.storage_price.amount(), change.after.storage_price.amount(),
              change.storage_target},
             opening, first, *out.mutable_storage_price());
  fill_price(
      {change.before.write_price.amount(), change.after.write_price.amount(), change.write_target},
      opening, first, *out.mutable_write_price());
  fill_capacity(change, *out.mutable_capacity());
  out.mutable_storage_price()->set_weight(
      weight_up_to(votes, &V::storage_price, change.storage_target));
  out.mutable_write_price()->set_weight(weight_up_to(votes, &V::write_price, change.write_target));
  std::uint32_t weight = 0;
  for (const auto& vote : votes)
    if (vote.whole() >= change.capacity_target) weight += vote.weight();
  out.mutable_capacity()->set_weight(weight);
  return out;
}

}  // namespace

std::optional<spec::ParameterVotes> parameter_votes(const Reader& state,
                                                    const base::ChainId& chain) {
  Overlay overlay(&state);
  const auto opening = open_next(overlay, chain);
  if (!opening) return std::nullopt;
  spec::ParameterVotes out;
  out.set_epoch(opening->epoch.value());
  out.set_chosen(opening->chosen);
  out.set_shards(base::narrow<std::uint32_t>(opening->params.shards));
  out.set_quorum(quorum_of(opening->params.shards));
  for (spec::MemberVote& vote : votes_of(overlay, *opening)) *out.add_members() = std::move(vote);
  *out.mutable_outlook() = outlook_of(overlay, *opening);
  return out;
}

base::Result<std::optional<spec::VoteEstimate>, Refused> estimate_votes(const Reader& state,
                                                                        const base::ChainId& chain,
                                                                        const base::NodeId& node,
                                                                        const VotesAsked& votes) {
  const auto record = load(state, kNodes, node);
  if (!record) return base::Err{Refused{spec::UNKNOWN_NODE, {}}};
  Overlay after(&state);
  const EpochClock clock = must_load(state, kChain).clock;
  const BlockFacts facts = facts_of(state, chain, clock.start);
  Context ctx(after, facts, record->operator_account, base::TxId());
  tx::SetVotes operation;
  operation.node = node;
  if (votes.storage_price) {
    const auto price = Amount::make(*votes.storage_price);
    if (!price.ok()) return base::Err{Refused{spec::BAD_VOTE, {}}};
    operation.storage_price = price.value();
  }
  if (votes.write_price) {
    const auto price = Amount::make(*votes.write_price);
    if (!price.ok()) return base::Err{Refused{spec::BAD_VOTE, {}}};
    operation.write_price = price.value();
  }
  operation.capacity = votes.capacity;
  const auto voted = operation.apply(ctx);
  if (!voted.ok()) return base::Err{Refused{voted.error().code, voted.error().facts}};

  Overlay before(&state);
  const auto standing = open_next(before, chain);
  const auto changed = open_next(after, chain);
  WALD_CHECK(standing.has_value() == changed.has_value());
  if (!standing) return std::optional<spec::VoteEstimate>();
  spec::VoteEstimate out;
  out.set_node(text_of(node));
  out.set_epoch(standing->epoch.value());
  for (const CommitteeMember& member : standing->committee.members)
    if (member.node == node) out.set_weight(base::narrow<std::uint32_t>(member.shards.size()));
  *out.mutable_before() = outlook_of(before, *standing);
  *out.mutable_after() = outlook_of(after, *changed);
  return std::optional<spec::VoteEstimate>(std::move(out));
}

std::vector<spec::FutureEpoch> storage_future(const Reader& state) {
  const EpochClock clock = must_load(state, kChain).clock;
  const MarketRecord market = must_load(state, kMarket);
  const Params params = load_params(state);
  std::vector<spec::FutureEpoch> out;
  for_each<RingSlot>(state, kRing, [&](base::ByteView key, const RingSlot& slot) {
    const auto epoch = base::Reader(key).be<std::uint32_t>();
    WALD_CHECK(epoch.has_value() && slot.sold.amount() <= slot.money.amount());
    const Room room = room_beside(slot.used, market, params);
    spec::FutureEpoch& row = out.emplace_back();
    row.set_epoch(*epoch);
    row.set_time(start_of(clock, base::Epoch(*epoch)));
    row.set_used(slot.used);
    row.set_room(room.purchases);
    row.set_room_extensions(room.extensions);
    row.set_money(slot.money.amount().value());
    row.set_sold(slot.sold.amount().value());
    row.set_given(row.money() - row.sold());
    return true;
  });
  return out;
}

}  // namespace wald::ledger::queries
