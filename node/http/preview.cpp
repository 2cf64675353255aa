// SPDX-License-Identifier: Apache-2.0
#include "node/http/preview.h"

#include "ledger/queries.h"
#include "ledger/wire/rules.h"
#include "node/reflect/json.h"
#include "node/reflect/show.h"
#include "node/reflect/units.h"

namespace wald::http {
namespace {

namespace queries = ledger::queries;

std::string when(const spec::EpochTime& at, std::uint64_t now_ms) {
  return std::to_string(at.epoch()) + ", " + reflect::format_time(at.time()) + " (" +
         reflect::distance(now_ms, at.time()) + ")";
}

// `node "north-3", commission 6.00 %, 7.00 % from epoch 44`
std::string about_node(const spec::Node& node) {
  std::string out = "node \"" + node.name() + "\", " + node.status() + ", commission " +
                    reflect::format_rate(node.commission_bps());
  for (const auto& pending : node.commission_pending())
    out += ", " + reflect::format_rate(pending.bps()) + " from epoch " +
           std::to_string(pending.epoch());
  return out;
}

void add_dates(const ledger::Reader& state, const spec::DelegateStake& delegate,
               std::uint64_t now_ms, std::vector<std::string>& out) {
  const auto estimate = queries::estimate_stake(
      state, base::NodeId::from(base::as_bytes(delegate.node())), delegate.amount());
  if (!estimate.ok()) return;
  out.push_back("  counts from epoch " + when(estimate->active_from(), now_ms));
  out.push_back("  earliest exit epoch " + when(estimate->earliest_exit(), now_ms));
}

void add_way_out(const ledger::Reader& state, const spec::RequestExit& exit,
                 std::vector<std::string>& out) {
  const auto stake = queries::stake(state, base::ObjectId::from(base::as_bytes(exit.stake())));
  if (!stake) return;
  out.push_back("  worth now " + reflect::format_wal(stake->value_now()) + " of a principal of " +
                reflect::format_wal(stake->principal()));
  if (stake->early_exit().ppm() > 0)
    out.push_back("  asked for from epoch " + std::to_string(stake->early_exit().zero_from()) +
                  " on it costs nothing");
}

// The node a field of the operation names, where it is known.
std::optional<spec::Node> named_node(const ledger::Reader& state,
                                     const google::protobuf::Message& body) {
  const auto* field = body.GetDescriptor()->FindFieldByName("node");
  if (field == nullptr || wire::rule_of(*field).kind() != spec::KIND_NODE) return std::nullopt;
  const std::string id = body.GetReflection()->GetString(body, field);
  if (id.size() != base::NodeId::kSize) return std::nullopt;
  return queries::node(state, base::NodeId::from(base::as_bytes(id)));
}

// `stake.exitRequested: exit 45, time .., feePpm 0.6666 %`: what a reader weighs, no ids.
std::string event_words(const google::protobuf::Message& body, std::uint64_t now_ms) {
  boost::json::object figures;
  const auto& type = *body.GetDescriptor();
  const boost::json::object all = reflect::to_json(body);
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    if (field.is_repeated()) continue;
    switch (wire::rule_of(field).kind()) {
      case spec::KIND_FROST:
      case spec::KIND_EPOCH:
      case spec::KIND_TIME:
      case spec::KIND_BPS:
      case spec::KIND_PPM:
      case spec::KIND_SIZE:
        if (const auto* value = all.if_contains(field.json_name()))
          figures[field.json_name()] = *value;
        break;
      default:
        break;
    }
  }
  std::string out = reflect::event_type(type);
  std::string rest;
  for (const std::string& line : reflect::show_object(type, figures, {false, now_ms})) {
    const auto gap = line.find("  ");
    const auto value = line.find_first_not_of(' ', gap);
    if (gap == std::string::npos || value == std::string::npos) continue;
    rest += (rest.empty() ? ": " : ", ") + line.substr(0, gap) + " " + line.substr(value);
  }
  return out + rest;
}

}  // namespace

std::vector<std::string> preview_of(const ledger::Reader& state, const spec::Operation& operation,
                                    const ledger::Events& events, std::uint64_t now_ms) {
  std::vector<std::string> out = reflect::describe(operation);
  const auto* chosen = reflect::chosen_operation(operation);
  if (chosen == nullptr) return out;
  const auto& body = operation.GetReflection()->GetMessage(operation, chosen);
  if (const auto node = named_node(state, body)) out.push_back("  " + about_node(*node));
  if (operation.has_delegate_stake())
    add_dates(state, operation.delegate_stake(), now_ms, out);
  else if (operation.has_request_exit() &&
           operation.request_exit().stake().size() == base::ObjectId::kSize)
    add_way_out(state, operation.request_exit(), out);
  for (const spec::EventRecord& event : events)
    if (const auto* what = reflect::event_body(event))
      out.push_back("  then " + event_words(*what, now_ms));
  return out;
}

}  // namespace wald::http
