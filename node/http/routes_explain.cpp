// SPDX-License-Identifier: Apache-2.0
// Answers taken apart: what a node earned in an epoch, and why not more (O-33); a price, the
// shards, commission, a way out, a fee, a slash, a code.
#include "ledger/challenges.h"
#include "ledger/queries.h"
#include "ledger/state_machine.h"
#include "node/http/epochs.h"
#include "node/http/shared.h"
#include "node/reflect/schema.h"
#include "node/reflect/value.h"

namespace wald::http {
namespace {

namespace queries = ledger::queries;
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
  out.set_node(base::string_of(found.node.view()));
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
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"node", "epoch"}));
  TRY_ASSIGN(const auto node, query_id<base::NodeId>(request, "node", spec::KIND_NODE));
  if (!node) return Err{bad_argument("MISSING_PARAMETER", "node is missing")};
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

net::Response nobody() {
  return not_found("NO_COMMITTEE", "nobody has the stake that a seat takes, and nobody sits");
}

Reply explain_price(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"what"}));
  const std::string_view what = request.query_value("what").value_or("storage");
  queries::PriceKind kind = queries::PriceKind::kStorage;
  if (what == "write")
    kind = queries::PriceKind::kWrite;
  else if (what == "capacity")
    kind = queries::PriceKind::kCapacity;
  else if (what != "storage")
    return Err{bad_argument("INVALID_PARAMETER", "what is storage, write or capacity",
                            {{"parameter", "what"}, {"value", std::string(what)}})};
  const auto found = queries::explain_price(*view, shared.api.core.chain(), kind);
  if (!found) return Err{nobody()};
  return data_reply(at_of(*view), reflect::to_json(*found));
}

Reply explain_shards(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  const auto found = queries::explain_shards(*view, shared.api.core.chain());
  if (!found) return Err{nobody()};
  return data_reply(at_of(*view), reflect::to_json(*found));
}

// The rate by which a closed epoch's commission was reckoned: told with the commission; else what
// the next change of the rate replaced, or the one in force if there was none. Nothing where the
// log would have to be read too far for it.
std::optional<std::uint32_t> rate_in(const core::LedgerCore& core, const base::NodeId& node,
                                     base::Epoch epoch, std::uint32_t now) {
  constexpr std::size_t kBatch = 256;
  constexpr std::size_t kBatches = 16;
  std::uint64_t after =
      first_event_where(core,
                        [&](const core::StoredEvent& event) { return event.epoch <= epoch; }) -
      1;
  for (std::size_t i = 0; i < kBatches; ++i) {
    const auto batch = core.events_of(node, after, kBatch);
    for (const core::StoredEvent& event : batch) {
      after = event.record.seq();
      if (event.record.has_commission_accrued() &&
          event.record.commission_accrued().epoch() == epoch.value())
        return event.record.commission_accrued().rate();
      if (event.record.has_node_commission_changed() &&
          event.record.node_commission_changed().epoch() > epoch.value())
        return event.record.node_commission_changed().before();
    }
    if (batch.size() < kBatch) return now;
  }
  return std::nullopt;
}

Reply explain_commission(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"node", "epoch"}));
  TRY_ASSIGN(const auto node, query_id<base::NodeId>(request, "node", spec::KIND_NODE));
  if (!node) return Err{bad_argument("MISSING_PARAMETER", "node is missing")};
  TRY_ASSIGN(const auto epoch, query_number(request, "epoch", 0, UINT32_MAX));
  auto found = queries::explain_commission(*view, *node);
  if (!found) return Err{no_node(*node)};
  if (epoch) {
    const base::Epoch asked(static_cast<std::uint32_t>(*epoch));
    const auto rate = rate_in(shared.api.core, *node, asked, found->bps());
    const auto earned =
        rate ? queries::earned_commission(*view, *node, asked, economics::Bps::of(*rate))
             : std::nullopt;
    const std::string text = reflect::bytes_text(spec::KIND_NODE, node->view());
    if (!earned)
      return Err{not_found("NOT_PAID",
                           "node " + text + " was not paid for epoch " + std::to_string(*epoch),
                           {{"node", text}, {"epoch", std::to_string(*epoch)}})};
    *found->mutable_earned() = *earned;
  }
  return data_reply(at_of(*view), reflect::to_json(*found));
}

Reply explain_exit(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"stake", "amount"}));
  TRY_ASSIGN(const auto stake, query_id<base::ObjectId>(request, "stake", spec::KIND_OBJECT));
  if (!stake) return Err{bad_argument("MISSING_PARAMETER", "stake is missing")};
  TRY_ASSIGN(const auto amount, query_number(request, "amount", 0, INT64_MAX));
  return way_out(*view, *stake, amount);
}

Reply explain_slash(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {"proposal"}));
  TRY_ASSIGN(const auto number, query_number(request, "proposal", 1, UINT32_MAX));
  if (!number) return Err{bad_argument("MISSING_PARAMETER", "proposal is missing")};
  const auto found = queries::explain_slash(*view, static_cast<std::uint32_t>(*number));
  const std::string text = std::to_string(*number);
  if (!found)
    return Err{not_found("PROPOSAL_NOT_FOUND", "no ballot " + text + " on a node's commission",
                         {{"proposal", text}})};
  return data_reply(at_of(*view), reflect::to_json(*found));
}

Reply explain_fee(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const auto view, asked_view(shared, request, {}));
  TRY_ASSIGN(const boost::json::object body, body_object(request, {"envelope"}));
  TRY_ASSIGN(const base::Bytes envelope, body_base64(body, "envelope"));
  const auto verdict = shared.api.core.check(envelope);
  if (!verdict->ok()) return Err{code_reply(verdict->error().code, verdict->error().facts)};
  const auto found = queries::explain_fee(*view, verdict->value());
  if (!found.ok()) return Err{code_reply(found.error().code, found.error().facts)};
  return data_reply(at_of(*view), reflect::to_json(*found));
}

spec::ExplainCode explained_code(spec::Code code) {
  const spec::CodeRule& rule = reflect::code_rule(code);
  spec::ExplainCode out;
  out.set_code(code);
  out.set_number(static_cast<std::uint32_t>(code));
  out.set_sentence(rule.sentence());
  out.set_advice(rule.advice());
  out.set_charged(rule.stage() != spec::STAGE_BEFORE_FEE);
  out.set_http(rule.http());
  return out;
}

// By its name or its number; without one all of them.
Reply explain_code(Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"code", "format", "limit", "cursor"}));
  std::vector<spec::ExplainCode> rows;
  const auto asked = request.query_value("code");
  const auto& codes = *spec::Code_descriptor();
  for (int i = 0; i < codes.value_count(); ++i) {
    const auto* value = codes.value(i);
    if (asked && *asked != value->name() && *asked != std::to_string(value->number())) continue;
    rows.push_back(explained_code(static_cast<spec::Code>(value->number())));
  }
  if (rows.empty())
    return Err{not_found("CODE_NOT_FOUND", "no code \"" + std::string(*asked) + "\"",
                         {{"code", std::string(*asked)}})};
  return fixed_list_reply(shared, request, rows);
}

}  // namespace

void add_explain_rows(net::Router& router, const SharedPtr& shared) {
  using net::LimitClass;
  const auto add = [&](std::string pattern, LimitClass limit,
                       Reply (*handler)(const Shared&, const net::Request&)) {
    router.add(read_row(net::Method::kGet, std::move(pattern), limit,
                        [shared, handler](const net::Request& r) { return handler(*shared, r); }));
  };
  add("/v1/explain/reward", LimitClass::kPoint, explain_reward);
  add("/v1/explain/price", LimitClass::kList, explain_price);
  add("/v1/explain/shards", LimitClass::kList, explain_shards);
  add("/v1/explain/commission", LimitClass::kPoint, explain_commission);
  add("/v1/explain/exit", LimitClass::kPoint, explain_exit);
  add("/v1/explain/slash", LimitClass::kPoint, explain_slash);
  router.add(read_row(net::Method::kGet, "/v1/explain/code", LimitClass::kPoint,
                      [shared](const net::Request& r) { return explain_code(*shared, r); }));
  net::Route fee = read_row(net::Method::kPost, "/v1/explain/fee", LimitClass::kPoint,
                            [shared](const net::Request& r) { return explain_fee(*shared, r); });
  fee.body_cap = 128 * 1024;  // an envelope in base64
  router.add(std::move(fee));
}

}  // namespace wald::http
