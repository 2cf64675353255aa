// SPDX-License-Identifier: Apache-2.0
#include "node/net/peer_auth.h"

#include <sodium.h>

#include "codec/base/hash.h"
#include "codec/base/text.h"

namespace wald::net {
namespace {

constexpr std::string_view kScheme = "Wald1 ";
constexpr std::uint64_t kWindowMs = 60'000;
constexpr std::uint64_t kRememberMs = 150'000;
constexpr std::size_t kTokenBytes = 32 + 8 + 16 + 64;

}  // namespace

base::Bytes peer_preimage(const PeerRequest& request, base::TimeMs time, const Random16& random) {
  const std::string head =
      std::string(method_name(request.method)) + "\n" + request.target + "\n" + request.host + "\n";
  base::Writer out;
  out.padded("wald-http-v1", 16).raw(request.chain.view());
  out.raw(base::tagged_hash("wald.http", {}, base::as_bytes(head)).view());
  out.raw(base::tagged_hash("wald.httpbody", {}, request.body).view());
  out.le(time.value()).raw(random);
  return std::move(out).bytes();
}

std::string peer_header(const PeerRequest& request, const base::NodeId& node, base::TimeMs time,
                        const Random16& random, const SignFn& sign) {
  base::Writer token;
  token.raw(node.view()).le(time.value()).raw(random);
  token.raw(sign(peer_preimage(request, time, random)));
  return std::string(kScheme) + base::to_base64(token.bytes());
}

bool SeenSet::insert(const base::NodeId& node, const Random16& random, base::TimeMs now) {
  const std::lock_guard lock(mutex_);
  while (!ages_.empty() && ages_.front().first.value() + kRememberMs < now.value()) {
    seen_.erase(ages_.front().second);
    ages_.pop_front();
  }
  if (seen_.size() >= max_entries_) return false;
  const Key key{node, random};
  if (!seen_.insert(key).second) return false;
  ages_.emplace_back(now, key);
  return true;
}

std::string_view peer_refusal_name(PeerRefusal refusal) {
  switch (refusal) {
    case PeerRefusal::kMalformed:
      return "MALFORMED_AUTHORIZATION";
    case PeerRefusal::kOutsideWindow:
      return "OUTSIDE_TIME_WINDOW";
    case PeerRefusal::kUnknownNode:
      return "UNKNOWN_NODE";
    case PeerRefusal::kBadSignature:
      return "BAD_SIGNATURE";
    case PeerRefusal::kRepeated:
      return "REPEATED_REQUEST";
  }
  return "";
}

base::Result<base::NodeId, PeerRefusal> verify_peer(
    std::string_view authorization, const PeerRequest& request, base::TimeMs now,
    const std::function<std::optional<base::PublicKey>(const base::NodeId&)>& key_of,
    SeenSet& seen) {
  if (!authorization.starts_with(kScheme)) return base::Err{PeerRefusal::kMalformed};
  const auto token = base::from_base64(authorization.substr(kScheme.size()));
  if (!token || token->size() != kTokenBytes) return base::Err{PeerRefusal::kMalformed};
  base::Reader reader(*token);
  const base::NodeId node = *reader.id<base::NodeId>();
  const base::TimeMs time(*reader.le<std::uint64_t>());
  Random16 random{};
  const base::ByteView random_bytes = *reader.raw(random.size());
  std::copy(random_bytes.begin(), random_bytes.end(), random.begin());
  const std::uint64_t away = time > now ? time.value() - now.value() : now.value() - time.value();
  if (away > kWindowMs) return base::Err{PeerRefusal::kOutsideWindow};
  const auto key = key_of(node);
  if (!key) return base::Err{PeerRefusal::kUnknownNode};
  const base::Bytes preimage = peer_preimage(request, time, random);
  if (::crypto_sign_verify_detached(reader.raw(64)->data(), preimage.data(), preimage.size(),
                                    key->bytes().data()) != 0)
    return base::Err{PeerRefusal::kBadSignature};
  if (!seen.insert(node, random, now)) return base::Err{PeerRefusal::kRepeated};
  return node;
}

}  // namespace wald::net
