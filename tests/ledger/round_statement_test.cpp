// SPDX-License-Identifier: Apache-2.0
// Statements of rounds: what is accepted when, and every refusal.
#include <catch2/catch.hpp>

#include "codec/base/bitmap.h"
#include "proofs/attest.h"
#include "tests/support/round_bot.h"

using namespace wald;
using namespace wald::ledger;
using tests::RoundWorld;

namespace {

using Kind = proofs::Kind;

spec::Operation with_bytes(Kind kind, base::Bytes bytes) {
  return tests::operation_of(kind, bytes);
}

// The same statement under header edits that each must be refused in its own way.
void refuse_headers(RoundWorld& world,
                    const std::function<spec::Operation(const RoundWorld::Edit&)>& make) {
  const auto with = [&](const RoundWorld::Edit& edit) { return world.run(make(edit)); };
  const base::NodeId stranger(base::tagged_hash("test.stranger", {}, {}).bytes());
  REQUIRE(with([](auto& h) { h.chain = base::ChainId(); }) == spec::MALFORMED);
  REQUIRE(with([](auto& h) { h.epoch = base::Epoch(0); }) == spec::NO_ROUND);
  REQUIRE(with([](auto& h) { h.epoch = base::Epoch(2); }) == spec::NO_ROUND);
  REQUIRE(with([](auto& h) { h.round = h.round.next(); }) == spec::NO_ROUND);
  REQUIRE(with([](auto& h) {
            auto bytes = h.seed.bytes();
            bytes[0] ^= 1;
            h.seed = base::Hash(bytes);
          }) == spec::WRONG_SEED);
  REQUIRE(with([&](auto& h) { h.author = stranger; }) == spec::NOT_IN_SNAPSHOT);
}

}  // namespace

TEST_CASE("reveal: accepted once per member in FREEZE, refused before the round and from hC on",
          "[ledger][rounds][rule:O-19]") {
  RoundWorld world;
  world.open();
  refuse_headers(world, [&](const auto& edit) { return world.reveal(0, edit); });
  const auto mine = world.reveal(0);
  REQUIRE(world.run(mine) == spec::OK);
  REQUIRE(world.last().events.at(0).has_proof_beacon_revealed());
  REQUIRE(world.tally(0).revealed);
  REQUIRE(world.round().record.revealed == 2);
  REQUIRE(world.run(mine) == spec::REPEATED);
  const auto late = world.reveal(4);
  for (const std::size_t i : {1u, 2u, 3u}) world.send(world.reveal(i));
  world.block(100);
  world.block(299);
  REQUIRE(world.phase() == RoundPhase::kFreeze);
  REQUIRE(world.run(late, 1) == spec::WRONG_PHASE);  // the block hC itself
  REQUIRE(world.phase() == RoundPhase::kCommit);
  REQUIRE_FALSE(world.tally(4).revealed);
}

TEST_CASE("reveal: the proof must be the author's own over this round's alpha",
          "[ledger][rounds][rule:O-8]") {
  RoundWorld world;
  world.open();
  const auto view = world.round();
  const auto alpha = proofs::reveal_alpha(view.record.prev, view.id);
  const auto send = [&](std::size_t author, const proofs::VrfProof& pi) {
    return world.run(with_bytes(Kind::kBeaconReveal,
                                world.statement(author, world.header(author, Kind::kBeaconReveal),
                                                proofs::BeaconReveal{pi})));
  };
  REQUIRE(send(0, world.vrf(1).prove(alpha.view())) == spec::BAD_VRF);
  const base::Hash other = proofs::reveal_alpha(base::Hash(), view.id);
  REQUIRE(send(0, world.vrf(0).prove(other.view())) == spec::BAD_VRF);
  auto pi = world.vrf(0).prove(alpha.view());
  pi[40] ^= 1;
  REQUIRE(send(0, pi) == spec::BAD_VRF);
  REQUIRE(send(0, world.vrf(0).prove(alpha.view())) == spec::OK);
}

TEST_CASE("statements: another kind, version or length is malformed",
          "[ledger][rounds][rule:O-16]") {
  RoundWorld world;
  world.open();
  const auto header = world.header(0, Kind::kBeaconReveal);
  const auto good = world.statement(0, header, proofs::BeaconReveal{});
  base::Bytes version = good, kind = good;
  version[1] = 2;
  kind[0] = 2;
  REQUIRE(world.run(with_bytes(Kind::kBeaconReveal, version)) == spec::MALFORMED);
  REQUIRE(world.run(with_bytes(Kind::kBeaconReveal, kind)) == spec::MALFORMED);
  base::Bytes longer = good, shorter = good;
  longer.push_back(0);
  shorter.pop_back();
  REQUIRE(world.run(with_bytes(Kind::kBeaconReveal, longer)) == spec::MALFORMED);
  REQUIRE(world.run(with_bytes(Kind::kBeaconReveal, shorter)) == spec::MALFORMED);
  base::Bytes trailing = world.statement(0, world.header(0, Kind::kResponseCommit),
                                         proofs::ResponseCommit{base::Hash(), 64, {}, {}});
  trailing.push_back(0);
  REQUIRE(world.run(with_bytes(Kind::kResponseCommit, trailing)) == spec::MALFORMED);
}

TEST_CASE("statements: their author is who the header names, signed or not, and of others nobody",
          "[ledger][rounds][rule:O-16]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  world.reach_verify();
  const base::NodeId stranger(base::tagged_hash("test.stranger", {}, {}).bytes());
  const auto author = [](const spec::Operation& operation) {
    return parse_operation(operation).value()->author();
  };
  const auto signed_as = [&](Kind kind, const proofs::Body& body) {
    auto header = world.header(2, kind);
    if (kind == Kind::kDeclareLost || kind == Kind::kDeclareRestored) header.author = stranger;
    return with_bytes(kind, world.statement(2, header, body));
  };
  const auto edit = [&](proofs::Header& header) { header.author = stranger; };
  for (const auto& operation :
       {world.reveal(1, edit), world.commit(1, {}, edit), world.row(1, {0}, edit),
        world.self_proof(1, {0}, edit), signed_as(Kind::kDeclareLost, proofs::ShardNotice{}),
        signed_as(Kind::kDeclareRestored, proofs::ShardNotice{})})
    REQUIRE(author(operation) == stranger);
  REQUIRE(author(signed_as(Kind::kVrfKey, proofs::VrfKey{})) == world.node(2));
  spec::Operation attest, signal, transfer;
  const auto text = [&](Kind kind, const proofs::Body& body) {
    return base::string_of(world.statement(2, world.header(3, kind), body));
  };
  attest.mutable_attest_sync()->set_statement(text(Kind::kAttestSync, proofs::AttestSync{}));
  REQUIRE(author(attest) == world.node(3));
  signal.mutable_signal_version()->set_statement(
      text(Kind::kSignalVersion, proofs::SignalVersion{}));
  REQUIRE(author(signal) == world.node(3));
  transfer.mutable_transfer()->set_to(std::string(32, '\1'));
  transfer.mutable_transfer()->set_amount(1);
  REQUIRE_FALSE(author(transfer).has_value());
}

TEST_CASE("commit: on time in COMMIT, late in VERIFY, refused before hC and from hV on",
          "[ledger][rounds][rule:O-19]") {
  RoundWorld world;
  world.open();
  const auto bare = [&](std::size_t i) {  // a root alone, whatever was asked
    proofs::ResponseCommit body;
    body.points = 64;
    return with_bytes(Kind::kResponseCommit,
                      world.statement(i, world.header(i, Kind::kResponseCommit), body));
  };
  REQUIRE(world.run(bare(0)) == spec::WRONG_PHASE);
  world.reach_commit();
  refuse_headers(world, [&](const auto& edit) { return world.commit(0, {}, edit); });
  REQUIRE(world.run(world.commit(0)) == spec::OK);
  REQUIRE(world.last().events.at(0).proof_committed().late() == false);
  REQUIRE(world.run(world.commit(0)) == spec::REPEATED);
  REQUIRE(world.run(world.commit(0, {5})) == spec::COMMITTED);
  for (const std::size_t i : {1u, 2u}) REQUIRE(world.run(world.commit(i, {1, 2})) == spec::OK);
  REQUIRE_FALSE(world.round().record.commits_met);
  REQUIRE(world.run(world.commit(3)) == spec::OK);
  REQUIRE(world.round().record.commits_met->height == world.height());
  REQUIRE(world.tally(1).unavailable == std::vector<std::uint16_t>{1, 2});
  world.block(999);
  REQUIRE(world.run(world.commit(4), 1) == spec::OK);  // the block hG itself
  REQUIRE(world.phase() == RoundPhase::kVerify);
  REQUIRE(world.tally(4).late);
  REQUIRE(world.last().events.at(0).proof_committed().late());

  RoundWorld other;
  other.open();
  other.reach_commit();
  other.reach_verify({4});
  const auto late = other.commit(4);
  other.block(2'999);
  REQUIRE(other.run(late, 1) == spec::WRONG_PHASE);  // the block hV itself
  REQUIRE(other.phase() == RoundPhase::kInspect);
}

TEST_CASE("commit: number of points, denied leaves and the signature are judged",
          "[ledger][rounds][rule:O-17]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  const auto header = world.header(0, Kind::kResponseCommit);
  proofs::ResponseCommit body;
  body.points = 63;
  REQUIRE(world.run(with_bytes(Kind::kResponseCommit, world.statement(0, header, body))) ==
          spec::MALFORMED);
  body.points = 64;
  body.denied = {3};  // nobody has a deny list
  REQUIRE(world.run(with_bytes(Kind::kResponseCommit, world.statement(0, header, body))) ==
          spec::MALFORMED);
  body.denied.clear();
  // Signed by another member's key.
  REQUIRE(world.run(with_bytes(Kind::kResponseCommit, world.statement(1, header, body))) ==
          spec::BAD_SIGNATURE);
  REQUIRE_FALSE(world.tally(0).committed);
}

TEST_CASE("row: phases, header, signature and VRF proof are judged",
          "[ledger][rounds][rule:O-19]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  const auto early = world.row(0, {});
  REQUIRE(world.run(early) == spec::WRONG_PHASE);
  world.reach_verify({4});
  refuse_headers(world, [&](const auto& edit) { return world.row(0, {1}, edit); });
  const auto header = world.header(0, Kind::kRowReport);
  auto body = world.row_body(0, {1, 2});
  REQUIRE(world.run(with_bytes(Kind::kRowReport, world.statement(1, header, body))) ==
          spec::BAD_SIGNATURE);
  const auto mine = body.pi2;
  body.pi2 = world.row_body(1, {}).pi2;
  REQUIRE(world.run(with_bytes(Kind::kRowReport, world.statement(0, header, body))) ==
          spec::BAD_VRF);
  body.pi2 = mine;
  REQUIRE(world.run(with_bytes(Kind::kRowReport, world.statement(0, header, body))) == spec::OK);
  const auto& event = world.last().events.at(0).proof_row_reported();
  REQUIRE(event.verified() == 2);
  REQUIRE(event.missing() == 2);
  REQUIRE(world.tally(0).row_in_time);
}

TEST_CASE("row: demands, leaky members and a digest of other roots are malformed",
          "[ledger][rounds][rule:O-20]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  world.reach_verify({4});
  const auto header = world.header(0, Kind::kRowReport);
  const auto send = [&](const proofs::RowReport& body) {
    return world.run(with_bytes(Kind::kRowReport, world.statement(0, header, body)));
  };
  auto body = world.row_body(0, {1});
  body.leaky[2] = true;
  REQUIRE(send(body) == spec::MALFORMED);
  body = world.row_body(0, {1});
  body.demands.push_back({2, {1}});
  REQUIRE(send(body) == spec::MALFORMED);
  body = world.row_body(0, {1});
  body.rows_digest = base::Hash();
  REQUIRE(send(body) == spec::MALFORMED);
  REQUIRE(send(world.row_body(0, {4})) == spec::MALFORMED);  // it committed nothing
  body = world.row_body(0, {1});
  for (auto* bits : {&body.verified, &body.missing, &body.leaky}) bits->resize(12);
  REQUIRE(send(body) == spec::MALFORMED);  // bitmaps of another committee
}

TEST_CASE("row: later rows add to the earlier, a verified bit overrides a missing one, four count",
          "[ledger][rounds][rule:O-19][rule:O-28]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  world.reach_verify({4});
  REQUIRE(world.run(world.row(0, {1})) == spec::OK);
  REQUIRE(base::bit_at(world.tally(0).missing, 2));
  REQUIRE(world.run(world.row(0, {1})) == spec::REPEATED);
  REQUIRE(world.run(world.row(0, {2})) == spec::OK);
  REQUIRE(base::bit_at(world.tally(0).verified, 1));
  REQUIRE(base::bit_at(world.tally(0).verified, 2));
  REQUIRE_FALSE(base::bit_at(world.tally(0).missing, 1));
  REQUIRE_FALSE(base::bit_at(world.tally(0).missing, 2));
  REQUIRE(world.run(world.commit(4)) == spec::OK);
  REQUIRE(world.run(world.row(0, {3, 4})) == spec::OK);
  REQUIRE(world.run(world.row(0, {4})) == spec::OK);
  REQUIRE(world.run(world.row(0, {3})) == spec::QUOTA);
  REQUIRE(world.tally(0).row_keys.size() == 4);
}

TEST_CASE("self-proof: an unconfirmed member is credited for the leaves it opened, no others",
          "[ledger][rounds][rule:O-22]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  for (const std::size_t i : {0u, 1u, 2u, 3u})
    world.send(
        world.commit(i, i == 1 ? std::vector<std::uint16_t>{7} : std::vector<std::uint16_t>{}));
  world.block(100);
  world.block(1000);
  world.rows({4}, {1});  // nobody saw member 1
  const auto first = world.self_proof(1, {0, 3, 7});
  REQUIRE(world.run(first) == spec::WRONG_PHASE);  // not before the last third of VERIFY
  const std::uint64_t from = world.round().record.verify->time.value() + 2'000;
  world.block(from - 1 - world.time().value());
  REQUIRE(world.run(first, 0) == spec::WRONG_PHASE);
  REQUIRE(world.run(first, 1) == spec::OK);
  REQUIRE(world.last().events.at(0).proof_self_proven().leaves() == 3);
  REQUIRE(world.run(first) == spec::REPEATED);
  REQUIRE(world.run(world.self_proof(1, {3})) == spec::REPEATED);  // nothing new
  REQUIRE(world.run(world.self_proof(1, {})) == spec::REPEATED);
  REQUIRE(world.run(world.self_proof(0, {1})) == spec::QUOTA);  // confirmed
  refuse_headers(world, [&](const auto& edit) { return world.self_proof(1, {9}, edit); });
  world.reach_inspect();
  REQUIRE(world.run(world.self_proof(1, {9, 60})) == spec::OK);
  world.reach_end();
  const TallyRecord tally = world.tally(1);
  REQUIRE(tally.outcome == spec::OUTCOME_SELF_PROVEN);
  REQUIRE(tally.proven == std::vector<std::uint16_t>{0, 3, 7, 9, 60});
  REQUIRE(tally.ok == 4);  // leaf 7 is shown, and shown unavailable
  REQUIRE(tally.due == 64);
  REQUIRE(tally.claimed == 63);
  REQUIRE(tally.credits == 8);
  REQUIRE(tally.confirmed == 2);
  REQUIRE(world.tally(0).outcome == spec::OUTCOME_ON_TIME);
  REQUIRE(world.tally(0).confirmed == 8);
  REQUIRE(world.tally(0).credits == 128);
  REQUIRE(world.tally(4).outcome == spec::OUTCOME_SILENT);
}

TEST_CASE("self-proof: one bad opening refuses the statement", "[ledger][rounds][rule:O-18]") {
  RoundWorld world;
  world.open();
  world.reach_commit();
  world.reach_verify({3, 4});
  if (world.phase() == RoundPhase::kCommit) {
    REQUIRE(world.run(world.commit(3)) == spec::OK);
    world.block(1000);
  }
  world.reach_inspect();
  const auto send = [&](std::size_t author, const proofs::OpeningList& body) {
    return world.run(with_bytes(
        Kind::kSelfProof, world.statement(author, world.header(author, Kind::kSelfProof), body)));
  };
  proofs::OpeningList good{0, {world.opening(0, 4), world.opening(0, 5)}};
  proofs::OpeningList body = good;
  body.openings[1].opening.leaf[20] ^= 1;  // not under the root
  REQUIRE(send(0, body) == spec::BAD_OPENING);
  body = good;
  body.openings[1].pair_entry[3] ^= 1;  // not under the blob id
  REQUIRE(send(0, body) == spec::BAD_OPENING);
  body = good;
  body.openings[0].pair_path.pop_back();
  REQUIRE(send(0, body) == spec::BAD_OPENING);
  body = good;
  body.openings[0] = world.opening(1, 4);  // another member's
  REQUIRE(send(0, body) == spec::BAD_OPENING);
  REQUIRE(send(4, proofs::OpeningList{4, good.openings}) == spec::BAD_OPENING);  // no commit
  REQUIRE(send(0, proofs::OpeningList{1, good.openings}) == spec::MALFORMED);    // another prover
  const auto header = world.header(0, Kind::kSelfProof);
  REQUIRE(world.run(with_bytes(Kind::kSelfProof, world.statement(1, header, good))) ==
          spec::BAD_SIGNATURE);
  REQUIRE(world.tally(0).proven.empty());
  REQUIRE(send(0, good) == spec::OK);
}

TEST_CASE("statements: after the end of a round all of them are out of phase",
          "[ledger][rounds][rule:O-19]") {
  RoundWorld world;
  world.play();
  REQUIRE(world.phase() == RoundPhase::kSettled);
  REQUIRE(world.run(world.reveal(0)) == spec::WRONG_PHASE);
  REQUIRE(world.run(world.commit(0)) == spec::WRONG_PHASE);
  REQUIRE(world.run(world.row(0, {1})) == spec::WRONG_PHASE);
  REQUIRE(world.run(world.self_proof(0, {1})) == spec::WRONG_PHASE);
}

TEST_CASE("vrf key: another key counts two epochs later, once per node and epoch",
          "[ledger][rounds][rule:O-4]") {
  RoundWorld world;
  world.block();
  const auto make = [&](std::size_t author, const prove::VrfSecret& secret, base::Epoch first,
                        std::size_t signer, const RoundWorld::Edit& edit) {
    auto header = world.header(author, Kind::kVrfKey);
    if (edit) edit(header);
    proofs::VrfKey body;
    body.key = secret.public_key();
    body.pi = secret.prove(
        proofs::vrf_pop_alpha(world.chain(), world.node(author), body.key, first).view());
    return with_bytes(Kind::kVrfKey, world.statement(signer, header, body));
  };
  const prove::VrfSecret fresh(tests::key_of_name("fresh").seed);
  const prove::VrfSecret other(tests::key_of_name("other").seed);
  const base::Epoch third(3);
  const base::NodeId stranger(base::tagged_hash("test.stranger", {}, {}).bytes());
  REQUIRE(world.run(make(0, fresh, third, 0, [](auto& h) { h.chain = base::ChainId(); })) ==
          spec::MALFORMED);
  REQUIRE(world.run(make(0, fresh, third, 0, [](auto& h) { h.epoch = base::Epoch(2); })) ==
          spec::NO_ROUND);
  REQUIRE(world.run(make(0, fresh, third, 0, [&](auto& h) { h.author = stranger; })) ==
          spec::NOT_IN_SNAPSHOT);
  REQUIRE(world.run(make(0, fresh, third, 1, {})) == spec::BAD_SIGNATURE);
  REQUIRE(world.run(make(0, fresh, base::Epoch(2), 0, {})) == spec::BAD_POSSESSION);
  REQUIRE(world.run(make(0, world.vrf(1), third, 0, {})) == spec::KEY_TAKEN);
  const auto good = make(0, fresh, third, 0, {});
  REQUIRE(world.run(good) == spec::OK);
  REQUIRE(world.last().events.at(0).node_key_announced().epoch() == 3);
  const NodeRecord node = must_load(world.view(), kNodes, world.node(0));
  REQUIRE(node.vrf_keys.back().key == fresh.public_key());
  REQUIRE(node.vrf_keys.back().from == third);
  REQUIRE(must_load(world.view(), kKeys, fresh.public_key()).node == world.node(0));
  REQUIRE(world.run(good) == spec::REPEATED);
  REQUIRE(world.run(make(0, other, third, 0, {})) == spec::QUOTA);
  REQUIRE(world.run(make(1, fresh, third, 1, {})) == spec::KEY_TAKEN);
}
