// SPDX-License-Identifier: Apache-2.0
// Requests and responses as the rest of the node sees them. Header names are lower case here,
// whatever came over the wire. Nothing of Boost shows (architecture.md 15). Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wald::net {

enum class Method { kGet, kHead, kPut, kPost, kDelete, kOptions };
std::string_view method_name(Method method);
std::optional<Method> parse_method(std::string_view name);

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Request {
  Method method = Method::kGet;
  std::string target;  // path and query as sent, at most 2 KiB
  std::string path;    // as sent, without the query
  Pairs query;         // decoded, in the order sent
  Pairs params;        // of the route's pattern, decoded
  Pairs headers;
  std::string body;
  std::string peer;                       // text of the address, "local" for a Unix socket
  std::string request_id;                 // echoed as X-Request-Id
  std::optional<std::uint32_t> peer_uid;  // Unix sockets only

  // Empty / nothing where there is none; of several the first counts.
  std::string_view header(std::string_view lower_name) const;
  std::string_view param(std::string_view name) const;
  std::optional<std::string_view> query_value(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type;  // empty: no Content-Type
  Pairs headers;
  std::string body;

  std::string_view header(std::string_view lower_name) const;
};

Response json_response(std::string body, int status = 200);
Response bytes_response(std::string body, int status = 200);  // application/octet-stream
Response text_response(std::string body, int status = 200);

// Percent-decoding; refuses broken escapes and zero bytes. `plus`: '+' is a space (queries).
std::optional<std::string> percent_decode(std::string_view text, bool plus);
std::string percent_encode(std::string_view text);  // all but unreserved characters

struct Target {
  std::string path;
  std::vector<std::string> segments;  // decoded
  Pairs query;
};
// A target in origin form: begins with '/', printable ASCII, valid escapes, no "." or ".." segment.
std::optional<Target> parse_target(std::string_view target);

}  // namespace wald::net
