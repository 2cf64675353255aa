// SPDX-License-Identifier: Apache-2.0
#include "proofs/request_auth.h"

#include "codec/base/text.h"

namespace wald::proofs {
namespace {
constexpr std::string_view kScheme = "Wald1 ";
constexpr std::size_t kSize = 32 + 8 + 16 + 64;
}  // namespace

std::optional<base::Bytes> request_preimage(const base::ChainId& chain, const HttpRequest& request,
                                            base::TimeMs time,
                                            const std::array<std::uint8_t, 16>& random) {
  base::Writer head;
  for (const std::string_view part : {request.method, request.target, request.host}) {
    if (part.find('\n') != std::string_view::npos) return std::nullopt;
    head.text(part).u8('\n');
  }
  base::Writer out;
  out.raw(domain("wald-http-v1")).raw(chain.view());
  out.raw(base::tagged_hash("wald.http", {}, head.bytes()).view());
  out.raw(base::tagged_hash("wald.httpbody", {}, request.body).view());
  out.le(time.value()).raw(random);
  WALD_CHECK(out.size() == 16 + 32 + 32 + 32 + 8 + 16);
  return std::move(out).bytes();
}

std::string authorization_value(const RequestAuth& auth) {
  base::Writer out;
  out.raw(auth.node.view()).le(auth.time.value()).raw(auth.random).raw(auth.signature);
  WALD_CHECK(out.size() == kSize);
  return std::string(kScheme) + base::to_base64(out.bytes());
}

std::optional<RequestAuth> parse_authorization(std::string_view value) {
  if (value.substr(0, kScheme.size()) != kScheme) return std::nullopt;
  const auto bytes = base::from_base64(value.substr(kScheme.size()));
  if (!bytes || bytes->size() != kSize) return std::nullopt;
  base::Reader in(*bytes);
  RequestAuth out;
  const auto node = in.id<base::NodeId>();
  const auto time = in.le<std::uint64_t>();
  const auto random = in.raw(out.random.size());
  const auto signature = in.raw(out.signature.size());
  WALD_CHECK(node && time && random && signature && in.done());
  out.node = *node;
  out.time = base::TimeMs(*time);
  std::copy(random->begin(), random->end(), out.random.begin());
  std::copy(signature->begin(), signature->end(), out.signature.begin());
  return out;
}

bool verify_request(const base::ChainId& chain, const HttpRequest& request, const RequestAuth& auth,
                    const base::PublicKey& protocol_key) {
  const auto preimage = request_preimage(chain, request, auth.time, auth.random);
  return preimage && verify_signature(protocol_key, *preimage, auth.signature);
}

}  // namespace wald::proofs
