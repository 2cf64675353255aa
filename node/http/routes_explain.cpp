// SPDX-License-Identifier: Apache-2.0
// Answers taken apart: what a node earned in an epoch, and why not more (O-33).
#include "ledger/challenges.h"

#include "node/http/shared.h"
#include "node/reflect/schema.h"
#include "node/reflect/value.h"
#include "specs/proto/event.pb.h"
#include "specs/proto/query.pb.h"

namespace wald::http {
namespace {

namespace rounds = ledger::rounds;
using base::Err;

std::string word_of(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? std::to_string(number) : reflect::enum_word(*value);
}

// A settled round by its outcome, a void one by its cause, else the word `open`.
std::string outcome_of(const rounds::ExplainedRound& round) {
  if (round.record.phase == ledger::RoundPhase::kSettled)
    return word_of(*spec::Outcome_descriptor(), round.tally.outcome);
  if (round.record.voided)
    return "void: " + word_of(*spec::VoidCause_descriptor(), round.record.void_cause);
  return "open";
}

spec::RoundScore round_score(const rounds::ExplainedRound& round, bool closed) {
  const ledger::TallyRecord& tally = round.tally;
  spec::RoundScore out;
  out.set_round(round.round.value());
  out.set_outcome(outcome_of(round));
  out.set_due(tally.due);
  out.set_ok(tally.ok);
  out.set_credits(round.credits);
  out.set_unavailable(tally.unavailable.size());
  out.set_denied(tally.denied.size());
  out.set_excused(tally.excused);
  out.set_lost(tally.lost);
  out.set_revealed(tally.revealed);
  out.set_row(tally.row_in_time);
  out.set_provisional(!closed && tally.late);
  return out;
}

void add_money(spec::ExplainReward& out, const rounds::Explanation& found) {
  const ledger::ScoreRecord& score = *found.score;
  out.set_pot(found.close.pot.amount().value());
  out.set_held(found.close.held.amount().value());
  out.set_void_rounds(found.close.void_rounds);
  out.set_used(found.close.used);
  out.set_denied(score.denied);
  out.set_full(score.full.amount().value());
  out.set_reward(score.reward.amount().value());
  out.set_fine(score.fine.amount().value());
  out.set_commission(score.commission.amount().value());
  const auto rest = score.reward.amount().minus(score.commission.amount());
  if (rest.ok()) out.set_delegators(rest->value());
  for (const rounds::ExplainedLoss& loss : found.losses) {
    auto& row = *out.add_losses();
    row.set_cause(std::string(rounds::loss_cause_name(loss.cause)));
    row.set_amount(loss.amount.value());
    row.set_points(loss.points);
  }
}

spec::ExplainReward explained(const rounds::Explanation& found) {
  spec::ExplainReward out;
  out.set_node(std::string(base::as_text(found.node.view())));
  out.set_epoch(found.epoch.value());
  out.set_shards(found.weight);
  out.set_store_ppm(found.store.value());
  out.set_duty_ppm(found.duty.value());
  out.set_score_ppm(found.s.value());
  out.set_bad_ppm(found.q.value());
  std::uint32_t voids = 0;
  for (const rounds::ExplainedRound& round : found.rounds) {
    if (round.record.voided) ++voids;
    *out.add_by_round() = round_score(round, found.closed);
  }
  out.set_void_rounds(voids);
  out.set_rounds(found.closed ? found.close.rounds
                              : static_cast<std::uint32_t>(found.rounds.size()));
  out.set_closed(found.closed);
  if (found.closed) add_money(out, found);
  for (const char* rule : {"O-29", "O-30", "R-2", "R-3", "X-3"}) out.add_rules(rule);
  return out;
}

Reply explain_reward(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"node", "epoch"}));
  TRY_ASSIGN(const auto node, query_id<base::NodeId>(request, "node", spec::KIND_NODE));
  if (!node) return Err{bad_argument("MISSING_PARAMETER", "node is missing")};
  const auto view = shared.api.core.view();
  const At at = at_of(*view);
  TRY_ASSIGN(const auto given, query_number(request, "epoch", 0, UINT32_MAX));
  const base::Epoch epoch = given ? base::Epoch(static_cast<std::uint32_t>(*given)) : at.epoch;
  const auto found = rounds::explain(*view, shared.api.core.chain(), *node, epoch);
  const std::string text = reflect::bytes_text(spec::KIND_NODE, node->view());
  if (!found)
    return Err{not_found(
        "NO_SEAT",
        "node " + text + " sits in no known committee of epoch " + std::to_string(epoch.value()),
        {{"node", text}, {"epoch", std::to_string(epoch.value())}})};
  return data_reply(at, reflect::to_json(explained(*found)));
}

}  // namespace

void add_explain_rows(net::Router& router, const SharedPtr& shared) {
  router.add(read_row(net::Method::kGet, "/v1/explain/reward", net::LimitClass::kPoint,
                      [shared](const net::Request& r) { return explain_reward(*shared, r); }));
}

}  // namespace wald::http
