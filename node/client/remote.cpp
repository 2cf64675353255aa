// SPDX-License-Identifier: Apache-2.0
#include "node/client/remote.h"

#include "node/reflect/units.h"
#include "specs/proto/code.pb.h"

namespace wald::client {
namespace {

namespace json = boost::json;
using net::NetError;

constexpr std::size_t kMostPages = 10'000;

json::string_view key_view(std::string_view key) { return {key.data(), key.size()}; }

std::string text_or(const json::object& object, std::string_view key, std::string fallback) {
  const auto* value = object.if_contains(key_view(key));
  if (value == nullptr || !value->is_string()) return fallback;
  return std::string(value->get_string());
}

base::Err<Failure> strange(const std::string& url) {
  return fail(Exit::kUnexpected, "STRANGE_ANSWER", url + " answered with something else",
              "is this the address of a node's API?");
}

base::Err<Failure> net_failure(const std::string& url, const NetError& error, bool sent) {
  if (error.kind == NetError::Kind::kBadUrl)
    return usage("\"" + url + "\" is not an address", "http://host:port");
  const bool asked =
      error.kind != NetError::Kind::kResolve && error.kind != NetError::Kind::kConnect;
  if (sent && asked)
    return fail(Exit::kUnknownOutcome, "OUTCOME_UNKNOWN",
                url + " did not answer after the transaction was sent: " + error.text);
  auto out = fail(Exit::kUnreachable, "NODE_UNREACHABLE", url + ": " + error.text,
                  "is the node running? another one can be named with --url");
  out.error.status = "UNAVAILABLE";
  out.error.code = 503;
  return out;
}

// The error object of interfaces.md 5.2.
base::Err<Failure> refusal(const std::string& url, const net::Response& response) {
  boost::system::error_code failed;
  const json::value body = json::parse(response.body, failed);
  if (failed || !body.is_object()) return strange(url);
  const auto* error = body.get_object().if_contains("error");
  if (error == nullptr || !error->is_object()) return strange(url);
  Failure out;
  out.code = response.status;
  out.status = text_or(error->get_object(), "status", "UNKNOWN");
  out.message = text_or(error->get_object(), "message", "refused");
  const auto* details = error->get_object().if_contains("details");
  if (details != nullptr && details->is_array() && !details->get_array().empty() &&
      details->get_array()[0].is_object()) {
    const json::object& info = details->get_array()[0].get_object();
    out.reason = text_or(info, "reason", "");
    out.domain = text_or(info, "domain", "global");
    const auto* metadata = info.if_contains("metadata");
    if (metadata != nullptr && metadata->is_object())
      for (const auto& pair : metadata->get_object())
        if (pair.value().is_string())
          out.metadata[std::string(pair.key())] = std::string(pair.value().get_string());
  }
  const auto advice = out.metadata.find("advice");
  const auto hint = out.metadata.find("hint");
  if (advice != out.metadata.end()) out.hint = advice->second;
  if (hint != out.metadata.end()) out.hint = hint->second;
  out.exit = exit_of(out.code, out.reason);
  return base::Err<Failure>{std::move(out)};
}

}  // namespace

Exit exit_of(int http_status, const std::string& reason) {
  spec::Code code{};
  if (spec::Code_Parse(reason, &code) && code != spec::OK) return Exit::kRejected;
  switch (http_status) {
    case 400:
    case 413:
    case 414:
      return Exit::kUsage;
    case 404:
    case 410:
      return Exit::kNotFound;
    case 429:
    case 503:
    case 504:
      return Exit::kUnreachable;
    default:
      return Exit::kUnexpected;
  }
}

Outcome<std::string> text_at(const json::value& object, std::string_view key) {
  const auto* value = object.is_object() ? object.get_object().if_contains(key_view(key)) : nullptr;
  if (value == nullptr || !value->is_string())
    return fail(Exit::kUnexpected, "STRANGE_ANSWER",
                "the answer lacks \"" + std::string(key) + "\"");
  return std::string(value->get_string());
}

Outcome<std::uint64_t> number_at(const json::value& object, std::string_view key) {
  const auto* value = object.is_object() ? object.get_object().if_contains(key_view(key)) : nullptr;
  if (value != nullptr && value->is_int64() && value->get_int64() >= 0)
    return static_cast<std::uint64_t>(value->get_int64());
  if (value != nullptr && value->is_string()) {
    const auto number = reflect::parse_whole(std::string_view(value->get_string()));
    if (number.ok()) return *number;
  }
  return fail(Exit::kUnexpected, "STRANGE_ANSWER",
              "the answer lacks the number \"" + std::string(key) + "\"");
}

Outcome<Reply> Remote::ask(net::Ask ask) {
  ask.timeout_ms = timeout_;
  const bool sends = ask.method == net::Method::kPost && ask.url.ends_with("/v1/txs");
  if (height_)
    ask.url += (ask.url.find('?') == std::string::npos ? "?height=" : "&height=") +
               std::to_string(*height_);
  const auto response = client_.request(ask);
  if (!response.ok()) return net_failure(url_, response.error(), sends);
  if (response->status < 200 || response->status > 299) return refusal(url_, *response);
  boost::system::error_code failed;
  json::value body = json::parse(response->body, failed);
  if (failed || !body.is_object() || !body.get_object().contains("data")) return strange(url_);
  json::object& object = body.get_object();
  Reply out;
  out.status = response->status;
  out.data = std::move(object["data"]);
  if (const auto* at = object.if_contains("at"); at != nullptr && at->is_object())
    out.at = at->get_object();
  if (const auto* page = object.if_contains("page"); page != nullptr && page->is_object()) {
    out.next = text_or(page->get_object(), "next", "");
    const auto after = number_at(*page, "after");
    if (after.ok()) out.after = *after;
  }
  return out;
}

Outcome<Reply> Remote::get(const std::string& path) {
  net::Ask question;
  question.url = url_ + path;
  return ask(std::move(question));
}

Outcome<json::array> Remote::list(const std::string& path) {
  json::array out;
  std::string cursor;
  const std::string joint = path.find('?') == std::string::npos ? "?" : "&";
  for (std::size_t page = 0; page < kMostPages; ++page) {
    std::string target = path;
    target.append(joint).append("limit=1000");
    if (!cursor.empty()) target.append("&cursor=").append(net::percent_encode(cursor));
    TRY_ASSIGN(Reply reply, get(target));
    if (!reply.data.is_array()) return strange(url_);
    for (auto& row : reply.data.get_array()) out.push_back(std::move(row));
    if (reply.next.empty()) return out;
    cursor = reply.next;
  }
  return fail(Exit::kUnexpected, "ENDLESS_LIST", url_ + " never ends its list");
}

Outcome<Reply> Remote::post(const std::string& path, const json::object& body) {
  net::Ask question;
  question.method = net::Method::kPost;
  question.url = url_ + path;
  question.headers = {{"content-type", "application/json"}};
  question.body = json::serialize(body);
  return ask(std::move(question));
}

Outcome<Reply> Remote::submit(const std::string& envelope) {
  net::Ask question;
  question.method = net::Method::kPost;
  question.url = url_ + "/v1/txs";
  question.headers = {{"content-type", "application/octet-stream"}};
  question.body = envelope;
  return ask(std::move(question));
}

}  // namespace wald::client
