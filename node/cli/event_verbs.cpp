// SPDX-License-Identifier: Apache-2.0
// wal events: the numbered log, once or without end.
#include "node/cli/session.h"
#include "specs/proto/event.pb.h"

namespace wald::cli {
namespace {

namespace json = boost::json;

Outcome<std::string> filter_of(Session& session, const Given& given) {
  std::string query;
  if (given.has("type")) query += "&type=" + net::percent_encode(given.one("type"));
  if (given.has("account")) {
    TRY_ASSIGN(const base::AccountId id, session.account(given.one("account")));
    query += "&account=" + id_text(id.view());
  }
  if (given.has("node") && !given.one("node").empty()) {
    TRY_ASSIGN(const base::NodeId id, session.node(given.one("node")));
    query += "&node=" + id_text(id.view());
  }
  return query;
}

Outcome<std::uint64_t> after_of(const Given& given) {
  if (!given.has("after")) return std::uint64_t{0};
  return whole_of("--after", given.one("after"), INT64_MAX);
}

// One line: number, time, type, and the fields of its body.
std::string line_of(const json::value& event) {
  const auto text = [&](const char* key) {
    const auto found = client::text_at(event, key);
    return found.ok() ? *found : std::string("-");
  };
  std::string out = text("seq") + "  " + text("time") + "  " + text("type");
  const auto* body = event.is_object() ? event.get_object().if_contains("body") : nullptr;
  if (body == nullptr || !body->is_object()) return out;
  for (const auto& pair : body->get_object()) {
    if (pair.key() == "postings") continue;
    const std::string value = pair.value().is_string() ? std::string(pair.value().get_string())
                                                       : json::serialize(pair.value());
    out += "  " + std::string(pair.key()) + "=" + value;
  }
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return out;
}

Outcome<void> list(Session& session, const Given& given) {
  TRY_ASSIGN(const std::uint64_t after, after_of(given));
  TRY_ASSIGN(const std::string filter, filter_of(session, given));
  std::uint64_t limit = 1'000;
  if (given.has("limit")) {
    TRY_ASSIGN(limit, whole_of("--limit", given.one("limit"), 1'000));
  }
  TRY_ASSIGN(client::Remote * remote, session.remote());
  TRY_ASSIGN(const client::Reply reply, remote->get("/v1/events?after=" + std::to_string(after) +
                                                    "&limit=" + std::to_string(limit) + filter));
  if (session.json_mode()) {
    if (reply.data.is_array())
      session.show_list(*spec::EventRecord::descriptor(), reply.data.get_array(), {});
  } else if (reply.data.is_array()) {
    for (const auto& event : reply.data.get_array()) print_line(line_of(event));
  }
  if (!reply.next.empty()) session.say("more: --after " + std::to_string(reply.after));
  return {};
}

// By number, so that nothing is lost or twice when the node is away for a while.
Outcome<void> follow(Session& session, const Given& given) {
  TRY_ASSIGN(std::uint64_t after, after_of(given));
  TRY_ASSIGN(const std::string filter, filter_of(session, given));
  std::uint64_t left = UINT64_MAX;
  if (given.has("count")) {
    TRY_ASSIGN(left, whole_of("--count", given.one("count"), INT64_MAX));
  }
  TRY_ASSIGN(client::Remote * remote, session.remote());
  while (left > 0) {
    TRY_ASSIGN(const client::Reply reply,
               remote->get("/v1/events?wait=10s&after=" + std::to_string(after) + filter));
    if (!reply.data.is_array()) break;
    for (const auto& event : reply.data.get_array()) {
      print_line(session.json_mode() ? json::serialize(event) : line_of(event));
      if (--left == 0) return {};
    }
    after = std::max(after, reply.after);
  }
  return {};
}

}  // namespace

Verbs event_verbs() {
  const std::vector<Option> filter{{"type", "TYPES", "as stake.*,reward.paid"},
                                   {"account", "ACCOUNT", "0x.. or the name of a key"},
                                   {"node", "NODE", "0x.. or the node's name", false, true},
                                   {"after", "SEQ", "number of the last one known"}};
  std::vector<Option> once = filter;
  once.push_back({"limit", "N", "at most so many"});
  std::vector<Option> endless = filter;
  endless.push_back({"count", "N", "stop after so many"});
  return {{"events", "list", "what happened", {}, once, list},
          {"events", "follow", "what happens, a line each, without end", {}, endless, follow}};
}

}  // namespace wald::cli
