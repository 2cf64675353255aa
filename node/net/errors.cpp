// SPDX-License-Identifier: Apache-2.0
#include "node/net/errors.h"

#include <array>

#include "codec/base/check.h"

namespace wald::net {
namespace {

struct Row {
  Status status;
  std::string_view name;
  int code;
};
// 405, 413 and 431 have no name of their own in the scheme: they are wrong arguments.
constexpr std::array kRows{
    Row{Status::kInvalidArgument, "INVALID_ARGUMENT", 400},
    Row{Status::kFailedPrecondition, "FAILED_PRECONDITION", 400},
    Row{Status::kUnauthenticated, "UNAUTHENTICATED", 401},
    Row{Status::kPermissionDenied, "PERMISSION_DENIED", 403},
    Row{Status::kSizeExceeded, "SIZE_EXCEEDED", 403},
    Row{Status::kNotFound, "NOT_FOUND", 404},
    Row{Status::kMethodNotAllowed, "INVALID_ARGUMENT", 405},
    Row{Status::kAborted, "ABORTED", 409},
    Row{Status::kPruned, "PRUNED", 410},
    Row{Status::kPayloadTooLarge, "SIZE_EXCEEDED", 413},
    Row{Status::kRangeNotSatisfiable, "RANGE_NOT_SATISFIABLE", 416},
    Row{Status::kResourceExhausted, "RESOURCE_EXHAUSTED", 429},
    Row{Status::kHeaderTooLarge, "INVALID_ARGUMENT", 431},
    Row{Status::kUnavailableForLegalReasons, "UNAVAILABLE_FOR_LEGAL_REASONS", 451},
    Row{Status::kInternal, "INTERNAL", 500},
    Row{Status::kUnavailable, "UNAVAILABLE", 503},
    Row{Status::kDeadlineExceeded, "DEADLINE_EXCEEDED", 504},
};

const Row& row_of(Status status) {
  for (const Row& row : kRows)
    if (row.status == status) return row;
  base::check_failed("every status has a row", __FILE__, __LINE__);
}

// Length of the well-formed UTF-8 sequence at `at`, 0 if there is none (RFC 3629, table 3-7 of
// Unicode: no overlong form, no surrogate, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

int http_code(Status status) { return row_of(status).code; }
std::string_view status_name(Status status) { return row_of(status).name; }

std::string json_quote(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_length(text, i);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      ++i;
      continue;
    }
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(text[i]);
    } else if (c < 0x20) {
      out += "\\u00";
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
    } else {
      out += text.substr(i, length);
    }
    i += length;
  }
  out.push_back('"');
  return out;
}

Response error_response(Status status, std::string_view reason, std::string_view domain,
                        std::string_view message, const Pairs& metadata) {
  const Row& row = row_of(status);
  std::string body = "{\"error\":{\"status\":" + json_quote(row.name) +
                     ",\"code\":" + std::to_string(row.code) +
                     ",\"message\":" + json_quote(message) +
                     ",\"details\":[{\"@type\":\"ErrorInfo\",\"reason\":" + json_quote(reason) +
                     ",\"domain\":" + json_quote(domain) + ",\"metadata\":{";
  bool first = true;
  for (const auto& [key, value] : metadata) {
    if (!first) body.push_back(',');
    first = false;
    body += json_quote(key) + ":" + json_quote(value);
  }
  body += "}}]}}";
  return json_response(std::move(body), row.code);
}

Response retry_response(Status status, std::string_view reason, std::string_view domain,
                        std::string_view message, std::uint64_t retry_after_s) {
  const std::string seconds = std::to_string(retry_after_s);
  Response out = error_response(status, reason, domain, message, {{"retryAfter", seconds}});
  out.headers.emplace_back("retry-after", seconds);
  return out;
}

}  // namespace wald::net
