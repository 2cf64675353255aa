// SPDX-License-Identifier: Apache-2.0
// Requests between nodes: who signed, and is it fresh. Form and signature are those of
// proofs/request_auth.h; here a receiver refuses a time more than 60 s away from its clock and a
// random it has seen from that node. The set keeps 2^20 entries for 150 s; when it is full
// everything is refused: better deaf than replayed. Thread rule: SeenSet has its own mutex, the
// rest is pure.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <set>

#include "codec/base/result.h"
#include "proofs/request_auth.h"

namespace wald::net {

using Random16 = std::array<std::uint8_t, 16>;

class SeenSet {
 public:
  explicit SeenSet(std::size_t max_entries = 1u << 20) : max_entries_(max_entries) {}
  // True the first time; false if it was seen within 150 s or there is no room.
  bool insert(const base::NodeId& node, const Random16& random, base::TimeMs now);

 private:
  using Key = std::pair<base::NodeId, Random16>;
  const std::size_t max_entries_;
  std::mutex mutex_;
  std::set<Key> seen_;
  std::deque<std::pair<base::TimeMs, Key>> ages_;
};

enum class PeerRefusal { kMalformed, kOutsideWindow, kUnknownNode, kBadSignature, kRepeated };
std::string_view peer_refusal_name(PeerRefusal refusal);

// The node that signed. `key_of` answers a node's protocol key, or nothing. The random is
// remembered only once the signature holds, so nobody can fill the set or burn another's numbers.
base::Result<base::NodeId, PeerRefusal> verify_peer(
    std::string_view authorization, const base::ChainId& chain, const proofs::HttpRequest& request,
    base::TimeMs now,
    const std::function<std::optional<base::PublicKey>(const base::NodeId&)>& key_of,
    SeenSet& seen);

}  // namespace wald::net
