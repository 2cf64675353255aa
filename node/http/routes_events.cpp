// SPDX-License-Identifier: Apache-2.0
// The numbered log: one event, lists with filters, and the long poll.
#include "node/http/history.h"
#include "node/http/shared.h"
#include "node/reflect/schema.h"

namespace wald::http {
namespace {

namespace json = boost::json;
using base::Err;

struct EventQuestion {
  EventFilter filter;
  std::uint64_t after = 0;
  std::uint64_t limit = 0;
  std::uint64_t wait_ms = 0;
};

// A type that no event has would wait for ever: refused.
Got<void> check_types(const std::vector<std::string>& types) {
  for (const std::string& type : types) {
    bool known = false;
    for (const auto* field : reflect::events())
      known = known || type_matches({type}, reflect::event_type(*field->message_type()));
    if (!known)
      return Err{bad_argument("INVALID_PARAMETER",
                              "type \"" + type + "\": no such event; as stake.delegated or stake.*",
                              {{"parameter", "type"}, {"value", type}})};
  }
  return {};
}

Got<EventQuestion> read_question(const net::Request& request) {
  TRY(allow_keys(request, {"after", "type", "node", "account", "wait", "limit", "cursor"}));
  EventQuestion out;
  TRY_ASSIGN(const auto after, query_number(request, "after", 0, INT64_MAX));
  TRY_ASSIGN(out.filter.node, query_id<base::NodeId>(request, "node", spec::KIND_NODE));
  TRY_ASSIGN(out.filter.account, query_id<base::AccountId>(request, "account", spec::KIND_ACCOUNT));
  TRY_ASSIGN(out.wait_ms, query_wait(request));
  TRY_ASSIGN(out.limit, query_limit(request));
  TRY_ASSIGN(const auto cursor, read_cursor(request));
  out.filter.types = split_list(request.query_value("type").value_or(""));
  TRY(check_types(out.filter.types));
  out.after = cursor ? cursor->position : after.value_or(0);
  return out;
}

net::Response show(const Shared& shared, const net::Request& request, const EventQuestion& question,
                   const EventRange& range) {
  json::array data;
  for (const auto& event : range.events) data.push_back(event_line(event));
  Page page{question.limit, "", range.looked};
  if (!range.at_end) page.next = write_cursor(request, {0, range.looked});
  return data_reply(at_of(shared.api.core.head()), std::move(data), page);
}

// Answers now, or when something passes the filter, or at the end of the wait with an empty list.
void list_events(const SharedPtr& shared, net::Request request, net::Responder responder) {
  auto read = read_question(request);
  if (!read.ok()) return responder.send(std::move(read).error());
  EventQuestion question = std::move(read).value();
  EventRange range = find_events(shared->api.core, question.filter, question.after, question.limit);
  if (!range.events.empty() || !range.at_end || question.wait_ms == 0)
    return responder.send(show(*shared, request, question, range));
  const std::uint64_t wait_ms = question.wait_ms;
  std::uint64_t looked = range.looked;
  Shared& s = *shared;  // outlives what waits in it
  auto attempt = [&s, request = std::move(request), question = std::move(question),
                  looked](bool over) mutable -> std::optional<net::Response> {
    const EventRange found = find_events(s.api.core, question.filter, looked, question.limit);
    looked = found.looked;
    if (found.events.empty() && !over) return std::nullopt;
    return show(s, request, question, found);
  };
  shared->waiting.add(std::move(responder), std::move(attempt), wait_ms);
}

Reply one_event(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {}));
  TRY_ASSIGN(const std::uint64_t seq, parse_number("seq", request.param("seq"), 1, INT64_MAX));
  const core::Head head = shared.api.core.head();
  const auto event = shared.api.core.event(seq);
  const std::string text = std::to_string(seq);
  if (!event)
    return Err{not_found("EVENT_NOT_FOUND",
                         "no event " + text + " yet; the last is " + std::to_string(head.events),
                         {{"seq", text}, {"last", std::to_string(head.events)}})};
  return data_reply(at_of(head), event_line(*event));
}

}  // namespace

void add_event_rows(net::Router& router, const SharedPtr& shared) {
  net::Route list = documented_row(net::Method::kGet, "/v1/events", net::LimitClass::kList);
  list.holds = true;
  list.handler = [shared](net::Request request, net::Responder responder) {
    list_events(shared, std::move(request), std::move(responder));
  };
  router.add(std::move(list));
  router.add(read_row(net::Method::kGet, "/v1/events/{seq}", net::LimitClass::kPoint,
                      [shared](const net::Request& r) { return one_event(*shared, r); }));
}

}  // namespace wald::http
