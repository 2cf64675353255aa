// SPDX-License-Identifier: Apache-2.0
#include "ledger/tx/gov/vote.h"

#include "codec/base/text.h"
#include "ledger/ballots.h"
#include "ledger/laws/mutant.h"
#include "ledger/state/keys.h"
#include "ledger/tx/parse.h"

namespace wald::ledger::tx {
namespace {

std::uint64_t& side(BallotTally& tally, bool yes) { return yes ? tally.yes : tally.no; }

// Writes the record, adds it to the tally and tells of it.
void enter(Context& ctx, std::uint32_t number, const VoteRecord& vote, const base::Hash& voter,
           const std::optional<base::ObjectId>& stake) {
  ProposalRecord record = must_load(ctx.state(), kProposals, number);
  side(record.tally, vote.yes) += vote.weight;
  save(ctx.state(), kVotes, vote, number, voter);
  save(ctx.state(), kProposals, record, number);
  spec::GovVoted event;
  event.set_proposal(number);
  event.set_account(text_of(ctx.sender()));
  event.set_node(text_of(vote.node));
  if (stake) event.set_stake(text_of(*stake));
  event.set_yes(vote.yes);
  event.set_weight(vote.weight);
  if (vote.reason) event.set_reason(text_of(*vote.reason));
  event.set_weight_for(record.tally.yes);
  event.set_weight_against(record.tally.no);
  ctx.emit(event);
}

// The part that votes itself leaves what the node has said.
void leave_node(Context& ctx, std::uint32_t number, const base::NodeId& node, std::uint64_t part) {
  const base::Hash key = voter_key(node);
  auto vote = load(ctx.state(), kVotes, number, key);
  if (!vote) return;
  ProposalRecord record = must_load(ctx.state(), kProposals, number);
  std::uint64_t& tally = side(record.tally, vote->yes);
  WALD_CHECK(!vote->stake && part <= vote->weight && vote->weight <= tally);
  tally -= part;
  vote->weight -= part;
  save(ctx.state(), kVotes, *vote, number, key);
  save(ctx.state(), kProposals, record, number);
}

base::Result<economics::Stake, Rejected> owned_stake(Context& ctx, const base::ObjectId& named) {
  const base::ObjectId id = ctx.resolve(named);
  const auto stake = load(ctx.state(), kStakes, id);
  const std::string shown = base::shown_hex(id.view());
  if (!stake) return ctx.reject(spec::UNKNOWN_OBJECT, {{"stake", shown}});
  if (stake->owner != ctx.sender()) return ctx.reject(spec::NOT_OWNER, {{"stake", shown}});
  return *stake;
}

base::Result<void, Rejected> vote_node(Context& ctx, const Vote& tx) {
  const base::Hash voter = voter_key(*tx.node);
  if (exists(ctx.state(), kVotes, tx.proposal, voter) && !mutate("I28"))
    return ctx.reject(spec::ALREADY_VOTED);
  const auto snapshot = load(ctx.state(), kSnapshots, tx.proposal, *tx.node);
  if (!snapshot) return ctx.reject(spec::NO_WEIGHT);
  VoteRecord vote;
  vote.node = *tx.node;
  vote.yes = tx.yes;
  vote.weight = node_weight(*snapshot);
  vote.reason = tx.reason;
  vote.height = ctx.block().height;
  enter(ctx, tx.proposal, vote, voter, std::nullopt);
  return {};
}

base::Result<void, Rejected> vote_stake(Context& ctx, const Vote& tx, const ProposalRecord& record,
                                        const economics::Stake& stake) {
  const base::Hash voter = voter_key(stake.id);
  if (exists(ctx.state(), kVotes, tx.proposal, voter)) return ctx.reject(spec::ALREADY_VOTED);
  auto snapshot = load(ctx.state(), kSnapshots, tx.proposal, stake.node);
  if (!snapshot) return ctx.reject(spec::NO_WEIGHT);
  const auto own = shares_then(ctx.state(), record, *snapshot, stake);
  if (!own) return ctx.reject(spec::NO_WEIGHT);
  VoteRecord vote;
  vote.stake = true;
  vote.node = stake.node;
  vote.yes = tx.yes;
  vote.weight = part_weight(*snapshot, *own);
  vote.shares = *own;
  vote.reason = tx.reason;
  vote.height = ctx.block().height;
  if (vote.weight == 0) return ctx.reject(spec::NO_WEIGHT);
  WALD_CHECK(vote.weight <= node_weight(*snapshot));
  snapshot->parts += vote.weight;
  save(ctx.state(), kSnapshots, *snapshot, tx.proposal, stake.node);
  leave_node(ctx, tx.proposal, stake.node, vote.weight);
  enter(ctx, tx.proposal, vote, voter, stake.id);
  return {};
}

}  // namespace

Parsed<Vote> Vote::parse(const Message& message) {
  Vote tx;
  tx.proposal = message.proposal();
  tx.yes = message.yes();
  if (message.node().empty() == message.stakes().empty()) return malformed("stakes");
  if (!message.node().empty()) {
    TRY_ASSIGN(tx.node, id_field<base::NodeId>(message.node(), "node"));
  }
  for (const auto& stake : message.stakes()) {
    TRY_ASSIGN(const auto id, id_field<base::ObjectId>(stake, "stakes"));
    tx.stakes.push_back(id);
  }
  if (!message.reason().empty()) {
    TRY_ASSIGN(tx.reason, id_field<base::Hash>(message.reason(), "reason"));
  }
  return tx;
}

base::Result<void, Rejected> Vote::apply(Context& ctx) const {
  std::vector<economics::Stake> voters;
  if (node) {
    const auto member = load(ctx.state(), kNodes, *node);
    if (!member) return ctx.reject(spec::UNKNOWN_NODE);
    if (member->governance_account != ctx.sender()) return ctx.reject(spec::NOT_AUTHORITY);
  }
  voters.reserve(stakes.size());
  for (const base::ObjectId& named : stakes) {
    TRY_ASSIGN(const economics::Stake stake, owned_stake(ctx, named));
    voters.push_back(stake);
  }
  TRY_ASSIGN(const ProposalRecord record, require_proposal(ctx, proposal));
  if (!is_open(record, ctx.epoch(), ctx.block().time)) return ctx.reject(spec::BALLOT_CLOSED);
  if (node) return vote_node(ctx, *this);
  for (const economics::Stake& stake : voters) TRY(vote_stake(ctx, *this, record, stake));
  return {};
}

}  // namespace wald::ledger::tx
