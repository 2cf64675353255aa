// SPDX-License-Identifier: Apache-2.0
#include "ledger/ballots.h"

#include "economics/wide.h"
#include "ledger/stakes.h"
#include "ledger/state/keys.h"

namespace wald::ledger {
namespace {

constexpr std::uint64_t kShard = economics::kPpm;  // weight of a whole shard

// How many ballots of this account are not counted: one as the governance account of a member, one
// as the foundation.
std::size_t uncounted(Context& ctx) {
  std::size_t out = 0;
  const auto committee = load(ctx.state(), kCommittees, ctx.epoch());
  if (committee)
    for (const CommitteeMember& member : committee->members)
      if (must_load(ctx.state(), kNodes, member.node).governance_account == ctx.sender()) {
        ++out;
        break;
      }
  const auto foundation = load(ctx.state(), kFoundation);
  if (foundation && foundation->account == ctx.sender() && !foundation->renounced &&
      ctx.epoch() < foundation->sunset)
    ++out;
  WALD_CHECK(out <= 2);
  return out;
}

SnapshotRecord shown_of(const Reader& state, const CommitteeMember& member) {
  const economics::Pool pool = peek_pool(state, member.node);
  SnapshotRecord out;
  out.shards = base::narrow<std::uint16_t>(member.shards.size());
  out.total = pool.shares;
  out.scale = pool.scale;
  out.active = Noted(pool.active);
  if (pool.bond) {
    out.bond = pool.bond->stake;
    out.bond_shares = pool.bond->shares;
    WALD_CHECK(out.bond_shares <= out.total);
  }
  return out;
}

}  // namespace

spec::BallotKind kind_of(const ProposalRecord& record) {
  return static_cast<spec::BallotKind>(record.subject.kind);
}

spec::BallotState state_of(const ProposalRecord& record) {
  return static_cast<spec::BallotState>(record.state);
}

bool is_open(const ProposalRecord& record, base::Epoch running, base::TimeMs now) {
  if (record.state != BallotState::kOpen) return false;
  return record.closes ? now < *record.closes : running < record.deadline;
}

std::vector<Waiting> come(const Reader& state, BallotStage stage, std::uint64_t now,
                          std::size_t limit) {
  std::vector<Waiting> out;
  if (limit == 0) return out;
  for_each<QueuedBallot>(
      state, kBallotQueue,
      [&](base::ByteView key, const QueuedBallot&) {
        base::Reader in(key);
        const auto when = in.be<std::uint64_t>();
        const auto number = in.be<std::uint32_t>();
        WALD_CHECK(when && number && in.done());
        if (*when > now) return false;
        out.push_back({*when, *number});
        return out.size() < limit;
      },
      static_cast<std::uint8_t>(stage));
  return out;
}

base::Result<ProposalRecord, Rejected> require_proposal(Context& ctx, std::uint32_t number) {
  auto record = load(ctx.state(), kProposals, number);
  if (!record) return ctx.reject(spec::NO_PROPOSAL, {{"proposal", std::to_string(number)}});
  return *std::move(record);
}

base::Result<QueuedBallot, Rejected> require_room(Context& ctx) {
  std::size_t own = 0, own_extra = 0, all = 0;
  const auto tally = [&](BallotStage stage, std::uint64_t now) {
    for_each<QueuedBallot>(
        ctx.state(), kBallotQueue,
        [&](base::ByteView key, const QueuedBallot& entry) {
          // Those whose deadline has passed wait for the sweep only.
          if (base::Reader(key).be<std::uint64_t>().value() <= now) return true;
          const bool mine = entry.account == ctx.sender();
          if (entry.extra)
            own_extra += mine ? 1 : 0;
          else
            own += mine ? 1 : 0;
          all += entry.extra ? 0 : 1;
          return true;
        },
        static_cast<std::uint8_t>(stage));
  };
  tally(BallotStage::kOpen, ctx.epoch().value());
  tally(BallotStage::kUrgent, ctx.block().time.value());
  WALD_CHECK(own <= all && own <= kOpenEach && all <= kOpenAll);
  QueuedBallot entry;
  entry.account = ctx.sender();
  entry.extra = own_extra < uncounted(ctx);
  if (!entry.extra && (own == kOpenEach || all == kOpenAll))
    return ctx.reject(spec::TOO_MANY_OPEN,
                      {{"own", std::to_string(own)}, {"all", std::to_string(all)}});
  return entry;
}

std::uint32_t take_snapshot(Context& ctx, std::uint32_t number, base::Epoch shown,
                            const std::optional<base::NodeId>& accused) {
  std::uint32_t shards = 0;
  for (const CommitteeMember& member : must_load(ctx.prior(), kCommittees, shown).members) {
    if (member.node == accused) continue;
    const SnapshotRecord record = shown_of(ctx.prior(), member);
    shards += record.shards;
    save(ctx.state(), kSnapshots, record, number, member.node);
  }
  WALD_CHECK(shards <= ctx.params().shards);
  return shards;
}

std::uint64_t node_weight(const SnapshotRecord& snapshot) {
  WALD_CHECK(snapshot.parts <= kShard * snapshot.shards);
  return kShard * snapshot.shards - snapshot.parts;
}

std::uint64_t part_weight(const SnapshotRecord& snapshot, economics::Shares own) {
  WALD_CHECK(own <= snapshot.total);
  if (own.is_zero()) return 0;
  return economics::narrow64(economics::product(kShard * snapshot.shards, own.value()) /
                             snapshot.total.value());
}

std::optional<economics::Shares> shares_then(const Reader& state, const ProposalRecord& record,
                                             const SnapshotRecord& snapshot,
                                             const economics::Stake& stake) {
  if (stake.changed >= record.opened) return std::nullopt;
  if (snapshot.bond == stake.id) return snapshot.bond_shares;
  const bool gone = stake.leaving && stake.leaving->exit <= record.shown;
  if (stake.bond || gone || stake.activation > record.shown) return std::nullopt;
  economics::Minted own;
  if (stake.minted) {
    own = *stake.minted;
  } else {
    const auto mint = mint_of(state, stake.node, stake.activation);
    if (!mint || !mint->rate) return std::nullopt;
    const auto shares = economics::to_shares(stake.principal, *mint->rate);
    WALD_CHECK(shares.ok());  // it is what the pool minted for it (P-2)
    own = {shares.value(), mint->rate->scale};
  }
  // Shares of a pool that fell empty and began anew are no shares of this one.
  if (own.scale > snapshot.scale) return std::nullopt;
  const auto lifted = economics::lift(own.own, own.scale, snapshot.scale);
  if (!lifted.ok() || lifted.value() > snapshot.total) return std::nullopt;
  return lifted.value();
}

BallotState count(const ProposalRecord& record) {
  const BallotTally& tally = record.tally;
  const std::uint64_t voted = tally.yes + tally.no;
  WALD_CHECK(voted <= kShard * record.shards);
  // Thresholds of V-1 times PPM: a part of a shard counts as such.
  const std::uint64_t quorum = kShard * (2 * std::uint64_t{record.shards} + 1);
  const std::uint64_t honest = kShard * (std::uint64_t{record.shards} + 1);
  if (record.subject.kind == BallotKind::kText) {
    if (3 * voted < honest) return BallotState::kNoQuorum;
    return tally.yes > tally.no ? BallotState::kPassed : BallotState::kFailed;
  }
  if (3 * tally.yes >= quorum) return BallotState::kPassed;
  return 3 * voted >= quorum ? BallotState::kFailed : BallotState::kNoQuorum;
}

bool is_backed(const BallotTally& tally, std::uint64_t shards) {
  return 10 * tally.yes >= kShard * shards;
}

std::string wrong_values(const Params& params, const std::vector<ParamValue>& values) {
  for (const ParamValue& value : values) {
    const ParamRule* rule = find_param(value.name);
    WALD_CHECK(rule != nullptr && !rule->genesis_only);
    if (value.value < rule->low || value.value > rule->high)
      return value.name + " must lie between " + std::to_string(rule->low) + " and " +
             std::to_string(rule->high);
    if (value.name == "horizon" && value.value < params.economics.horizon)
      return "horizon is never lowered";
  }
  return {};
}

Params with_values(Params params, const std::vector<ParamValue>& values) {
  for (const ParamValue& value : values) {
    const ParamRule* rule = find_param(value.name);
    WALD_CHECK(rule != nullptr);
    rule->at(params) = value.value;
  }
  return params;
}

void report_end(Context& ctx, std::uint32_t number, const ProposalRecord& record,
                const std::string& reason) {
  spec::GovExecuted event;
  event.set_proposal(number);
  event.set_kind(kind_of(record));
  event.set_state(state_of(record));
  event.set_reason(reason);
  if (const auto& payment = record.subject.payment) {
    event.set_payee(text_of(payment->payee));
    if (record.state == BallotState::kExecuted) event.set_amount(payment->amount.amount().value());
    event.set_fund(payment->fund);
  }
  ctx.emit(event);
}

}  // namespace wald::ledger
