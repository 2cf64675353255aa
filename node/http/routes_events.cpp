// SPDX-License-Identifier: Apache-2.0
// The numbered log: one event, lists with filters, and the long poll.
#include <set>

#include "node/http/history.h"
#include "node/http/shared.h"
#include "node/os/clock.h"
#include "node/reflect/schema.h"

namespace wald::http {
namespace {

namespace json = boost::json;
using base::Err;

constexpr std::size_t kPieceEvents = 256;
constexpr std::size_t kEventPiece = 256u << 10;  // bytes; one event has far less than a piece may

struct EventQuestion {
  EventFilter filter;
  std::uint64_t after = 0;
  std::uint64_t limit = 0;
  std::uint64_t wait_ms = 0;
};

// Numbers of the types that these words name, `stake.delegated` or `stake.*`. One that names none
// would wait for ever: refused.
Got<std::vector<std::uint16_t>> read_types(const std::vector<std::string>& words) {
  std::set<std::uint16_t> out;
  for (const std::string& word : words) {
    const std::string_view family =
        word.ends_with(".*") ? std::string_view(word).substr(0, word.size() - 1) : "";
    bool known = false;
    for (const auto* field : reflect::events()) {
      const std::string type = reflect::event_type(*field->message_type());
      if (family.empty() ? type != word : !type.starts_with(family)) continue;
      out.insert(base::narrow<std::uint16_t>(field->number()));
      known = true;
    }
    if (!known)
      return Err{bad_argument("INVALID_PARAMETER",
                              "type \"" + word + "\": no such event; as stake.delegated or stake.*",
                              {{"parameter", "type"}, {"value", word}})};
  }
  return std::vector<std::uint16_t>(out.begin(), out.end());
}

Got<void> read_filter(const net::Request& request, EventFilter& out) {
  TRY_ASSIGN(out.node, query_id<base::NodeId>(request, "node", spec::KIND_NODE));
  TRY_ASSIGN(out.account, query_id<base::AccountId>(request, "account", spec::KIND_ACCOUNT));
  TRY_ASSIGN(out.types, read_types(split_list(request.query_value("type").value_or(""))));
  return {};
}

Got<EventQuestion> read_question(const net::Request& request) {
  TRY(allow_keys(request,
                 {"after", "type", "node", "account", "wait", "format", "limit", "cursor"}));
  EventQuestion out;
  TRY_ASSIGN(const auto after, query_number(request, "after", 0, INT64_MAX));
  TRY(read_filter(request, out.filter));
  TRY_ASSIGN(out.wait_ms, query_wait(request));
  TRY_ASSIGN(out.limit, query_limit(request));
  TRY_ASSIGN(const auto cursor, read_cursor(request));
  out.after = cursor ? cursor->position : after.value_or(0);
  return out;
}

Reply show(const Shared& shared, const net::Request& request, const EventQuestion& question,
           const EventRange& range) {
  json::array data;
  for (const auto& event : range.events) data.push_back(event_line(event));
  Page page{question.limit, "", range.looked};
  if (!range.at_end) page.next = write_cursor(request, {0, range.looked});
  return list_page(request, at_of(shared.api.core.head()), *spec::EventRecord::descriptor(),
                   event_columns(), std::move(data), page);
}

// Answers now, or when something passes the filter, or at the end of the wait with an empty list.
void list_events(const SharedPtr& shared, net::Request request, net::Responder responder) {
  auto read = read_question(request);
  if (!read.ok()) return responder.send(std::move(read).error());
  EventQuestion question = std::move(read).value();
  EventRange range = find_events(shared->api.core, question.filter, question.after, question.limit);
  if (!range.events.empty() || !range.at_end || question.wait_ms == 0)
    return responder.send(either(show(*shared, request, question, range)));
  const std::uint64_t wait_ms = question.wait_ms;
  std::uint64_t looked = range.looked;
  Shared& s = *shared;  // outlives what waits in it
  auto attempt = [&s, request = std::move(request), question = std::move(question),
                  looked](bool over) mutable -> std::optional<net::Response> {
    const EventRange found = find_events(s.api.core, question.filter, looked, question.limit);
    looked = found.looked;
    if (found.events.empty() && !over) return std::nullopt;
    return either(show(s, request, question, found));
  };
  shared->waiting.add(std::move(responder), std::move(attempt), wait_ms);
}

// How far a stream has come, and what it lets through.
struct Tail {
  EventFilter filter;
  std::uint64_t after = 0;
  std::uint64_t said_ms = 0;  // when something was sent last
};

// Last-Event-ID is what a browser sends when it comes back; it knows more than the address does.
Got<Tail> read_tail(const Shared& shared, const net::Request& request) {
  TRY(allow_keys(request, {"after", "type", "node", "account"}));
  Tail out;
  TRY(read_filter(request, out.filter));
  TRY_ASSIGN(const auto after, query_number(request, "after", 0, INT64_MAX));
  out.after = after.value_or(shared.api.core.head().events);
  const std::string_view last = request.header("last-event-id");
  if (!last.empty()) {
    TRY_ASSIGN(out.after, parse_number("Last-Event-ID", last, 0, INT64_MAX));
  }
  return out;
}

// Events that pass, as many as there are up to a piece. Where many do not, or nothing was sent for
// a while, a comment tells how far the log was looked through, as an id: whoever comes back with it
// misses nothing. Blocks that bring nothing for this reader do not put the comment off, and it
// finds out that a reader is gone.
net::Piece next_events(const Shared& shared, Tail& tail, bool idle) {
  const std::uint64_t before = tail.after;
  EventRange range = find_events(shared.api.core, tail.filter, tail.after, kPieceEvents);
  std::string out;
  for (const auto& event : range.events) {
    if (out.size() > kEventPiece) {
      range.at_end = false;
      range.looked = event.record.seq() - 1;
      break;
    }
    const json::object line = event_line(event);
    out += "id: " + std::to_string(event.record.seq()) +
           "\nevent: " + std::string(line.at("type").as_string()) +
           "\ndata: " + json::serialize(line) + "\n\n";
  }
  tail.after = range.looked;
  const bool far = !range.at_end && tail.after > before;
  const std::uint64_t now = os::monotonic_ms();
  if (out.empty() && (idle || far || now - tail.said_ms >= shared.api.comment_ms)) {
    const std::string seq = std::to_string(tail.after);
    out = ": " + seq + "\nid: " + seq + "\n\n";
  }
  if (!out.empty()) tail.said_ms = now;
  return out.empty() ? net::Piece::nothing_now() : net::Piece::data(std::move(out));
}

void stream_events(const SharedPtr& shared, const net::Request& request, net::Responder responder) {
  auto read = read_tail(*shared, request);
  if (!read.ok()) return responder.send(std::move(read).error());
  net::Response head;
  head.content_type = "text/event-stream";
  head.headers.emplace_back("cache-control", "no-cache");
  net::StreamOptions options;
  options.idle_ms = shared->api.comment_ms;
  const auto tail = std::make_shared<Tail>(std::move(read).value());
  tail->said_ms = os::monotonic_ms();
  responder.stream(
      head, [shared, tail](bool idle) { return next_events(*shared, *tail, idle); }, options,
      [shared](net::StreamHandle handle) { shared->streams.add(std::move(handle)); });
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
  net::Route stream =
      documented_row(net::Method::kGet, "/v1/events/stream", net::LimitClass::kStream);
  stream.holds = true;
  stream.handler = [shared](const net::Request& request, net::Responder responder) {
    stream_events(shared, request, std::move(responder));
  };
  router.add(std::move(stream));
  router.add(read_row(net::Method::kGet, "/v1/events/{seq}", net::LimitClass::kPoint,
                      [shared](const net::Request& r) { return one_event(*shared, r); }));
}

}  // namespace wald::http
