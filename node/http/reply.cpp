// SPDX-License-Identifier: Apache-2.0
#include "node/http/reply.h"

#include <algorithm>

#include "codec/base/hash.h"
#include "codec/base/text.h"
#include "ledger/records.h"
#include "node/reflect/error.h"
#include "node/reflect/value.h"

namespace wald::http {
namespace {

namespace json = boost::json;
using base::Err;

constexpr std::uint64_t kMostWaitMs = 30'000;
constexpr std::uint64_t kUsualLimit = 50;
constexpr std::uint64_t kMostLimit = 1'000;
constexpr std::size_t kCursorBytes = 24;
constexpr std::size_t kJsonDepth = 8;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

net::Response not_a_value(std::string_view name, std::string_view text, std::string_view due) {
  return bad_argument("INVALID_PARAMETER",
                      std::string(name) + " " + quoted(text) + ": " + std::string(due) + " is due",
                      {{"parameter", std::string(name)}, {"value", std::string(text)}});
}

// What a cursor belongs to: the path and the filter, in the order of the keys.
base::Bytes list_mark(const net::Request& request) {
  net::Pairs filter;
  for (const auto& pair : request.query)
    if (pair.first != "cursor" && pair.first != "limit" && pair.first != "format")
      filter.push_back(pair);
  std::sort(filter.begin(), filter.end());
  base::Writer out;
  out.text(request.path);
  for (const auto& [key, value] : filter) {
    out.le(std::uint64_t{key.size()}).text(key);
    out.le(std::uint64_t{value.size()}).text(value);
  }
  const base::Hash hash = base::tagged_hash("wald.cursor", {}, out.bytes());
  return base::Bytes(hash.bytes().begin(), hash.bytes().begin() + 8);
}

}  // namespace

At at_of(const core::Head& head) { return {head.height, head.epoch, head.time}; }

At at_of(const store::View& view) {
  const auto chain = ledger::must_load(view, ledger::kChain);
  return {view.tip().height, chain.clock.epoch, view.tip().time};
}

net::Response data_reply(const At& at, json::value data, const std::optional<Page>& page,
                         int status) {
  json::object out;
  out["data"] = std::move(data);
  out["at"] = json::object{{"height", std::to_string(at.height.value())},
                           {"epoch", at.epoch.value()},
                           {"time", reflect::format_time(at.time.value())}};
  if (page) {
    json::object about{{"limit", page->limit}};
    about["next"] = page->next.empty() ? json::value(nullptr) : json::value(page->next);
    if (page->after) about["after"] = std::to_string(*page->after);
    out["page"] = std::move(about);
  }
  net::Response response = net::json_response(json::serialize(out), status);
  response.headers.emplace_back("etag", "\"" + std::to_string(at.height.value()) + "\"");
  return response;
}

namespace {

// The request's own target with another cursor.
std::string target_of(const net::Request& request, const std::string& cursor) {
  std::string out = request.path + "?";
  for (const auto& [key, value] : request.query)
    if (key != "cursor") out += net::percent_encode(key) + "=" + net::percent_encode(value) + "&";
  return out + "cursor=" + cursor;
}

}  // namespace

Reply list_page(const net::Request& request, const At& at, const reflect::Descriptor& type,
                const std::vector<reflect::Column>& columns, json::array rows, const Page& page) {
  const std::string_view format = request.query_value("format").value_or("json");
  if (format == "json") return data_reply(at, std::move(rows), page);
  if (format != "csv") return Err{not_a_value("format", format, "json or csv")};
  net::Response response;
  response.content_type = "text/csv; charset=utf-8; header=present";
  for (const std::string& line : reflect::show_csv(type, rows, columns))
    response.body += line + "\r\n";
  response.headers.emplace_back("etag", "\"" + std::to_string(at.height.value()) + "\"");
  if (!page.next.empty())
    response.headers.emplace_back("link", "<" + target_of(request, page.next) + ">; rel=\"next\"");
  return response;
}

net::Response bad_argument(std::string_view reason, std::string_view message,
                           const net::Pairs& metadata) {
  return net::error_response(net::Status::kInvalidArgument, reason, net::kLedgerDomain, message,
                             metadata);
}

net::Response not_found(std::string_view reason, std::string_view message,
                        const net::Pairs& metadata) {
  net::Response response =
      net::error_response(net::Status::kNotFound, reason, net::kLedgerDomain, message, metadata);
  response.headers.emplace_back("cache-control", "no-store");
  return response;
}

net::Response no_node(const base::NodeId& id) {
  const std::string text = reflect::bytes_text(spec::KIND_NODE, id.view());
  return not_found("NODE_NOT_FOUND", "no node " + text, {{"node", text}});
}

net::Response code_reply(spec::Code code, std::map<std::string, std::string> facts) {
  std::string detail;
  const auto field = facts.find("field");
  const auto reason = facts.find("reason");
  if (field != facts.end()) detail = field->second;
  if (reason != facts.end()) detail += (detail.empty() ? "" : ": ") + reason->second;
  return net::json_response(json::serialize(reflect::code_error(code, detail, std::move(facts))),
                            reflect::http_status(code));
}

Got<void> allow_keys(const net::Request& request, const std::vector<std::string_view>& keys) {
  for (std::size_t i = 0; i < request.query.size(); ++i) {
    const std::string& key = request.query[i].first;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      std::string known;
      for (const auto name : keys) known += (known.empty() ? "" : ", ") + std::string(name);
      return Err{bad_argument(
          "UNKNOWN_PARAMETER",
          "no parameter " + quoted(key) + " here; known: " + (known.empty() ? "none" : known),
          {{"parameter", key}, {"known", known}})};
    }
    for (std::size_t k = 0; k < i; ++k)
      if (request.query[k].first == key)
        return Err{bad_argument("REPEATED_PARAMETER", quoted(key) + " is given twice",
                                {{"parameter", key}})};
  }
  return {};
}

Got<base::Bytes> parse_id(spec::Kind kind, std::string_view what, std::string_view text) {
  const auto read = reflect::parse_bytes(kind, text);
  if (read.ok()) {
    const auto view = base::as_bytes(*read);
    if (view.size() == base::Hash::kSize) return base::Bytes(view.begin(), view.end());
  }
  std::string message = std::string(what) + " " + quoted(text) + " is not an id";
  if (!read.ok()) message = std::string(what) + " " + read.error().message;
  net::Pairs metadata{{"parameter", std::string(what)}, {"value", std::string(text)}};
  if (!read.ok() && !read.error().hint.empty()) metadata.emplace_back("hint", read.error().hint);
  return Err{bad_argument("INVALID_ID_FORMAT", message, metadata)};
}

Got<std::uint64_t> parse_number(std::string_view name, std::string_view text, std::uint64_t low,
                                std::uint64_t high) {
  const auto number = reflect::parse_whole(text);
  if (!number.ok() || *number < low || *number > high)
    return Err{not_a_value(
        name, text, "a whole number from " + std::to_string(low) + " to " + std::to_string(high))};
  return *number;
}

Got<std::optional<std::uint64_t>> query_number(const net::Request& request, std::string_view name,
                                               std::uint64_t low, std::uint64_t high) {
  const auto text = request.query_value(name);
  if (!text) return std::optional<std::uint64_t>();
  TRY_ASSIGN(const std::uint64_t number, parse_number(name, *text, low, high));
  return std::optional<std::uint64_t>(number);
}

Got<std::uint64_t> query_wait(const net::Request& request) {
  const auto text = request.query_value("wait");
  if (!text) return std::uint64_t{0};
  const auto ms = reflect::parse_duration(*text);
  if (!ms.ok() || *ms > kMostWaitMs)
    return Err{not_a_value("wait", *text, "a time up to 30s, as 10s or 500ms,")};
  return *ms;
}

Got<std::uint64_t> query_limit(const net::Request& request) {
  TRY_ASSIGN(const auto limit, query_number(request, "limit", 1, kMostLimit));
  return limit.value_or(kUsualLimit);
}

Got<json::object> body_object(const net::Request& request,
                              std::initializer_list<std::string_view> keys) {
  boost::system::error_code failed;
  json::parse_options options;
  options.max_depth = kJsonDepth;
  const json::value value = json::parse(request.body, failed, {}, options);
  if (failed || !value.is_object())
    return Err{bad_argument("INVALID_JSON", "the body is not a JSON object")};
  for (const auto& pair : value.get_object()) {
    const std::string key(pair.key());
    if (std::find(keys.begin(), keys.end(), key) == keys.end())
      return Err{bad_argument("UNKNOWN_PARAMETER", "no key " + quoted(key) + " here",
                              {{"parameter", key}})};
  }
  return value.get_object();
}

Got<std::string> body_text(const json::object& body, std::string_view key) {
  const json::value* value = body.if_contains(json::string_view(key.data(), key.size()));
  if (value == nullptr)
    return Err{bad_argument("MISSING_PARAMETER", quoted(key) + " is missing",
                            {{"parameter", std::string(key)}})};
  if (!value->is_string())
    return Err{bad_argument("INVALID_PARAMETER", quoted(key) + ": a string is due",
                            {{"parameter", std::string(key)}})};
  return std::string(value->get_string());
}

Got<base::Bytes> body_base64(const json::object& body, std::string_view key) {
  TRY_ASSIGN(const std::string text, body_text(body, key));
  auto bytes = base::from_base64(text);
  if (!bytes)
    return Err{bad_argument("INVALID_PARAMETER", quoted(key) + ": standard base64 is due",
                            {{"parameter", std::string(key)}})};
  return *std::move(bytes);
}

std::string write_cursor(const net::Request& request, const Cursor& cursor) {
  base::Writer out;
  out.raw(list_mark(request)).le(cursor.height).le(cursor.position);
  return base::to_base64url(out.bytes());
}

Got<std::optional<Cursor>> read_cursor(const net::Request& request) {
  const auto text = request.query_value("cursor");
  if (!text) return std::optional<Cursor>();
  const auto bytes = base::from_base64url(*text);
  if (!bytes || bytes->size() != kCursorBytes)
    return Err{bad_argument("INVALID_CURSOR", "the cursor is not one of this server")};
  base::Reader in(*bytes);
  const auto mark = in.raw(8);
  if (!base::equal(*mark, list_mark(request)))
    return Err{bad_argument("CURSOR_MISMATCH", "the cursor belongs to another list or filter")};
  Cursor cursor;
  cursor.height = *in.le<std::uint64_t>();
  cursor.position = *in.le<std::uint64_t>();
  return std::optional<Cursor>(cursor);
}

Reply epoch_page(const net::Request& request, const At& at, const reflect::Descriptor& type,
                 const std::function<std::optional<json::object>(base::Epoch)>& row) {
  TRY_ASSIGN(const std::uint64_t limit, query_limit(request));
  TRY_ASSIGN(const auto cursor, read_cursor(request));
  json::array data;
  std::uint64_t next = cursor ? cursor->position : 0;
  for (; next <= at.epoch.value() && data.size() < limit; ++next)
    if (auto one = row(base::Epoch(static_cast<std::uint32_t>(next))))
      data.push_back(*std::move(one));
  Page page{limit, "", std::nullopt};
  if (next <= at.epoch.value()) page.next = write_cursor(request, {0, next});
  return list_page(request, at, type, reflect::all_columns(type), std::move(data), page);
}

net::Response either(Reply reply) {
  return reply.ok() ? std::move(reply).value() : std::move(reply).error();
}

net::Handler reading(std::function<Reply(const net::Request&)> handler) {
  return [handler = std::move(handler)](const net::Request& request, net::Responder responder) {
    try {
      responder.send(either(handler(request)));
    } catch (const store::PastGone& gone) {
      responder.send(pruned(gone.height(), gone.oldest()));
    }
  };
}

}  // namespace wald::http
