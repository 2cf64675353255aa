// SPDX-License-Identifier: Apache-2.0
// The exchange of openings between nodes (O-38): the route that answers and the call that asks.
//
// POST /v1/exchange/openings is answered in VERIFY and INSPECT as this node's own state shows them,
// to members of the round who sign their request (peer_of judges the signature), for leaves that
// are assigned to the asker (O-14): of this node itself from its answers, of another prover from
// what this node has fetched and found good. Errors, domain storage.walrus.space: 400 BAD_REQUEST
// (form, unknown place or prover), 403 NOT_A_MEMBER, NOT_ASSIGNED, 404 NO_COMMIT, 413
// TOO_MANY_OPENINGS, 503 NO_SUCH_ROUND (not seen here yet, or over) with Retry-After. Thread rule:
// any thread; what is served is replaced as a whole.
#pragma once

#include <map>
#include <mutex>

#include "ledger/challenges.h"
#include "node/audit/parts.h"
#include "node/net/client.h"
#include "node/net/router.h"
#include "proofs/exchange.h"
#include "proofs/prove/answer.h"

namespace wald::audit {

inline constexpr std::string_view kOpeningsTarget = "/v1/exchange/openings";
inline constexpr std::uint64_t kMaxAnswerBytes = 16u << 20;  // of one answer

// Bytes that one opening weighs at most: an OK leaf of that symbol size.
std::uint64_t opening_bytes(std::uint32_t shards, std::uint16_t points, std::uint32_t symbol_size);

// Openings of other provers that this node has checked, kept until the round is over.
class CheckedOpenings {
 public:
  static constexpr std::uint64_t kCap = 64u << 20;  // bytes; beyond it they are not kept

  void add(std::uint16_t prover, std::uint16_t t, const proofs::Opening& opening);
  std::optional<proofs::Opening> find(std::uint16_t prover, std::uint16_t t) const;
  std::uint64_t bytes() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, proofs::Opening> openings_;
  std::uint64_t bytes_ = 0;
};

// One round as it is served. Immutable but for `checked`.
struct ServedRound {
  ledger::rounds::RoundView view;
  proofs::Assignment assignment;
  std::uint16_t place = 0;                        // of this node
  std::shared_ptr<const prove::Answers> answers;  // to what this node committed; may be null
  std::map<std::uint16_t, base::Hash> roots;      // by prover, of all commits seen
  std::shared_ptr<const CheckedOpenings> checked;
};

class Exchange {
 public:
  Exchange(base::NodeId self,
           std::function<std::optional<base::NodeId>(const net::Request&)> peer_of)
      : self_(self), peer_of_(std::move(peer_of)) {}

  void serve(std::shared_ptr<const ServedRound> round);  // null: nothing
  net::Response answer(const net::Request& request) const;

 private:
  const base::NodeId self_;
  const std::function<std::optional<base::NodeId>(const net::Request&)> peer_of_;
  mutable std::mutex mutex_;
  std::shared_ptr<const ServedRound> round_;
};

// `exchange` outlives the router.
void add_exchange_routes(net::Router& router, const Exchange& exchange);

// Asks over HTTP; `authorise` makes the Authorization header. `client` outlives the result.
AskOpenings http_openings(net::Client& client, storage::PeerClient::Authorise authorise);

}  // namespace wald::audit
