// SPDX-License-Identifier: Apache-2.0
#include "ledger/ballots.h"
#include "ledger/queries.h"
#include "ledger/state/keys.h"

namespace wald::ledger::queries {
namespace {

void fill_subject(const BallotSubject& subject, spec::Ballot& out) {
  if (subject.kind == BallotKind::kParameter)
    for (const ParamValue& value : subject.values) {
      auto& change = *out.mutable_parameter()->add_values();
      change.set_name(value.name);
      change.set_value(value.value);
    }
  if (subject.accused) out.mutable_slash()->set_node(text_of(*subject.accused));
  if (subject.upgrade) {
    auto& upgrade = *out.mutable_upgrade();
    upgrade.set_version(subject.upgrade->version);
    for (const base::Hash& binary : subject.upgrade->binaries)
      upgrade.add_binaries(text_of(binary));
    upgrade.set_activation(subject.upgrade->activation.value());
    upgrade.set_urgent(subject.upgrade->urgent);
  }
  if (subject.deny_list) {
    auto& list = *out.mutable_deny_list();
    list.set_node(text_of(subject.deny_list->node));
    list.set_root(text_of(subject.deny_list->list.root));
    list.set_size(subject.deny_list->list.size);
    list.set_sequence(subject.deny_list->list.sequence);
  }
  if (!subject.payment) return;
  auto& payment = *out.mutable_treasury();
  payment.set_fund(subject.payment->fund);
  payment.set_payee(text_of(subject.payment->payee));
  payment.set_amount(subject.payment->amount.amount().value());
  if (!subject.payment->terms) return;
  auto& terms = *payment.mutable_vesting();
  terms.set_start(subject.payment->terms->start.value());
  terms.set_cliff(subject.payment->terms->cliff.value());
  terms.set_end(subject.payment->terms->end.value());
  terms.set_steps(subject.payment->terms->steps);
}

// When an epoch begins: past ones are not asked for, coming ones by the timetable.
std::uint64_t begin_of(const EpochClock& clock, std::uint64_t epoch_length, base::Epoch epoch) {
  if (epoch <= clock.epoch) return clock.start.value();
  const std::uint64_t further = epoch.value() - clock.epoch.value() - 1;
  const std::uint64_t next = clock.selected ? clock.next_length : epoch_length;
  return clock.end().value() + further * next;
}

// Least weight that decides: thresholds are 3w >= 2n + 1, of a text n + 1, in millionths.
std::uint64_t needed(const ProposalRecord& record) {
  const std::uint64_t n = record.shards;
  const std::uint64_t thirds = record.subject.kind == BallotKind::kText ? n + 1 : 2 * n + 1;
  return (thirds * economics::kPpm + 2) / 3;
}

void fill_tally(const ProposalRecord& record, spec::Ballot& out) {
  const bool text = record.subject.kind == BallotKind::kText;
  const std::uint64_t have = record.tally.yes + (text ? record.tally.no : 0);
  out.set_weight_for(record.tally.yes);
  out.set_weight_against(record.tally.no);
  out.set_quorum(needed(record));
  out.set_missing(have >= out.quorum() ? 0 : out.quorum() - have);
}

}  // namespace

std::optional<spec::Ballot> ballot(const Reader& state, std::uint32_t number) {
  const auto record = load(state, kProposals, number);
  if (!record) return std::nullopt;
  const BallotText text = must_load(state, kBallotTexts, number);
  const EpochClock clock = must_load(state, kChain).clock;
  spec::Ballot out;
  out.set_id(number);
  out.set_kind(kind_of(*record));
  out.set_state(state_of(*record));
  out.set_account(text_of(record->account));
  out.set_title(text.title);
  out.set_text(text.text);
  out.set_url(text.url);
  out.set_text_hash(text_of(record->text_hash));
  fill_subject(record->subject, out);
  out.mutable_opened()->set_height(record->opened.value());
  out.mutable_opened()->set_epoch(record->epoch.value());
  out.mutable_opened()->set_time(record->opened_at.value());
  out.mutable_deadline()->set_epoch(record->deadline.value());
  const bool over = record->state != BallotState::kOpen;
  out.mutable_deadline()->set_time(
      over             ? record->closed.value()
      : record->closes ? record->closes->value()
                       : begin_of(clock, load_params(state).epoch_length, record->deadline));
  fill_tally(*record, out);
  out.set_deposit(record->deposit.amount().value());
  out.set_closed(record->closed.value());
  out.set_due(record->due.value());
  out.set_expires(record->expires.value());
  if (!over)
    for (spec::BallotMember& member : not_voted(state, number))
      *out.add_not_voted() = std::move(member);
  return out;
}

std::vector<spec::Ballot> ballots(const Reader& state) {
  std::vector<spec::Ballot> out;
  for (std::uint32_t number = load(state, kBallotCount).value_or(BallotCount()).last; number > 0;
       --number)
    out.push_back(ballot(state, number).value());
  return out;
}

std::vector<spec::BallotVote> votes(const Reader& state, std::uint32_t number) {
  std::vector<spec::BallotVote> out;
  for_each<VoteRecord>(
      state, kVotes,
      [&](base::ByteView voter, const VoteRecord& record) {
        spec::BallotVote& vote = out.emplace_back();
        vote.set_node(text_of(record.node));
        if (record.stake) vote.set_stake(base::string_of(voter));
        vote.set_yes(record.yes);
        vote.set_weight(record.weight);
        if (record.reason) vote.set_reason(text_of(*record.reason));
        vote.set_height(record.height.value());
        return true;
      },
      number);
  return out;
}

std::vector<spec::BallotMember> not_voted(const Reader& state, std::uint32_t number) {
  std::vector<spec::BallotMember> out;
  for_each<SnapshotRecord>(
      state, kSnapshots,
      [&](base::ByteView node, const SnapshotRecord& record) {
        if (exists(state, kVotes, number, base::Hash::from(node))) return true;
        spec::BallotMember& member = out.emplace_back();
        member.set_node(base::string_of(node));
        member.set_weight(node_weight(record));
        return true;
      },
      number);
  return out;
}

}  // namespace wald::ledger::queries
