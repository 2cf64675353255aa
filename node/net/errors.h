// SPDX-License-Identifier: Apache-2.0
// The one error object of all surfaces (interfaces.md 5.2): a status name with its HTTP code, and
// an ErrorInfo {reason, domain, metadata} as details[0], which clients read. Metadata holds each
// variable of the message, in the order given.
#pragma once

#include <string_view>

#include "node/net/http.h"

namespace wald::net {

enum class Status {
  kInvalidArgument,
  kFailedPrecondition,
  kUnauthenticated,
  kPermissionDenied,
  kSizeExceeded,
  kNotFound,
  kMethodNotAllowed,
  kAborted,
  kPruned,
  kPayloadTooLarge,
  kRangeNotSatisfiable,
  kResourceExhausted,
  kHeaderTooLarge,
  kUnavailableForLegalReasons,
  kInternal,
  kUnavailable,
  kDeadlineExceeded,
};

int http_code(Status status);
std::string_view status_name(Status status);

inline constexpr std::string_view kLedgerDomain = "ledger.wald";
inline constexpr std::string_view kStorageDomain = "storage.walrus.space";
inline constexpr std::string_view kDaemonDomain = "daemon.walrus.space";
inline constexpr std::string_view kGlobalDomain = "global";

Response error_response(Status status, std::string_view reason, std::string_view domain,
                        std::string_view message, const Pairs& metadata = {});
// 429 or 503 with Retry-After.
Response retry_response(Status status, std::string_view reason, std::string_view domain,
                        std::string_view message, std::uint64_t retry_after_s);

// A JSON string literal, quotes included; bytes that are not UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

}  // namespace wald::net
