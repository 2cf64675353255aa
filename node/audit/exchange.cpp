// SPDX-License-Identifier: Apache-2.0
#include "node/audit/exchange.h"

#include <algorithm>

#include "node/net/errors.h"

namespace wald::audit {
namespace {

using net::Response;
using net::Status;

constexpr std::uint64_t kHash = 32;
constexpr std::uint64_t kLongestRequest = 4 + 2 + 32 + 2 + 2 * 65'535;

Response refuse(Status status, std::string_view reason, std::string_view text) {
  return net::error_response(status, reason, net::kStorageDomain, text);
}

std::uint64_t weight_of(const proofs::Opening& opening) {
  return 6 + opening.leaf.size() + kHash * opening.path.size() + opening.membership.size();
}

// The opening of one leaf, if this node holds it.
std::optional<proofs::Opening> held(const ServedRound& round, std::uint16_t prover,
                                    std::uint16_t t) {
  if (prover != round.place) return round.checked->find(prover, t);
  return round.answers->open(t);
}

Response answer_for(const ServedRound& round, std::uint16_t asker,
                    const proofs::OpeningsRequest& request) {
  const auto prover = ledger::rounds::place_of(round.view.committee, request.prover);
  if (!prover)
    return refuse(Status::kInvalidArgument, "BAD_REQUEST", "the prover is no member of the round");
  const auto root = round.roots.find(*prover);
  if (root == round.roots.end() || (*prover == round.place && !round.answers))
    return refuse(Status::kNotFound, "NO_COMMIT", "no answers of this prover are known here");
  proofs::OpeningsAnswer out{root->second, {}};
  std::uint64_t bytes = 0;
  for (const std::uint16_t t : request.places) {
    if (t >= round.view.record.points)
      return refuse(Status::kInvalidArgument, "BAD_REQUEST", "no such point in this round");
    const auto verifiers = round.assignment.verifiers(request.prover, *prover, t);
    if (std::find(verifiers.begin(), verifiers.end(), asker) == verifiers.end())
      return refuse(Status::kPermissionDenied, "NOT_ASSIGNED",
                    "a leaf that is asked for is not assigned to the asker");
    out.openings.push_back(held(round, *prover, t));
    if (out.openings.back()) bytes += weight_of(*out.openings.back());
    if (bytes > kMaxAnswerBytes)
      return refuse(Status::kSizeExceeded, "TOO_MANY_OPENINGS", "ask for fewer leaves at once");
  }
  return net::bytes_response(base::string_of(proofs::encode_openings_answer(out)));
}

}  // namespace

std::uint64_t opening_bytes(std::uint32_t shards, std::uint16_t points, std::uint32_t symbol_size) {
  const std::uint64_t leaf = 2 + 1 + 4 + symbol_size + 1 + kHash * base::merkle_height(shards);
  return 4 + leaf + 1 + kHash * base::merkle_height(points);
}

void CheckedOpenings::add(std::uint16_t prover, std::uint16_t t, const proofs::Opening& opening) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t weight = weight_of(opening);
  if (bytes_ + weight > kCap) return;
  if (openings_.emplace(std::pair(prover, t), opening).second) bytes_ += weight;
}

std::optional<proofs::Opening> CheckedOpenings::find(std::uint16_t prover, std::uint16_t t) const {
  const std::lock_guard lock(mutex_);
  const auto at = openings_.find({prover, t});
  if (at == openings_.end()) return std::nullopt;
  return at->second;
}

std::uint64_t CheckedOpenings::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void Exchange::serve(std::shared_ptr<const ServedRound> round) {
  const std::lock_guard lock(mutex_);
  round_ = std::move(round);
}

Response Exchange::answer(const net::Request& request) const {
  const auto asked = proofs::parse_openings_request(base::as_bytes(request.body));
  if (!asked)
    return refuse(Status::kInvalidArgument, "BAD_REQUEST", "not the form of a request of openings");
  std::shared_ptr<const ServedRound> round;
  {
    const std::lock_guard lock(mutex_);
    round = round_;
  }
  if (!round || round->view.id.epoch != asked->epoch || round->view.id.round != asked->round)
    return net::retry_response(Status::kUnavailable, "NO_SUCH_ROUND", net::kStorageDomain,
                               "this node does not see that round in VERIFY or INSPECT", 1);
  const auto peer = peer_of_ ? peer_of_(request) : std::nullopt;
  const auto asker = peer ? ledger::rounds::place_of(round->view.committee, *peer) : std::nullopt;
  if (!asker)
    return refuse(Status::kPermissionDenied, "NOT_A_MEMBER",
                  "openings go to members of the round who sign their request");
  return answer_for(*round, *asker, *asked);
}

void add_exchange_routes(net::Router& router, const Exchange& exchange) {
  net::Route route;
  route.method = net::Method::kPost;
  route.pattern = std::string(kOpeningsTarget);
  route.surface = net::Surface::kStorage;
  route.limit = net::LimitClass::kPoint;
  route.body_cap = kLongestRequest;
  route.handler =
      net::answer([&exchange](const net::Request& request) { return exchange.answer(request); });
  route.summary = "openings of committed answers, for the verifiers of a round";
  router.add(std::move(route));
}

AskOpenings http_openings(net::Client& client, storage::PeerClient::Authorise authorise) {
  return [&client, authorise = std::move(authorise)](
             const std::string& address, base::ByteView body, std::uint64_t max_answer,
             std::uint64_t timeout_ms) -> storage::PeerResult<base::Bytes> {
    net::Ask ask;
    ask.method = net::Method::kPost;
    const std::string target(kOpeningsTarget);
    ask.url = "http://" + address + target;
    ask.body = base::string_of(body);
    ask.timeout_ms = timeout_ms;
    ask.max_response_bytes = max_answer;
    if (authorise)
      ask.headers.emplace_back("Authorization", authorise(ask.method, target, address, body));
    const auto reply = client.request(ask);
    if (!reply.ok()) return base::Err{storage::PeerError{0, "UNREACHABLE", reply.error().text, 0}};
    if (reply->status != 200)
      return base::Err{storage::PeerError{reply->status, "HTTP_" + std::to_string(reply->status),
                                          reply->body.substr(0, 512), 0}};
    const auto bytes = base::as_bytes(reply->body);
    return base::Bytes(bytes.begin(), bytes.end());
  };
}

}  // namespace wald::audit
