// SPDX-License-Identifier: Apache-2.0
// What members do beside proofs: deny lists, signals of the next version, presence in consensus;
// and who names the sequencer.
#include <catch2/catch.hpp>

#include "ledger/duties.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/duties.h"

using namespace wald;
using namespace wald::tests;

namespace {

const std::vector<std::string> kNodes{"n1", "n2", "n3", "n4"};

// 36 shards over 4000, 3000, 2000 and 1500 WAL: 14, 10, 7 and 5.
spec::Genesis members_document() {
  return network({4000, 3000, 2000, 1500}, {{"ann", 500 * kWal}, {"bob", 500 * kWal}});
}
World members() { return World(members_document()); }

ledger::DutyRecord duties(const World& world, const std::string& node) {
  return ledger::load(world.view(), ledger::kDuties, node_of(node)).value_or(ledger::DutyRecord());
}
void grow(World& world, const std::string& name) {
  REQUIRE(world.run("ann", transfer(name, 100 * kWal)) == spec::OK);
}

// Members that miss the next blocks; their keys for consensus are there.
World engine_world(std::uint64_t window, const std::vector<std::string>& keyed = kNodes) {
  spec::Genesis document = members_document();
  set_param(document, "liveness_window", window);
  World world(document);
  for (const auto& node : keyed)
    REQUIRE(world.run(node, announce_key(world, node, spec::KEY_ROLE_CONSENSUS,
                                         node + ".consensus")) == spec::OK);
  return world;
}
const ledger::BlockOutput& without(World& world, const std::vector<std::string>& names) {
  std::vector<base::NodeId> absent;
  absent.reserve(names.size());
  for (const auto& name : names) absent.push_back(node_of(name));
  world.miss(absent);
  return world.block(10);
}
bool is_off(const World& world, const std::string& node) {
  return duties(world, node).consensus_off;
}

}  // namespace

TEST_CASE("announce_deny_list: by the operator of a member, above the list in force",
          "[ledger][tx][rule:L-14]") {
  World world = members();
  REQUIRE(world.run("n1", announce_deny_list({"n9"})) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("ann", announce_deny_list({"n1"})) == spec::NOT_AUTHORITY);
  grow(world, "c1");
  grow(world, "c1");
  REQUIRE(world.run("c1", register_node(world, "c1")) == spec::OK);
  REQUIRE(world.run("c1", announce_deny_list({"c1", 0})) == spec::NOT_MEMBER);
  REQUIRE(world.run("n1", announce_deny_list({"n1", 0})) == spec::DENY_SEQUENCE);
  REQUIRE(world.run("n1", announce_deny_list({"n1", 3, 500})) == spec::OK);
  const auto event = events_of<spec::GovDenyListChanged>(world.last()).at(0);
  REQUIRE((!event.in_force() && event.weight() == 0 && event.sequence() == 3));
  REQUIRE(event.node() == ledger::text_of(node_of("n1")));
  REQUIRE((duties(world, "n1").announced->size == 500 && !duties(world, "n1").deny_list));
  // Nothing is in force yet: another announcement may take its place.
  REQUIRE(world.run("n1", announce_deny_list({"n1", 1})) == spec::OK);
  REQUIRE(duties(world, "n1").announced->sequence == 1);
  REQUIRE(conserved(world));
}

TEST_CASE("update_deny_list: a quorum puts a member's list in force, numbers rising",
          "[ledger][tx][rule:L-14][rule:L-5]") {
  World world = members();
  REQUIRE(world.run("n1", announce_deny_list({"n1", 2, 500})) == spec::OK);
  REQUIRE(world.run("bob", update_deny_list(world, kNodes, {"n1", 2, 500})) == spec::OK);
  const auto event = events_of<spec::GovDenyListChanged>(world.last()).at(0);
  REQUIRE((event.in_force() && event.weight() == 36 && event.size() == 500));
  REQUIRE((duties(world, "n1").deny_list->sequence == 2 && !duties(world, "n1").announced));
  REQUIRE(world.run("bob", update_deny_list(world, kNodes, {"n1", 2, 600})) == spec::DENY_SEQUENCE);
  REQUIRE(world.run("n1", announce_deny_list({"n1", 2})) == spec::DENY_SEQUENCE);
  // What was announced with a later number stays announced; a list may be empty again.
  REQUIRE(world.run("n1", announce_deny_list({"n1", 9})) == spec::OK);
  REQUIRE(world.run("bob", update_deny_list(world, kNodes, {"n1", 5, 0, base::Hash()})) ==
          spec::OK);
  REQUIRE((duties(world, "n1").deny_list->size == 0 && duties(world, "n1").announced));
  REQUIRE(conserved(world));
}

TEST_CASE("update_deny_list: message, node, seat and certificate are judged in this order",
          "[ledger][tx][rule:L-14][rule:L-5]") {
  World world = members();
  spec::Operation other;
  *other.mutable_update_deny_list()->mutable_certificate() =
      confirmation(world, kNodes, file_of(1, 10).id);
  REQUIRE(world.run("ann", other) == spec::CERT_MESSAGE);
  other.mutable_update_deny_list()->mutable_certificate()->set_message(std::string(80, '\4'));
  REQUIRE(world.run("ann", other) == spec::CERT_MESSAGE);
  const auto run = [&](const DenyListOf& list, const std::vector<std::string>& signers) {
    return world.run("ann", update_deny_list(world, kNodes, list, signers));
  };
  REQUIRE(run({"n9"}, {"n1"}) == spec::UNKNOWN_NODE);
  grow(world, "c1");
  grow(world, "c1");
  REQUIRE(world.run("c1", register_node(world, "c1")) == spec::OK);
  REQUIRE(run({"c1"}, {"n1"}) == spec::NOT_MEMBER);
  REQUIRE(run({"n1", 0}, {"n1", "n2"}) == spec::CERT_WEIGHT);  // 24 of 36, 25 are due
  REQUIRE(run({"n1", 0}, {}) == spec::DENY_SEQUENCE);
  auto op = update_deny_list(world, kNodes, {"n1"});
  auto& certificate = *op.mutable_update_deny_list()->mutable_certificate();
  std::swap(*certificate.mutable_signatures(0), *certificate.mutable_signatures(1));
  REQUIRE(world.run("ann", op) == spec::CERT_SIGNATURE);
  op = update_deny_list(world, kNodes, {"n1"});
  op.mutable_update_deny_list()->mutable_certificate()->mutable_signatures()->RemoveLast();
  REQUIRE(world.run("ann", op) == spec::CERT_BITMAP);
  op = update_deny_list(world, kNodes, {"n1"});
  turn_epoch(world);
  REQUIRE(world.run("ann", op) == spec::CERT_EPOCH);
  REQUIRE_FALSE(duties(world, "n1").deny_list);
  REQUIRE(conserved(world));
}

TEST_CASE("deny lists: what a ballot puts in force meets the same rules, and all ends with a node",
          "[ledger][rule:L-14][rule:N-6]") {
  World world = members();
  world.block();
  const auto set = [&](const base::NodeId& node, std::uint64_t sequence) {
    ledger::Overlay state(&world.view());
    ledger::BlockFacts facts = world.machine().next_facts(world.view());
    ledger::Context ctx(state, facts, base::AccountId(), base::TxId());
    const auto done = ledger::set_deny_list(ctx, node, {base::Hash(), 7, sequence}, 20);
    return done.ok() ? spec::OK : done.error().code;
  };
  REQUIRE(set(node_of("n9"), 1) == spec::UNKNOWN_NODE);
  REQUIRE(set(node_of("n1"), 0) == spec::DENY_SEQUENCE);
  REQUIRE(set(node_of("n1"), 1) == spec::OK);
  REQUIRE(world.run("ann", update_deny_list(world, kNodes, {"n4"})) == spec::OK);
  REQUIRE(world.run("n4", leave_node("n4")) == spec::OK);
  REQUIRE(duties(world, "n4").deny_list);
  while (!ledger::must_load(world.view(), ledger::kNodes, node_of("n4")).left) turn_epoch(world);
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kDuties, node_of("n4")));
  REQUIRE(set(node_of("n4"), 9) == spec::NODE_STATE);
  REQUIRE(world.run_raw(world.bare(signal_version(world, "n4", 2))) == spec::UNKNOWN_NODE);
}

TEST_CASE("deny_list_blob_deleted: one honest member's word is noted with the blob id",
          "[ledger][tx][rule:L-14][rule:L-15]") {
  World world = members();
  const auto file = file_of(1, 1000);
  const auto denied = [&] {
    const auto record = ledger::load(world.view(), ledger::kBlobIds, file.id);
    return record ? record->denied : std::nullopt;
  };
  const auto run = [&](const std::vector<std::string>& signers) {
    return world.run("ann", deny_list_blob_deleted(world, kNodes, file.id, signers));
  };
  REQUIRE(run({"n3", "n4"}) == spec::CERT_WEIGHT);  // 12 of 36, 13 are due
  auto op = deny_list_blob_deleted(world, kNodes, file.id);
  op.mutable_deny_list_blob_deleted()->set_blob_id(ledger::text_of(file_of(2, 1000).id));
  REQUIRE(world.run("ann", op) == spec::CERT_MESSAGE);
  op = deny_list_blob_deleted(world, kNodes, file.id);
  op.mutable_deny_list_blob_deleted()->mutable_certificate()->mutable_signatures()->RemoveLast();
  REQUIRE(world.run("ann", op) == spec::CERT_BITMAP);
  *op.mutable_deny_list_blob_deleted()->mutable_certificate() =
      confirmation(world, kNodes, file.id);
  REQUIRE(world.run("ann", op) == spec::CERT_MESSAGE);
  REQUIRE_FALSE(denied());
  REQUIRE(run({"n1"}) == spec::OK);
  const auto first = world.epoch();
  REQUIRE(events_of<spec::BlobDenied>(world.last()).at(0).weight() == 14);
  REQUIRE(denied() == first);
  const auto old = deny_list_blob_deleted(world, kNodes, file.id);
  turn_epoch(world);
  REQUIRE(world.run("ann", old) == spec::CERT_EPOCH);
  REQUIRE(run({"n2", "n3"}) == spec::OK);  // said again, as the first time
  REQUIRE(denied() == first);
  // It marks nothing else: the id is registered as before.
  REQUIRE(world.run("ann", reserve(100 << 20, std::nullopt, world.epoch().value() + 3)) ==
          spec::OK);
  REQUIRE(world.run("ann", register_blob(made_resource(world), file)) == spec::OK);
  REQUIRE(denied() == first);
  REQUIRE(conserved(world));
}

TEST_CASE("signal_version: a node says once an epoch that it is ready for the next version",
          "[ledger][tx][rule:G-2]") {
  World world = members();
  const auto send = [&](const spec::Operation& op) { return world.run_raw(world.bare(op)); };
  REQUIRE(send(signal_version(world, "n1", 2, "one")) == spec::OK);
  const auto event = events_of<spec::NodeVersionSignalled>(world.last()).at(0);
  REQUIRE((event.version() == 2 && event.epoch() == world.epoch().value()));
  const auto signal = duties(world, "n1").signal;
  REQUIRE((signal->version == 2 && signal->epoch == world.epoch()));
  REQUIRE(signal->binary_hash == base::blake2b(base::as_bytes("one")));
  REQUIRE(send(signal_version(world, "n1", 2, "one")) == spec::REPEATED);
  REQUIRE(send(signal_version(world, "n1", 2, "two")) == spec::QUOTA);
  REQUIRE(send(signal_version(world, "n1", 1)) == spec::VERSION_NOT_NEXT);
  REQUIRE(send(signal_version(world, "n1", 3)) == spec::VERSION_NOT_NEXT);
  REQUIRE(send(signal_version(world, "n9", 3)) == spec::UNKNOWN_NODE);
  auto forged = signal_version(world, "n2", 2);
  std::string& last = *forged.mutable_signal_version()->mutable_statement();
  last.back() = static_cast<char>(last.back() ^ 1);
  REQUIRE(send(forged) == spec::BAD_SIGNATURE);
  REQUIRE(send(attest_sync("n1", world.chain(), world.epoch())) == spec::OK);
  auto wrong = signal_version(world, "n2", 2);
  *wrong.mutable_signal_version()->mutable_statement() =
      attest_sync("n2", world.chain(), world.epoch()).attest_sync().statement() +
      std::string(36, '\0');
  REQUIRE(send(wrong) == spec::MALFORMED);
  const proofs::SignalVersion body{2, base::Hash()};
  wrong.mutable_signal_version()->set_statement(base::string_of(
      statement_of("n2", base::ChainId(), world.epoch(), proofs::Kind::kSignalVersion, body)));
  REQUIRE(send(wrong) == spec::WRONG_CHAIN);
  const auto early = signal_version(world, "n2", 2);
  turn_epoch(world);
  REQUIRE(send(early) == spec::WRONG_EPOCH);
  REQUIRE(send(signal_version(world, "n1", 2, "two")) == spec::OK);  // a new epoch, a new word
  REQUIRE(duties(world, "n1").signal->binary_hash == base::blake2b(base::as_bytes("two")));
  // A node outside of the committee signs with the key it announced.
  grow(world, "c1");
  grow(world, "c1");
  REQUIRE(world.run("c1", register_node(world, "c1")) == spec::OK);
  REQUIRE(send(signal_version(world, "c1", 2)) == spec::OK);
  REQUIRE(conserved(world));
}

TEST_CASE(
    "consensus: absent from over half of the window a member loses its power, until it resumes",
    "[ledger][tx][rule:N-8]") {
  World world = engine_world(10);
  for (int i = 0; i < 5; ++i) without(world, {"n4"});
  REQUIRE((duties(world, "n4").absent == 5 && !is_off(world, "n4")));
  REQUIRE(ledger::consensus_power(world.view(), world.epoch()) == 36);
  REQUIRE(world.run("n4", resume_consensus("n4")) == spec::NODE_STATE);
  without(world, {"n4"});
  const auto off = events_of<spec::NodeConsensusOff>(world.last()).at(0);
  REQUIRE((off.absent() == 6 && off.window() == 10 && off.power() == 31));
  REQUIRE(off.node() == ledger::text_of(node_of("n4")));
  REQUIRE(ledger::consensus_power(world.view(), world.epoch()) == 31);
  without(world, {"n4"});
  REQUIRE(events_of<spec::NodeConsensusOff>(world.last()).empty());  // it is off already
  for (int i = 0; i < 12; ++i) world.block(10);
  REQUIRE(
      (duties(world, "n4").absent == 0 && is_off(world, "n4")));  // presence alone brings nothing
  REQUIRE(world.run("n4", resume_consensus("n9")) == spec::UNKNOWN_NODE);
  REQUIRE(world.run("ann", resume_consensus("n4")) == spec::NOT_AUTHORITY);
  grow(world, "c1");
  grow(world, "c1");
  REQUIRE(world.run("c1", register_node(world, "c1")) == spec::OK);
  REQUIRE(world.run("c1", resume_consensus("c1")) == spec::NOT_MEMBER);
  REQUIRE(world.run("n4", resume_consensus("n4")) == spec::OK);
  REQUIRE(events_of<spec::NodeConsensusOn>(world.last()).size() == 1);
  REQUIRE(ledger::consensus_power(world.view(), world.epoch()) == 36);
  REQUIRE(conserved(world));
}

TEST_CASE("consensus: absences leave with their blocks, and those before a return do not count",
          "[ledger][rule:N-8]") {
  World world = engine_world(6);
  without(world, {"n4"});
  without(world, {"n4", "n3"});
  for (int i = 0; i < 4; ++i) world.block(10);
  REQUIRE((duties(world, "n4").absent == 2 && duties(world, "n3").absent == 1));
  world.block(10);
  REQUIRE((duties(world, "n4").absent == 1 && duties(world, "n3").absent == 1));
  world.block(10);
  REQUIRE((duties(world, "n4").absent == 0 && duties(world, "n3").absent == 0));
  for (int i = 0; i < 4; ++i) without(world, {"n4"});
  REQUIRE(is_off(world, "n4"));
  REQUIRE(world.run("n4", resume_consensus("n4")) == spec::OK);
  for (int i = 0; i < 3; ++i) without(world, {"n4"});
  REQUIRE((duties(world, "n4").absent == 3 && !is_off(world, "n4")));
  for (int i = 0; i < 6; ++i) world.block(10);
  REQUIRE(duties(world, "n4").absent == 0);
  std::uint64_t rows = 0;
  ledger::for_each<ledger::AbsenceRecord>(world.view(), ledger::kAbsences,
                                          [&](base::ByteView, const auto&) { return ++rows > 0; });
  REQUIRE(rows == 0);
}

TEST_CASE("consensus: two thirds of the shards never lose their power", "[ledger][rule:N-8]") {
  World world = engine_world(4);
  // 14, 10, 7 and 5 of 36: n4 and n3 together would leave 24, two thirds.
  for (int i = 0; i < 5; ++i) without(world, {"n3", "n4"});
  const std::vector<bool> off{is_off(world, "n3"), is_off(world, "n4")};
  REQUIRE(std::count(off.begin(), off.end(), true) == 1);
  // The first by node id, which is also the order within a block.
  REQUIRE(is_off(world, node_of("n3") < node_of("n4") ? "n3" : "n4"));
  // All are away: nobody else can be spared.
  for (int i = 0; i < 5; ++i) without(world, kNodes);
  REQUIRE(ledger::consensus_power(world.view(), world.epoch()) > 24);
  REQUIRE(conserved(world));
}

TEST_CASE(
    "consensus: a list of the absent may say anything; without a key there is no power to lose",
    "[ledger][rule:N-8][rule:EN-2]") {
  World world = engine_world(4, {"n1", "n2", "n3"});
  REQUIRE(ledger::consensus_power(world.view(), world.epoch()) == 31);
  for (int i = 0; i < 5; ++i) without(world, {"n9", "n4", "n4", "n2", "nobody", "n2"});
  REQUIRE((duties(world, "n4").absent == 4 && !is_off(world, "n4")));
  REQUIRE((duties(world, "n2").absent == 4 && !is_off(world, "n2")));  // 21 of 36 would stay
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kDuties, node_of("n9")));
  REQUIRE(conserved(world));
}

TEST_CASE("set_sequencer_authority: who signs under the policy in force replaces it",
          "[ledger][tx][rule:G-9]") {
  const ledger::Policy first = policy_of({1, {{"ann", 1}}});
  const ledger::Policy second = policy_of({2, {{"bob", 1}, {"bob1", 1}}});
  spec::Genesis document = members_document();
  document.set_sequencer_authority(base::string_of(first.encode()));
  World world(document);
  world.learn("bob1");
  const auto policy = [&] { return ledger::must_load(world.view(), ledger::kAuthority).policy; };
  REQUIRE(policy() == first.encode());
  REQUIRE(world.run("bob", set_sequencer_authority(second)) == spec::NOT_AUTHORITY);
  spec::Operation bad;
  bad.mutable_set_sequencer_authority()->set_policy(std::string(36, '\1'));
  REQUIRE(world.run("bob", bad) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("ann", bad) == spec::BAD_POLICY);
  // A key of small order: y = 1.
  std::string small = "\1" + std::string(1, '\0') + "\1";
  small += "\1" + std::string(31, '\0') + "\1";
  bad.mutable_set_sequencer_authority()->set_policy(small);
  REQUIRE(world.run("ann", bad) == spec::BAD_POLICY);
  REQUIRE(world.run("ann", set_sequencer_authority(second)) == spec::OK);
  const auto event = events_of<spec::GovAuthorityChanged>(world.last()).at(0);
  REQUIRE((event.threshold() == 2 && event.keys_size() == 2));
  REQUIRE(policy() == second.encode());
  // The old policy has no say any more; an account that takes the new one on has it, until it
  // changes its keys again.
  REQUIRE(world.run("ann", set_sequencer_authority(first)) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("bob", set_sequencer_authority(first)) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("bob", set_keys(world, "bob", {2, {{"bob", 1}, {"bob1", 1}}},
                                    world.nonce("bob"))) == spec::OK);
  REQUIRE(world.run("bob", set_sequencer_authority(second)) == spec::OK);
  REQUIRE(world.run("bob", set_sequencer_authority(first)) == spec::OK);
  REQUIRE(world.run("bob", set_sequencer_authority(first)) == spec::NOT_AUTHORITY);
  // A chain that names no authority has none.
  World none = members();
  REQUIRE_FALSE(ledger::exists(none.view(), ledger::kAuthority));
  REQUIRE(none.run("ann", set_sequencer_authority(first)) == spec::NOT_AUTHORITY);
  // The account of a fresh key has its policy with its first transaction.
  document.set_sequencer_authority(base::string_of(policy_of({1, {{"new", 1}}}).encode()));
  World fresh(document);
  REQUIRE(fresh.run("ann", transfer("new", kWal)) == spec::OK);
  REQUIRE(fresh.run("new", set_sequencer_authority(second)) == spec::OK);
  REQUIRE(conserved(world));
}
