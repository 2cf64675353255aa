// SPDX-License-Identifier: Apache-2.0
// Transactions: submit, look up with a wait, simulate, say in words.
#include <set>
#include <sstream>

#include "codec/base/text.h"
#include "ledger/records.h"
#include "ledger/wire/canonical.h"
#include "node/http/history.h"
#include "node/http/preview.h"
#include "node/http/shared.h"
#include "node/os/clock.h"
#include "node/reflect/schema.h"
#include "node/reflect/show.h"
#include "node/reflect/value.h"
#include "specs/proto/query.pb.h"
#include "specs/proto/query_explain.pb.h"
#include "specs/proto/tx.pb.h"

namespace wald::http {
namespace {

namespace json = boost::json;
using base::Err;

constexpr std::uint64_t kBodyCap = 128 * 1024;  // the greatest envelope in base64, and its frame

std::string digest_text(const base::TxId& id) {
  return reflect::bytes_text(spec::KIND_TX, id.view());
}

json::object result_of(const base::TxId& id, const core::TxPlace& place) {
  spec::TxResult out;
  out.set_digest(base::string_of(id.view()));
  out.set_state("committed");
  const auto code = static_cast<spec::Code>(place.receipt.code);
  out.set_code(code);
  if (spec::Code_IsValid(code)) out.set_message(reflect::code_rule(code).sentence());
  out.set_height(place.height.value());
  out.set_index(place.index);
  out.set_fee(place.receipt.fee);
  out.set_first_event(place.receipt.first_seq);
  out.set_events(place.receipt.events);
  return reflect::to_json(out);
}

json::object accepted(const base::TxId& id) {
  spec::TxResult out;
  out.set_digest(base::string_of(id.view()));
  out.set_state("accepted");
  out.set_message("waits for a block");
  return reflect::to_json(out);
}

Got<base::Bytes> envelope_of(const net::Request& request) {
  std::string_view type = request.header("content-type");
  type = type.substr(0, type.find(';'));
  if (type == "application/octet-stream") {
    const auto view = base::as_bytes(request.body);
    return base::Bytes(view.begin(), view.end());
  }
  if (type == "application/json") {
    TRY_ASSIGN(const json::object body, body_object(request, {"envelope"}));
    return body_base64(body, "envelope");
  }
  return Err{bad_argument("INVALID_CONTENT_TYPE",
                          "application/octet-stream with the envelope, or application/json with "
                          "{\"envelope\":base64} is due",
                          {{"contentType", std::string(type)}})};
}

net::Response submitted(const Shared& shared, const base::TxId& id, const SubmitResult& result) {
  switch (result.state) {
    case SubmitResult::State::kAccepted:
      return data_reply(at_of(shared.api.core.head()), accepted(id), {}, 202);
    case SubmitResult::State::kDropped: {
      auto facts = result.facts;
      facts.emplace("digest", digest_text(id));
      return code_reply(result.code, std::move(facts));
    }
    case SubmitResult::State::kFull:
      return net::retry_response(
          net::Status::kResourceExhausted, "POOL_FULL", net::kLedgerDomain,
          result.message.empty() ? "too many transactions wait already" : result.message, 1);
    case SubmitResult::State::kNoRoom:
      return net::retry_response(net::Status::kUnavailable, "STORE_UNAVAILABLE", net::kLedgerDomain,
                                 result.message, 5);
    case SubmitResult::State::kUnavailable:
      break;
  }
  return net::retry_response(
      net::Status::kUnavailable, "SEQUENCER_UNREACHABLE", net::kLedgerDomain,
      result.message.empty() ? "the sequencer cannot be reached" : result.message, 1);
}

// Idempotent by digest: what is in a block already is answered with its result.
Reply submit(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {}));
  TRY_ASSIGN(base::Bytes envelope, envelope_of(request));
  const core::LedgerCore& core = shared.api.core;
  const auto verdict = core.check(envelope);
  const ledger::TxVerdict& checked = *verdict;
  if (!checked.ok()) return Err{code_reply(checked.error().code, checked.error().facts)};
  const base::TxId id = checked->id;
  if (const auto place = core.transaction(id))
    return data_reply(at_of(core.head()), result_of(id, *place));
  if (shared.api.pending && shared.api.pending(id))
    return data_reply(at_of(core.head()), accepted(id), {}, 202);
  return submitted(shared, id, shared.api.submit(std::move(envelope)));
}

// The result as far as it is known now; nothing: not known here.
std::optional<net::Response> known(const Shared& shared, const base::TxId& id, bool also_pending) {
  const core::LedgerCore& core = shared.api.core;
  if (const auto place = core.transaction(id))
    return data_reply(at_of(core.head()), result_of(id, *place));
  if (also_pending && shared.api.pending && shared.api.pending(id))
    return data_reply(at_of(core.head()), accepted(id));
  return std::nullopt;
}

void look_up(const SharedPtr& shared, const net::Request& request, net::Responder responder) {
  const auto read = [&]() -> Got<std::pair<base::TxId, std::uint64_t>> {
    TRY(allow_keys(request, {"wait"}));
    TRY_ASSIGN(const auto id, path_id<base::TxId>(request, "digest", spec::KIND_TX));
    TRY_ASSIGN(const std::uint64_t wait_ms, query_wait(request));
    return std::pair{id, wait_ms};
  }();
  if (!read.ok()) return responder.send(read.error());
  Shared& s = *shared;  // outlives what waits in it
  auto attempt = [&s, id = read->first](bool over) -> std::optional<net::Response> {
    if (auto response = known(s, id, over)) return response;
    if (!over) return std::nullopt;
    const std::string text = digest_text(id);
    return not_found("TX_NOT_FOUND",
                     "no transaction " + text + " in a block, and none is known to wait",
                     {{"digest", text}});
  };
  if (auto response = attempt(read->second == 0)) return responder.send(*std::move(response));
  shared->waiting.add(std::move(responder), attempt, read->second);
}

// What would be sent for a body signed with one key: fees are by length.
std::uint64_t envelope_size(base::ByteView body) {
  spec::Envelope envelope;
  envelope.set_body(base::string_of(body));
  envelope.set_policy(std::string(36, '\1'));
  envelope.set_bitmap(std::string(1, '\1'));
  envelope.add_signatures(std::string(64, '\1'));
  return wire::write_canonical(envelope).size();
}

struct SimulateInput {
  spec::Body body;
  std::uint64_t bytes = 0;  // of the envelope that one key would sign
  base::TxId id;
};

Got<SimulateInput> simulate_input(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {}));
  TRY_ASSIGN(const json::object given, body_object(request, {"body"}));
  TRY_ASSIGN(const base::Bytes bytes, body_base64(given, "body"));
  auto body = wire::parse_canonical<spec::Body>(bytes, ledger::StateMachine::kMaxTx);
  if (!body.ok())
    return Err{code_reply(spec::MALFORMED, {{"field", body.error().where},
                                            {"reason", wire::fault_name(body.error().fault)}})};
  if (body->chain() != base::as_text(shared.api.core.chain().view()))
    return Err{code_reply(spec::WRONG_CHAIN, {})};
  return SimulateInput{std::move(body).value(), envelope_size(bytes), ledger::tx_id(bytes)};
}

std::string_view table_name(std::uint32_t prefix) {
  std::string_view found = "unknown";
  std::apply(
      [&](const auto&... tables) {
        ((tables.prefix == prefix ? void(found = tables.name) : void()), ...);
      },
      ledger::kTables);
  return found;
}

json::array effects_of(const ledger::Events& events) {
  json::array out;
  for (const auto& record : events) {
    const auto* body = reflect::event_body(record);
    const auto* field =
        body == nullptr ? nullptr : body->GetDescriptor()->FindFieldByName("postings");
    if (field == nullptr) continue;
    for (int i = 0; i < body->GetReflection()->FieldSize(*body, field); ++i) {
      const auto* move = dynamic_cast<const spec::Posting*>(
          &body->GetReflection()->GetRepeatedMessage(*body, field, i));
      if (move == nullptr) continue;
      std::string path(table_name(move->table()));
      path.append("/0x").append(base::to_hex(base::as_bytes(move->key())));
      path.append(".").append(move->field());
      out.push_back(json::object{{"path", path},
                                 {"before", std::to_string(move->before())},
                                 {"after", std::to_string(move->after())}});
    }
  }
  return out;
}

Reply simulate(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const SimulateInput input, simulate_input(shared, request));
  const spec::Body& body = input.body;
  if (reflect::is_statement(body.operation()))
    return Err{
        bad_argument("NOT_SIMULATED", "statements of nodes are judged by their proof alone")};
  if (body.sender().size() != base::AccountId::kSize) return Err{code_reply(spec::NO_ACCOUNT, {})};
  const auto sender = base::AccountId::from(base::as_bytes(body.sender()));
  const auto view = shared.api.core.view();
  if (!ledger::exists(*view, ledger::kAccounts, sender))
    return Err{code_reply(spec::NO_ACCOUNT,
                          {{"sender", reflect::bytes_text(spec::KIND_ACCOUNT, sender.view())}})};
  const auto result =
      shared.api.core.machine().simulate(*view, sender, body.operation(), input.bytes);
  const At at = at_of(*view);
  json::array events;
  for (const auto& record : result.events)
    events.push_back(reflect::event_json(record, at.time.value(), at.epoch.value()));
  json::object facts;
  for (const auto& [key, value] : result.facts) facts[key] = value;
  json::object data{{"code", reflect::code_name(result.code)},
                    {"message", reflect::code_rule(result.code).sentence()},
                    {"advice", reflect::code_rule(result.code).advice()},
                    {"facts", std::move(facts)},
                    {"fee", std::to_string(result.fee.value())}};
  data["events"] = std::move(events);
  data["effects"] = effects_of(result.events);
  json::array words;
  for (const std::string& line :
       preview_of(*view, body.operation(), result.events, os::wall_time().value()))
    words.emplace_back(line);
  data["preview"] = std::move(words);
  return data_reply(at, std::move(data));
}

void add_rules(const spec::Operation& operation, std::set<std::string>& seen,
               spec::ExplainTx& out) {
  const auto* chosen = reflect::chosen_operation(operation);
  if (chosen == nullptr) return;
  std::stringstream rules(reflect::tx_rule(*chosen).rules());
  for (std::string rule; rules >> rule;)
    if (seen.insert(rule).second) out.add_rules(rule);
}

// The words are those that the client makes of the same bytes.
Reply explain_tx(const Shared& shared, const net::Request& request) {
  TRY_ASSIGN(const SimulateInput input, simulate_input(shared, request));
  const spec::Operation& operation = input.body.operation();
  const auto* chosen = reflect::chosen_operation(operation);
  if (chosen == nullptr) return Err{code_reply(spec::MALFORMED, {{"field", "operation"}})};
  spec::ExplainTx out;
  out.set_digest(base::string_of(input.id.view()));
  out.set_type(reflect::kebab(chosen->message_type()->name()));
  out.set_sender(input.body.sender());
  out.set_who(reflect::tx_rule(*chosen).sender());
  for (const std::string& line : reflect::describe(operation)) out.add_lines(line);
  std::set<std::string> seen;
  add_rules(operation, seen, out);
  for (const spec::Operation& inner : operation.batch().operations()) add_rules(inner, seen, out);
  out.set_valid_until(input.body.valid_until());
  out.set_max_fee(input.body.max_fee());
  return data_reply(at_of(shared.api.core.head()), reflect::to_json(out));
}

}  // namespace

void add_tx_rows(net::Router& router, const SharedPtr& shared) {
  using net::LimitClass;
  const auto add = [&](std::string pattern, Reply (*handler)(const Shared&, const net::Request&)) {
    net::Route row =
        read_row(net::Method::kPost, std::move(pattern), LimitClass::kSubmit,
                 [shared, handler](const net::Request& r) { return handler(*shared, r); });
    row.body_cap = kBodyCap;
    router.add(std::move(row));
  };
  add("/v1/txs", submit);
  add("/v1/txs/simulate", simulate);
  add("/v1/txs/explain", explain_tx);
  net::Route get = documented_row(net::Method::kGet, "/v1/txs/{digest}", LimitClass::kPoint);
  get.holds = true;
  get.handler = [shared](const net::Request& request, net::Responder responder) {
    look_up(shared, request, std::move(responder));
  };
  router.add(std::move(get));
}

}  // namespace wald::http
