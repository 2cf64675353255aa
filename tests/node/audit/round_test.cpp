// SPDX-License-Identifier: Apache-2.0
// Whole rounds played by the drivers of a committee over one chain.
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "codec/base/bitmap.h"
#include "ledger/challenges.h"
#include "node/audit/self_proof.h"
#include "tests/node/audit/audit_net.h"

using namespace wald;
using ledger::RoundPhase;
using proofs::Kind;
using tests::AuditNet;
using Mode = storage::ReadGate::Mode;

namespace {

std::uint64_t score(const AuditNet& net, std::size_t i) {
  return ledger::rounds::explain(*net.state(), net.chain(), net.node(i), base::Epoch(1))
      .value()
      .s.value();
}

// Places of the points that member i must answer from this sliver.
std::vector<std::uint16_t> points_of(const AuditNet& net, std::size_t i, const base::BlobId& blob,
                                     const storage::SliverName& name) {
  const auto view = net.round();
  const auto draw = ledger::rounds::draw_of(*net.state(), view);
  std::vector<base::BlobId> ids;
  for (const auto& one : draw.blobs) ids.push_back(one.blob_id);
  const auto points =
      ledger::rounds::exam_of(view, static_cast<std::uint16_t>(i)).points(view.record.points);
  std::vector<std::uint16_t> out;
  for (const auto& [key, list] : prove::group_by_sliver(net.codec().params(), points, ids))
    if (key.blob == blob && key.axis == name.axis && key.sliver.value() == name.index)
      for (const auto& point : list) out.push_back(point.t);
  return out;
}

}  // namespace

TEST_CASE("audit: members that hold everything settle a round with the full score",
          "[node][audit][rule:O-35][rule:O-38]") {
  AuditNet net;
  net.open();
  for (std::size_t i = 0; i < net.members(); ++i) REQUIRE(net.gate(i).mode() == Mode::kFreeze);
  net.reach_commit();
  REQUIRE(net.phase() == RoundPhase::kCommit);
  for (std::size_t i = 0; i < net.members(); ++i) REQUIRE(net.gate(i).mode() == Mode::kCommit);
  net.reach_verify();
  REQUIRE(net.phase() == RoundPhase::kVerify);
  for (std::size_t i = 0; i < net.members(); ++i) REQUIRE(net.gate(i).mode() == Mode::kOpen);
  net.tick(200);
  net.tick(100);
  for (std::size_t i = 0; i < net.members(); ++i) {
    const auto tally = net.tally(i);
    REQUIRE(tally.row_in_time);
    for (std::size_t j = 0; j < net.members(); ++j) {
      REQUIRE(base::bit_at(tally.verified, j) == (i != j));
      REQUIRE_FALSE(base::bit_at(tally.missing, j));
    }
  }
  net.tick(2'700);
  REQUIRE(net.phase() == RoundPhase::kInspect);
  net.reach_end();
  REQUIRE(net.phase() == RoundPhase::kSettled);
  for (std::size_t i = 0; i < net.members(); ++i) {
    REQUIRE(net.tally(i).credits == 2 * 64);
    REQUIRE(score(net, i) == economics::kPpm);
    REQUIRE(net.driver(i).outbox().size() == 0);
  }
  // One statement of each kind from each, none twice, and nobody had to prove itself.
  REQUIRE(net.sent(Kind::kBeaconReveal).size() == 5);
  REQUIRE(net.sent(Kind::kResponseCommit).size() == 5);
  REQUIRE(net.sent(Kind::kRowReport).size() == 5);
  REQUIRE(net.sent(Kind::kSelfProof).empty());
}

TEST_CASE("audit: the gate is closed before the reveal leaves", "[node][audit][rule:O-36]") {
  AuditNet net;
  net.tick(1);
  for (std::size_t i = 0; i < net.members(); ++i) REQUIRE(net.gate(i).mode() == Mode::kOpen);
  net.open();
  const auto reveals = net.sent(Kind::kBeaconReveal);
  REQUIRE(reveals.size() == net.members());
  for (const auto& reveal : reveals) REQUIRE(reveal.gate == Mode::kFreeze);
}

TEST_CASE("audit: a node that starts is gated and silent until it has caught up",
          "[node][audit][rule:O-36]") {
  AuditNet net;
  net.caught_up = false;
  net.open();
  REQUIRE(net.gate(0).mode() == Mode::kFreeze);
  REQUIRE(net.sent().empty());
  net.caught_up = true;
  net.look();
  REQUIRE(net.sent(Kind::kBeaconReveal).size() == net.members());
  // Once there, it stays at work.
  net.caught_up = false;
  net.reach_commit();
  REQUIRE(net.sent(Kind::kResponseCommit).size() == net.members());
}

TEST_CASE("audit: a void round opens the gates and leaves nothing behind",
          "[node][audit][rule:O-36][rule:O-37]") {
  AuditNet net;
  net.unheard = {0, 1};
  net.open();
  REQUIRE(net.driver(0).outbox().size() == 1);
  net.tick(100);
  net.tick(2'500);
  REQUIRE(net.phase() == RoundPhase::kVoid);
  for (std::size_t i = 0; i < net.members(); ++i) {
    REQUIRE(net.gate(i).mode() == Mode::kOpen);
    REQUIRE(net.driver(i).outbox().size() == 0);
    REQUIRE(os::list_dir(net.outbox_dir(i)).value().empty());
  }
}

TEST_CASE("audit: a missing sliver is answered UNAVAILABLE, and all else stays due and paid",
          "[node][audit][rule:O-35]") {
  AuditNet net;
  const base::BlobId blob = net.blob(1).metadata().blob_id;
  const storage::SliverName name = net.store(2).slivers(blob).at(1);
  net.store(2).erase_sliver(blob, name).value();
  net.open();
  net.reach_commit();
  REQUIRE(net.repairs == 1);
  net.reach_verify();
  const auto expected = points_of(net, 2, blob, name);
  REQUIRE_FALSE(expected.empty());
  REQUIRE(net.tally(2).unavailable == expected);
  net.reach_inspect();
  net.reach_end();
  REQUIRE(net.phase() == RoundPhase::kSettled);
  REQUIRE(net.tally(2).ok == 64 - expected.size());
  REQUIRE(net.tally(2).credits == 2 * (64 - expected.size()));
  REQUIRE(score(net, 1) == economics::kPpm);
}

TEST_CASE("audit: a sliver with another root than the metadata's is never answered from",
          "[node][audit][rule:O-35]") {
  AuditNet net;
  const base::BlobId blob = net.blob(0).metadata().blob_id;
  const storage::SliverName name = net.store(3).slivers(blob).at(0);
  auto data = net.store(3).sliver(blob, name).value().value();
  data.body[0] ^= 1;
  net.store(3).erase_sliver(blob, name).value();
  net.store(3).put_sliver(net.blob(0).metadata(), codec::view(name.axis, data)).value();
  net.open();
  net.reach_commit();
  REQUIRE_FALSE(net.store(3).has_sliver(blob, name));
  net.reach_verify();
  REQUIRE(net.tally(3).unavailable == points_of(net, 3, blob, name));
  net.reach_inspect();
  for (std::size_t i = 0; i < net.members(); ++i)
    REQUIRE(net.driver(i).stats().false_openings == 0);
}

TEST_CASE("audit: a silent member earns nothing and takes nothing from the others",
          "[node][audit][rule:O-38]") {
  AuditNet net;
  net.silent = {4};
  net.play();
  REQUIRE(net.phase() == RoundPhase::kSettled);
  REQUIRE(score(net, 4) == 0);
  for (std::size_t i = 0; i < 4; ++i) REQUIRE(score(net, i) == economics::kPpm);
}

TEST_CASE("audit: a commit that comes late is still made, verified and told in a later row",
          "[node][audit][rule:O-35][rule:O-38]") {
  AuditNet net;
  net.open();
  net.silent = {1};
  net.reach_commit();
  net.reach_verify();
  net.tick(200);  // the rows of the four leave
  net.silent = {};
  net.tick(100);  // the fifth answers
  REQUIRE(net.sent(Kind::kRowReport).size() == 4);
  net.tick(100);
  REQUIRE(net.tally(1).late);
  net.tick(300);    // fetched
  net.tick(1'400);  // two thirds: second rows leave
  net.tick(100);
  REQUIRE(net.phase() == RoundPhase::kVerify);
  for (std::size_t i = 0; i < net.members(); ++i)
    if (i != 1) {
      REQUIRE(net.tally(i).row_keys.size() == 2);
      REQUIRE(base::bit_at(net.tally(i).verified, 1));
    }
  net.tick(800);
  net.reach_end();
  REQUIRE(net.phase() == RoundPhase::kSettled);
  REQUIRE(net.tally(1).ok == 64);
  REQUIRE(net.sent(Kind::kSelfProof).empty());
}

TEST_CASE("audit: a prover whose openings nobody can fetch proves itself on the ledger",
          "[node][audit][rule:O-37][rule:O-38]") {
  AuditNet net;
  net.deaf = {0};
  net.open();
  net.reach_commit();
  net.reach_verify();
  net.reach_inspect();
  REQUIRE(net.phase() == RoundPhase::kInspect);
  const auto proofs = net.sent(Kind::kSelfProof);
  REQUIRE_FALSE(proofs.empty());
  for (const auto& proof : proofs) REQUIRE(proof.member == 0);
  for (std::size_t i = 1; i < net.members(); ++i) {
    REQUIRE(base::bit_at(net.tally(i).missing, 0));
    REQUIRE_FALSE(base::bit_at(net.tally(i).verified, 0));
  }
  net.reach_end();
  REQUIRE(net.tally(0).proven.size() == 64);
  REQUIRE(net.tally(0).credits == 2 * 64);
  REQUIRE(score(net, 0) == economics::kPpm);
}

TEST_CASE("audit: a prover that falls silent is verified from another verifier's openings",
          "[node][audit][rule:O-38]") {
  AuditNet net;
  net.open();
  net.reach_commit();
  net.reach_verify();
  // Member 1 fetches first, then member 0 is gone.
  net.silent = {2, 3, 4};
  net.tick(200);
  net.deaf = {0};
  net.silent = {0};
  net.tick(200);
  net.tick(400);
  net.tick(800);
  net.tick(500);
  net.tick(100);
  for (std::size_t i = 1; i < net.members(); ++i) REQUIRE(base::bit_at(net.tally(i).verified, 0));
}

TEST_CASE("audit: killed between reveal and commit, a node goes on where it stood",
          "[node][audit][rule:O-37]") {
  AuditNet net;
  net.unheard = {2};
  net.open();
  net.kill(2);
  net.block(50);
  net.unheard = {};
  net.revive(2);
  REQUIRE(net.gate(2).mode() == Mode::kFreeze);
  net.look();
  // The same bytes again, from disk.
  std::vector<base::Bytes> reveals;
  for (const auto& one : net.sent(Kind::kBeaconReveal))
    if (one.member == 2) reveals.push_back(one.statement);
  REQUIRE(reveals.size() == 2);
  REQUIRE(reveals[0] == reveals[1]);
  net.tick(100);
  net.kill(2);
  net.block(300);
  net.revive(2);
  net.look();
  REQUIRE(net.phase() == RoundPhase::kCommit);
  REQUIRE(net.gate(2).mode() == Mode::kCommit);
  net.reach_verify();
  net.reach_inspect();
  net.reach_end();
  for (std::size_t i = 0; i < net.members(); ++i) REQUIRE(score(net, i) == economics::kPpm);
}

TEST_CASE("audit: a node that restarts in VERIFY serves the answers it committed to",
          "[node][audit][rule:O-35]") {
  AuditNet net;
  net.open();
  net.reach_commit();
  net.reach_verify();
  // The data change after the commit: the answers on disk do not.
  const base::BlobId blob = net.blob(1).metadata().blob_id;
  for (const auto& name : net.store(3).slivers(blob)) net.store(3).erase_sliver(blob, name).value();
  net.kill(3);
  net.revive(3);
  net.reach_inspect();
  net.reach_end();
  for (std::size_t i = 0; i < net.members(); ++i) REQUIRE(score(net, i) == economics::kPpm);
}

TEST_CASE("audit: answers that are lost and cannot be made again are not served as others",
          "[node][audit][rule:O-35][rule:O-38]") {
  AuditNet net;
  net.open();
  net.reach_commit();
  net.reach_verify();
  net.kill(3);
  net.revive(3);
  net.forget_answers(3);
  const base::BlobId blob = net.blob(1).metadata().blob_id;
  for (const auto& name : net.store(3).slivers(blob)) net.store(3).erase_sliver(blob, name).value();
  net.reach_inspect();
  net.reach_end();
  REQUIRE(net.tally(3).credits == 0);
  REQUIRE(net.sent(Kind::kSelfProof).empty());
  for (std::size_t i = 0; i < net.members(); ++i)
    REQUIRE(net.driver(i).stats().false_openings == 0);
}

TEST_CASE("audit: an attestation of shards in place is sent until the sync record shows it",
          "[node][audit][rule:O-37]") {
  AuditNet net;
  net.driver(1).attest(base::Epoch(2));  // not this epoch's
  net.driver(2).attest(base::Epoch(1));
  net.look();
  auto sent = net.sent(Kind::kAttestSync);
  REQUIRE(sent.size() == 1);
  REQUIRE(sent[0].member == 2);
  REQUIRE(proofs::verify_statement(sent[0].statement, net.protocol_key(2)));
  net.kill(2);
  net.revive(2);
  net.look();
  sent = net.sent(Kind::kAttestSync);
  REQUIRE(sent.size() == 2);
  REQUIRE(sent[0].statement == sent[1].statement);
}

TEST_CASE(
    "audit: over loopback HTTP with signed requests and driver threads a round settles in full",
    "[node][audit][rule:O-38]") {
  AuditNet net(true);
  for (std::size_t i = 0; i < net.members(); ++i) net.driver(i).start();
  const auto until = [&](const std::function<bool()>& done) {
    for (int k = 0; k < 1'000 && !done(); ++k)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return done();
  };
  const auto go = [&](std::uint64_t ms) {
    net.block(ms);
    for (std::size_t i = 0; i < net.members(); ++i) net.driver(i).wake();
  };
  net.silent = {0, 1, 2, 3, 4};  // their own threads look
  net.open();
  for (std::size_t i = 0; i < net.members(); ++i) net.driver(i).wake();
  REQUIRE(until([&] { return net.waiting() >= 5; }));
  go(100);
  go(300);
  REQUIRE(until([&] { return net.waiting() >= 5; }));
  go(100);
  go(1'000);
  REQUIRE(net.phase() == RoundPhase::kVerify);
  REQUIRE(until([&] { return net.waiting() >= 5; }));
  // Who does not sign is told nothing.
  net::Client client;
  const proofs::OpeningsRequest request{base::Epoch(1), net.round().id.round, net.node(0), {0}};
  const auto body = proofs::encode_openings_request(request);
  const auto url = "http://" + net.address(0) + "/v1/exchange/openings";
  const auto reply =
      client.request({net::Method::kPost, url, "", {}, base::string_of(body)}).value();
  REQUIRE(reply.status == 403);
  REQUIRE(reply.body.find("NOT_A_MEMBER") != std::string::npos);
  go(100);
  go(2'900);
  go(1'500);
  REQUIRE(net.phase() == RoundPhase::kSettled);
  for (std::size_t i = 0; i < net.members(); ++i) {
    REQUIRE(score(net, i) == economics::kPpm);
    net.driver(i).stop();
  }
}
