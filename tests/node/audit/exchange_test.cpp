// SPDX-License-Identifier: Apache-2.0
// Who is answered what by the exchange of openings.
#include <catch2/catch.hpp>

#include "tests/node/audit/audit_net.h"

using namespace wald;
using tests::AuditNet;

namespace {

bool refused(const net::Response& reply, int status, const std::string& reason) {
  return reply.status == status &&
         reply.body.find("\"reason\":\"" + reason + "\"") != std::string::npos;
}

struct Sample : AuditNet {
  Sample() {
    open();
    reach_commit();
    reach_verify();
  }
  // Leaves of `prover` assigned to `verifier`, or not.
  std::vector<std::uint16_t> leaves(std::size_t prover, std::size_t verifier, bool assigned) const {
    const auto view = round();
    const auto assignment = ledger::rounds::assignment_of(view);
    std::vector<std::uint16_t> out;
    for (std::uint16_t t = 0; t < view.record.points; ++t) {
      const auto list = assignment.verifiers(node(prover), static_cast<std::uint16_t>(prover), t);
      if ((std::find(list.begin(), list.end(), verifier) != list.end()) == assigned)
        out.push_back(t);
    }
    return out;
  }
  proofs::OpeningsRequest request(std::size_t prover, std::vector<std::uint16_t> places) const {
    return {base::Epoch(1), round().id.round, node(prover), std::move(places)};
  }
};

}  // namespace

TEST_CASE("exchange: an assigned verifier gets openings that lie under the committed root",
          "[node][audit][rule:O-38]") {
  Sample net;
  const auto places = net.leaves(0, 1, true);
  REQUIRE_FALSE(places.empty());
  const auto reply = net.ask(1, 0, net.request(0, places));
  REQUIRE(reply.status == 200);
  const auto answer =
      proofs::parse_openings_answer(base::as_bytes(reply.body), places.size()).value();
  REQUIRE(answer.root == net.tally(0).root);
  std::uint64_t cap = 32;
  for (std::size_t i = 0; i < places.size(); ++i) {
    REQUIRE(answer.openings[i].has_value());
    REQUIRE(proofs::opened_place(answer.root, 64, *answer.openings[i]) == places[i]);
    const auto leaf = proofs::parse_leaf(answer.openings[i]->leaf).value();
    cap += audit::opening_bytes(10, 64, static_cast<std::uint32_t>(leaf.symbol.size()));
  }
  REQUIRE(reply.body.size() == cap);
}

TEST_CASE("exchange: another verifier says what it holds, and marks what it does not",
          "[node][audit][rule:O-38]") {
  Sample net;
  const auto places = net.leaves(0, 1, true);
  const auto before = net.ask(1, 2, net.request(0, places));
  REQUIRE(before.status == 200);
  const auto empty =
      proofs::parse_openings_answer(base::as_bytes(before.body), places.size()).value();
  for (const auto& one : empty.openings) REQUIRE_FALSE(one.has_value());
  net.tick(200);
  const auto after = net.ask(1, 2, net.request(0, places));
  const auto answer = proofs::parse_openings_answer(base::as_bytes(after.body), places.size());
  const auto mine = net.leaves(0, 2, true);
  for (std::size_t i = 0; i < places.size(); ++i)
    REQUIRE(answer->openings[i].has_value() ==
            std::binary_search(mine.begin(), mine.end(), places[i]));
}

TEST_CASE("exchange: strangers, foreign leaves, other rounds and broken bodies are refused",
          "[node][audit][rule:O-38]") {
  Sample net;
  const auto places = net.leaves(0, 1, true);
  REQUIRE(refused(net.ask(99, 0, net.request(0, places)), 403, "NOT_A_MEMBER"));
  // The prover's own leaves are no verifier's.
  REQUIRE(refused(net.ask(0, 0, net.request(0, {0})), 403, "NOT_ASSIGNED"));
  REQUIRE(refused(net.ask(1, 0, net.request(0, {64})), 400, "BAD_REQUEST"));
  auto stranger = net.request(0, places);
  stranger.prover = base::NodeId();
  REQUIRE(refused(net.ask(1, 0, stranger), 400, "BAD_REQUEST"));
  auto other = net.request(0, places);
  other.round = base::Round(7);
  REQUIRE(refused(net.ask(1, 0, other), 503, "NO_SUCH_ROUND"));
  net::Request broken;
  broken.peer = "1";
  broken.body = "x";
  REQUIRE(refused(net.driver(0).exchange().answer(broken), 400, "BAD_REQUEST"));
}

TEST_CASE("exchange: nothing is said before VERIFY, about who did not commit, or after the round",
          "[node][audit][rule:O-38]") {
  AuditNet net;
  net.silent = {4};
  net.open();
  net.reach_commit();
  const proofs::OpeningsRequest early{base::Epoch(1), net.round().id.round, net.node(0), {0}};
  REQUIRE(refused(net.ask(1, 0, early), 503, "NO_SUCH_ROUND"));
  net.reach_verify();
  auto silent = early;
  silent.prover = net.node(4);
  REQUIRE(refused(net.ask(1, 0, silent), 404, "NO_COMMIT"));
  net.reach_inspect();
  net.reach_end();
  REQUIRE(refused(net.ask(1, 0, early), 503, "NO_SUCH_ROUND"));
}
