// SPDX-License-Identifier: Apache-2.0
#include "node/net/peer_auth.h"

namespace wald::net {
namespace {

constexpr std::uint64_t kWindowMs = 60'000;
constexpr std::uint64_t kRememberMs = 150'000;

}  // namespace

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
    std::string_view authorization, const base::ChainId& chain, const proofs::HttpRequest& request,
    base::TimeMs now,
    const std::function<std::optional<base::PublicKey>(const base::NodeId&)>& key_of,
    SeenSet& seen) {
  const auto auth = proofs::parse_authorization(authorization);
  if (!auth) return base::Err{PeerRefusal::kMalformed};
  const std::uint64_t away =
      auth->time > now ? auth->time.value() - now.value() : now.value() - auth->time.value();
  if (away > kWindowMs) return base::Err{PeerRefusal::kOutsideWindow};
  const auto key = key_of(auth->node);
  if (!key) return base::Err{PeerRefusal::kUnknownNode};
  if (!proofs::verify_request(chain, request, *auth, *key))
    return base::Err{PeerRefusal::kBadSignature};
  if (!seen.insert(auth->node, auth->random, now)) return base::Err{PeerRefusal::kRepeated};
  return auth->node;
}

}  // namespace wald::net
