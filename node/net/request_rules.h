// SPDX-License-Identifier: Apache-2.0
// Private to the server: the judgement of a request by its header alone, free of any socket.
#pragma once

#include <optional>

#include "node/net/session.h"

namespace wald::net {

struct HeaderFacts {
  std::string method;
  unsigned version = 11;             // 10 times major, plus minor
  std::uint64_t content_length = 0;  // 0 if there is none
};

struct Admission {
  std::optional<Response> refusal;
  const Route* route = nullptr;
  Limiter::Verdict verdict;
  bool holds = false;  // a slot of core.holds was taken
};

// Fills method, path, query and params of the request from its target and headers.
Admission admit(ServerCore& core, Request& request, const HeaderFacts& facts,
                const std::string& peer_key);

Response body_too_large(std::uint64_t cap);
bool valid_request_id(std::string_view id);                        // 1 to 64 of [A-Za-z0-9._-]
bool plain_header(std::string_view name, std::string_view value);  // no control characters
std::string lower_case(std::string_view text);
// The value of Access-Control-Allow-Origin, or nothing. `route` may be null.
std::string_view cors_answer(const ServerOptions& options, const Route* route, Method method,
                             std::string_view origin);

}  // namespace wald::net
