// SPDX-License-Identifier: Apache-2.0
// The error object of every surface (interfaces.md 5.2), and what a code looks like in it.
//
// `details[0]` is always the ErrorInfo. The message is the sentence of the code with what is known
// about the case, the metadata holds each variable of it, and `advice` says what to do. Pure.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <string>
#include <string_view>

#include "specs/proto/code.pb.h"

namespace wald::reflect {

inline constexpr std::string_view kLedgerDomain = "ledger.wald";

// The status word that belongs to an HTTP status: `FAILED_PRECONDITION` for 400 after the fee.
std::string_view status_word(spec::Code code);
int http_status(spec::Code code);

boost::json::object error_object(int http, std::string_view status, std::string_view reason,
                                 std::string_view domain, std::string_view message,
                                 const std::map<std::string, std::string>& metadata);

// For a refused transaction. `detail` may be empty.
boost::json::object code_error(spec::Code code, std::string_view detail,
                               std::map<std::string, std::string> metadata);

}  // namespace wald::reflect
