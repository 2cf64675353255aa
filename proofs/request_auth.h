// SPDX-License-Identifier: Apache-2.0
// How one node authorises an HTTP request to another:
//   Authorization: Wald1 base64(node 32 | time ms u64 | random 16 | signature 64)
// signed over `wald-http-v1` padded to 16 | chain 32 | B("wald.http", -, method 0a target 0a host
// 0a) | B("wald.httpbody", -, body) | time u64 | random 16. Method in upper case, target = path and
// query as sent, host = host:port as registered. Freshness and repeats are judged by who receives
// it. Pure. Rule O-38 (node authorisation), specs/interfaces.md 5.8.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "codec/base/hash.h"
#include "proofs/signature.h"

namespace wald::proofs {

struct HttpRequest {
  std::string_view method;
  std::string_view target;
  std::string_view host;
  base::ByteView body;
};

struct RequestAuth {
  base::NodeId node;
  base::TimeMs time;
  std::array<std::uint8_t, 16> random{};
  Signature signature{};
};

// What the node's protocol key signs. The parts of the request hold no line feed: one that does is
// refused where it is received; here it answers nothing.
std::optional<base::Bytes> request_preimage(const base::ChainId& chain, const HttpRequest& request,
                                            base::TimeMs time,
                                            const std::array<std::uint8_t, 16>& random);

std::string authorization_value(const RequestAuth& auth);
// Exactly the form above, strict base64, nothing around it.
std::optional<RequestAuth> parse_authorization(std::string_view value);

bool verify_request(const base::ChainId& chain, const HttpRequest& request, const RequestAuth& auth,
                    const base::PublicKey& protocol_key);

}  // namespace wald::proofs
