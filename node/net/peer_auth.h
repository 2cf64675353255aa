// SPDX-License-Identifier: Apache-2.0
// Requests between nodes (interfaces.md 5.8):
//   Authorization: Wald1 base64(node 32 | time ms u64 | random 16 | signature 64)
// with the node's protocol key over
//   "wald-http-v1" padded to 16 | chain 32 | B("wald.http", -, METHOD 0a target 0a host:port 0a)
//   | B("wald.httpbody", -, body) | time u64 | random 16
// Integers little-endian. `host` is the registered host:port of the receiver. A receiver refuses a
// time more than 60 s away and a random it has seen from that node; the set keeps 2^20 entries for
// 150 s, and when it is full everything is refused: better deaf than replayed.
// Thread rule: SeenSet has its own mutex, the rest is pure.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <set>

#include "codec/base/ids.h"
#include "codec/base/result.h"
#include "node/net/http.h"

namespace wald::net {

using Random16 = std::array<std::uint8_t, 16>;

struct PeerRequest {  // what is signed
  base::ChainId chain;
  Method method = Method::kGet;
  std::string target;
  std::string host;
  base::ByteView body;
};
base::Bytes peer_preimage(const PeerRequest& request, base::TimeMs time, const Random16& random);

using SignFn = std::function<std::array<std::uint8_t, 64>(base::ByteView preimage)>;
std::string peer_header(const PeerRequest& request, const base::NodeId& node, base::TimeMs time,
                        const Random16& random, const SignFn& sign);

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
    std::string_view authorization, const PeerRequest& request, base::TimeMs now,
    const std::function<std::optional<base::PublicKey>(const base::NodeId&)>& key_of,
    SeenSet& seen);

}  // namespace wald::net
