// SPDX-License-Identifier: Apache-2.0
#include "node/reflect/error.h"

#include "codec/base/check.h"
#include "node/reflect/schema.h"

namespace wald::reflect {

namespace json = boost::json;

int http_status(spec::Code code) { return static_cast<int>(code_rule(code).http()); }

std::string_view status_word(spec::Code code) {
  const spec::CodeRule& rule = code_rule(code);
  switch (rule.http()) {
    case 200:
      return "OK";
    case 400:
      return rule.stage() == spec::STAGE_BEFORE_FEE ? "INVALID_ARGUMENT" : "FAILED_PRECONDITION";
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return code == spec::TOO_LARGE || code == spec::BLOB_TOO_LARGE ? "SIZE_EXCEEDED"
                                                                     : "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 409:
      return "ABORTED";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 500:
      return "INTERNAL";
    default:
      WALD_CHECK(rule.http() == 503);
      return "UNAVAILABLE";
  }
}

json::object error_object(int http, std::string_view status, std::string_view reason,
                          std::string_view domain, std::string_view message,
                          const std::map<std::string, std::string>& metadata) {
  const auto text = [](std::string_view s) { return json::value(std::string(s)); };
  json::object values;
  for (const auto& [key, value] : metadata) values[key] = value;
  json::object info;
  info["@type"] = "ErrorInfo";
  info["reason"] = text(reason);
  info["domain"] = text(domain);
  info["metadata"] = std::move(values);
  json::object error;
  error["status"] = text(status);
  error["code"] = http;
  error["message"] = text(message);
  error["details"] = json::array{std::move(info)};
  json::object out;
  out["error"] = std::move(error);
  return out;
}

json::object code_error(spec::Code code, std::string_view detail,
                        std::map<std::string, std::string> metadata) {
  const spec::CodeRule& rule = code_rule(code);
  std::string message = rule.sentence();
  if (!detail.empty()) message += ": " + std::string(detail);
  metadata.emplace("advice", rule.advice());
  return error_object(http_status(code), status_word(code), code_name(code), kLedgerDomain, message,
                      metadata);
}

}  // namespace wald::reflect
