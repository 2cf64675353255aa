// SPDX-License-Identifier: Apache-2.0
#include "node/net/request_rules.h"

#include <unistd.h>

#include <algorithm>

#include "node/net/errors.h"
#include "node/os/clock.h"

namespace wald::net {
namespace {

constexpr std::size_t kHeaderLines = 64;
constexpr std::size_t kTargetBytes = 2'048;

Response bad(std::string_view reason, std::string_view message, int status = 400) {
  Response out = error_response(Status::kInvalidArgument, reason, kGlobalDomain, message);
  out.status = status;
  return out;
}

std::optional<Response> judge_form(const ServerOptions& options, const Request& request,
                                   const HeaderFacts& facts) {
  if (facts.version != 11) return bad("VERSION_NOT_SUPPORTED", "only HTTP/1.1 is spoken here", 505);
  if (request.headers.size() > kHeaderLines)
    return error_response(Status::kHeaderTooLarge, "TOO_MANY_HEADERS", kGlobalDomain,
                          "more than 64 header lines");
  if (request.target.size() > kTargetBytes)
    return bad("TARGET_TOO_LONG", "the target is longer than 2 KiB", 414);
  const auto hosts = std::count_if(request.headers.begin(), request.headers.end(),
                                   [](const auto& field) { return field.first == "host"; });
  if (hosts != 1) return bad("MALFORMED_REQUEST", "exactly one Host header is required");
  // A page of another origin could point its own name at us; only known names are served.
  const auto& names = options.host_names;
  if (!names.empty() && !request.peer_uid &&
      std::find(names.begin(), names.end(), request.header("host")) == names.end())
    return error_response(Status::kPermissionDenied, "HOST_NOT_SERVED", kGlobalDomain,
                          "this host name is not served here",
                          {{"host", std::string(request.header("host"))}});
  const std::string_view expect = request.header("expect");
  if (!expect.empty() && lower_case(expect) != "100-continue")
    return bad("EXPECTATION_FAILED", "only Expect: 100-continue is known", 417);
  return std::nullopt;
}

Response not_found(const Router::Match& match) {
  if (match.other_methods.empty())
    return error_response(Status::kNotFound, "NO_SUCH_ROUTE", kGlobalDomain,
                          "there is no such path");
  std::string allow;
  for (const Method method : match.other_methods)
    allow += (allow.empty() ? "" : ", ") + std::string(method_name(method));
  Response out = error_response(Status::kMethodNotAllowed, "METHOD_NOT_ALLOWED", kGlobalDomain,
                                "the path does not take this method", {{"allow", allow}});
  out.headers.emplace_back("allow", allow);
  return out;
}

Response preflight(const Router::Match& match) {
  Response out{204, {}, {}, {}};
  std::string allow;
  for (const Method method : match.other_methods)
    allow += (allow.empty() ? "" : ", ") + std::string(method_name(method));
  out.headers.emplace_back("access-control-allow-methods", allow);
  out.headers.emplace_back("access-control-allow-headers", "content-type, authorization, range");
  out.headers.emplace_back("access-control-max-age", "600");
  return out;
}

}  // namespace

Admission admit(ServerCore& core, Request& request, const HeaderFacts& facts,
                const std::string& peer_key) {
  Admission out;
  out.refusal = judge_form(core.options, request, facts);
  if (out.refusal) {
    ++core.malformed;
    return out;
  }
  const auto method = parse_method(facts.method);
  auto target = parse_target(request.target);
  if (!method || !target) {
    ++core.malformed;
    out.refusal = method ? bad("MALFORMED_REQUEST", "the target is not a path with valid escapes")
                         : bad("METHOD_NOT_ALLOWED", "the method is not known here", 405);
    return out;
  }
  request.method = *method;
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  Router::Match match = core.router->match(*method, target->segments);
  if (match.route == nullptr) {
    const bool asks_first = *method == Method::kOptions && !match.other_methods.empty();
    out.verdict = core.limiter.take(LimitClass::kPoint, peer_key, os::monotonic_ms());
    out.refusal = asks_first ? preflight(match) : not_found(match);
  } else {
    out.verdict = core.limiter.take(match.route->limit, peer_key, os::monotonic_ms());
  }
  if (!out.verdict.allowed) {
    ++core.limited;
    out.refusal = retry_response(Status::kResourceExhausted, "RATE_LIMITED", kGlobalDomain,
                                 "too many requests", out.verdict.retry_after_s);
  }
  if (out.refusal) return out;
  request.params = std::move(match.params);
  if (match.route->auth == Auth::kAdmin &&
      (!request.peer_uid || (*request.peer_uid != 0 && *request.peer_uid != ::geteuid()))) {
    out.refusal = error_response(Status::kPermissionDenied, "ADMIN_SOCKET_ONLY", kGlobalDomain,
                                 "this is served on the admin socket, to the node's own user");
  } else if (facts.content_length > match.route->body_cap) {
    out.refusal = body_too_large(match.route->body_cap);
  } else if (match.route->holds && !core.holds.take(peer_key)) {
    ++core.limited;
    out.refusal = retry_response(Status::kResourceExhausted, "TOO_MANY_STREAMS", kGlobalDomain,
                                 "too many open polls or streams", 5);
  } else {
    out.holds = match.route->holds;
    out.route = match.route;
  }
  return out;
}

Response body_too_large(std::uint64_t cap) {
  const std::string limit = std::to_string(cap);
  return error_response(Status::kPayloadTooLarge, "BODY_TOO_LARGE", kGlobalDomain,
                        "the body is larger than " + limit + " bytes", {{"limit", limit}});
}

bool valid_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}

bool plain_header(std::string_view name, std::string_view value) {
  const auto token = [](char c) { return c > 0x20 && c < 0x7F && c != ':'; };
  const auto text = [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), token) &&
         std::all_of(value.begin(), value.end(), text);
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view cors_answer(const ServerOptions& options, const Route* route, Method method,
                             std::string_view origin) {
  if (origin.empty()) return {};
  const bool read = method == Method::kGet || method == Method::kHead;
  if (route != nullptr && read &&
      (route->surface == Surface::kStorage || route->surface == Surface::kAggregator))
    return "*";
  const auto& listed = options.cors_origins;
  const bool known = std::find(listed.begin(), listed.end(), origin) != listed.end();
  return known ? origin : std::string_view();
}

}  // namespace wald::net
