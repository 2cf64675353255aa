// SPDX-License-Identifier: Apache-2.0
// Keys that change: of an account, from one key to several and on, and of a node, from the
// committee that is chosen next.
#include <catch2/catch.hpp>

#include "ledger/wire/canonical.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

World two_accounts() { return World(small_genesis({{"ann", 10 * kWal}, {"bob", kWal}})); }
const KeysOf kTwoOfThree{2, {{"a1", 1}, {"a2", 1}, {"a3", 1}}};

ledger::AccountRecord account_at(const World& world, const std::string& name) {
  return ledger::must_load(world.view(), ledger::kAccounts, account_of(name));
}
ledger::NodeRecord node_at(const World& world, const std::string& name) {
  return ledger::must_load(world.view(), ledger::kNodes, node_of(name));
}
base::PublicKey seated_key(const World& world, const std::string& name) {
  const auto committee = ledger::must_load(world.view(), ledger::kCommittees, world.epoch());
  for (const auto& member : committee.members)
    if (member.node == node_of(name)) return member.protocol_key;
  throw std::runtime_error(name + " has no seat");
}
// Of ann, under the policy of `keys`, signed by `signers`.
spec::Code paid_by(World& world, const KeysOf& keys, const std::vector<std::string>& signers) {
  const auto body = world.body("ann", transfer("bob", 1), world.nonce("ann"));
  return world.run_raw(
      wire::write_canonical(world.seal_by(policy_of(keys), signers, wire::write_canonical(body))));
}

}  // namespace

TEST_CASE("set_keys: other keys sign from then on, the id and the balance stay",
          "[ledger][tx][rule:U-2][rule:U-1][rule:U-3]") {
  World world = two_accounts();
  const auto operation = set_keys(world, "ann", kTwoOfThree, 0);
  REQUIRE(world.run("ann", operation) == spec::OK);
  const std::uint64_t fee = world.last().receipts.at(0).fee;
  REQUIRE(world.balance("ann") == 10 * kWal - fee);
  REQUIRE(fee >= 4 * ledger::Params().fee_per_signature);  // the old key and three new ones
  REQUIRE(account_at(world, "ann").policy == policy_of(kTwoOfThree).encode());
  const auto event = events_of<spec::AccountKeysChanged>(world.last()).at(0);
  REQUIRE(event.threshold() == 2);
  REQUIRE(event.keys_size() == 3);

  // The old key is nobody's any more; one of three is too little, whichever two do.
  const KeysOf old{1, {{"ann", 1}}};
  REQUIRE(paid_by(world, old, {"ann"}) == spec::KEYS_NOT_AUTHORISED);
  REQUIRE(paid_by(world, kTwoOfThree, {"a1"}) == spec::KEYS_NOT_AUTHORISED);
  REQUIRE(paid_by(world, kTwoOfThree, {"a1", "a2"}) == spec::OK);
  REQUIRE(paid_by(world, kTwoOfThree, {"a3", "a1"}) == spec::OK);
  REQUIRE(paid_by(world, kTwoOfThree, {"a1", "a2", "a3"}) == spec::OK);
  // Of another policy with the same keys nothing is known.
  REQUIRE(paid_by(world, {1, kTwoOfThree.weights}, {"a1"}) == spec::KEYS_NOT_AUTHORISED);

  // The keys of now hand on to the next ones.
  world.learn("a1");
  world.learn("a3");
  const KeysOf heavy{3, {{"b1", 2}, {"b2", 1}}};
  REQUIRE(world.run("ann", set_keys(world, "ann", heavy, world.nonce("ann"))) == spec::OK);
  REQUIRE(paid_by(world, kTwoOfThree, {"a1", "a3"}) == spec::KEYS_NOT_AUTHORISED);
  REQUIRE(paid_by(world, heavy, {"b1"}) == spec::KEYS_NOT_AUTHORISED);
  REQUIRE(paid_by(world, heavy, {"b1", "b2"}) == spec::OK);
  REQUIRE(conserved(world));
}

TEST_CASE("set_keys: a signature that is wrong, missing or of another nonce costs nothing",
          "[ledger][tx][rule:U-2]") {
  World world = two_accounts();
  const auto good = set_keys(world, "ann", kTwoOfThree, 0);
  auto flipped = good;
  (*flipped.mutable_set_keys()->mutable_proofs(2))[5] ^= 1;
  REQUIRE(world.run("ann", flipped) == spec::BAD_SIGNATURE);
  auto fewer = good;
  fewer.mutable_set_keys()->mutable_proofs()->RemoveLast();
  REQUIRE(world.run("ann", fewer) == spec::BAD_SIGNATURE);
  auto swapped = good;
  swapped.mutable_set_keys()->mutable_proofs()->SwapElements(0, 1);
  REQUIRE(world.run("ann", swapped) == spec::BAD_SIGNATURE);
  REQUIRE(world.run("ann", set_keys(world, "ann", kTwoOfThree, 1)) == spec::BAD_SIGNATURE);
  REQUIRE(world.run("ann", set_keys(world, "bob", kTwoOfThree, 0)) == spec::BAD_SIGNATURE);
  // In a batch as well, under the nonce of the batch.
  REQUIRE(world.run("ann", batch({transfer("bob", 1), flipped}, false)) == spec::BAD_SIGNATURE);
  REQUIRE(world.balance("ann") == 10 * kWal);
  REQUIRE(world.nonce("ann") == 0);
  REQUIRE(world.run("ann", batch({transfer("bob", 1), good}, true)) == spec::OK);
  REQUIRE(account_at(world, "ann").policy == policy_of(kTwoOfThree).encode());
}

TEST_CASE("set_keys: a policy that is none is refused and charged", "[ledger][tx][rule:U-1]") {
  World world = two_accounts();
  const auto good = set_keys(world, "ann", kTwoOfThree, 0);
  const auto with = [&](const std::string& policy) {
    auto operation = good;
    operation.mutable_set_keys()->set_policy(policy);
    return operation;
  };
  const std::string bytes = good.set_keys().policy();
  auto high = bytes;
  high[0] = 4;  // above the sum of weights
  auto none = bytes;
  none[0] = 0;
  auto weightless = bytes;
  weightless[3 + 32] = 0;
  for (const auto& policy : {high, none, weightless, bytes + "x", std::string("abc")}) {
    const auto nonce = world.nonce("ann");
    REQUIRE(world.run("ann", with(policy)) == spec::BAD_POLICY);
    REQUIRE(world.nonce("ann") == nonce + 1);
  }
  // The neutral element is a key for which anybody can sign, and of small order.
  std::string weak("\x01\x00\x01\x01", 4);
  weak.append(31, '\0');
  weak.push_back('\x01');
  auto operation = with(weak);
  operation.mutable_set_keys()->clear_proofs();
  operation.mutable_set_keys()->add_proofs("\x01" + std::string(63, '\0'));
  REQUIRE(world.run("ann", operation) == spec::BAD_SIGNATURE);
  REQUIRE(account_at(world, "ann").policy ==
          ledger::Policy::single(key_of_name("ann").key).encode());
  REQUIRE(conserved(world));
}

TEST_CASE("announce_key: the committee chosen next signs with it, the sitting one does not",
          "[ledger][tx][rule:N-4]") {
  World world(network({4000, 3000, 2000, 1500}, {{"ann", 100 * kWal}}));
  const auto role = spec::KEY_ROLE_PROTOCOL;
  REQUIRE(world.run("n1", announce_key(world, "n1", role, "fresh")) == spec::OK);
  const auto event = events_of<spec::NodeKeyAnnounced>(world.last()).at(0);
  REQUIRE(event.role() == role);
  REQUIRE(event.epoch() == world.epoch().value() + 1);
  REQUIRE(seated_key(world, "n1") == protocol_key("n1").key);
  // The last one before the selection wins; the one passed over stays taken.
  REQUIRE(world.run("n1", announce_key(world, "n1", role, "fresher")) == spec::OK);
  REQUIRE(world.run("n2", announce_key(world, "n2", role, "fresh")) == spec::KEY_TAKEN);
  // Statements of this epoch are still the old key's.
  REQUIRE(world.run_raw(world.bare(attest_sync("n1", world.chain(), world.epoch()))) == spec::OK);
  bool rotated = false;
  const auto before = world.epoch();
  while (world.epoch() == before) {
    world.block(1000);
    for (const auto& one : events_of<spec::NodeKeyRotated>(world.last()))
      rotated |= one.key() == ledger::text_of(key_of_name("fresher").key);
  }
  REQUIRE(rotated);
  REQUIRE(seated_key(world, "n1") == key_of_name("fresher").key);
  REQUIRE(seated_key(world, "n2") == protocol_key("n2").key);
  // Announced after a selection it waits for the one after.
  while (!ledger::must_load(world.view(), ledger::kChain).clock.selected) world.block(1000);
  REQUIRE(world.run("n3", announce_key(world, "n3", role, "late")) == spec::OK);
  REQUIRE(events_of<spec::NodeKeyAnnounced>(world.last()).at(0).epoch() ==
          world.epoch().value() + 2);
  turn_epoch(world);
  REQUIRE(seated_key(world, "n3") == protocol_key("n3").key);
  turn_epoch(world);
  REQUIRE(seated_key(world, "n3") == key_of_name("late").key);
  REQUIRE(conserved(world));
}

TEST_CASE("announce_key: refusals, and the consensus role", "[ledger][tx][rule:N-4][rule:N-1]") {
  World world(network({4000, 3000, 2000, 1500}, {{"ann", 100 * kWal}}));
  const auto role = spec::KEY_ROLE_CONSENSUS;
  const auto good = announce_key(world, "n1", role, "fresh");
  REQUIRE(world.run("ann", good) == spec::NOT_AUTHORITY);
  REQUIRE(world.run("n1", announce_key(world, "n9", role, "fresh")) == spec::UNKNOWN_NODE);
  auto flipped = good;
  (*flipped.mutable_announce_key()->mutable_possession())[3] ^= 1;
  REQUIRE(world.run("n1", flipped) == spec::BAD_POSSESSION);
  auto other_role = good;
  other_role.mutable_announce_key()->set_role(spec::KEY_ROLE_PROTOCOL);
  REQUIRE(world.run("n1", other_role) == spec::BAD_POSSESSION);
  auto vrf = good;
  vrf.mutable_announce_key()->set_role(spec::KEY_ROLE_VRF);
  REQUIRE(world.run("n1", vrf) == spec::MALFORMED);
  REQUIRE(world.run("n1", announce_key(world, "n1", role, "n2.protocol")) == spec::KEY_TAKEN);
  REQUIRE_FALSE(node_at(world, "n1").consensus_key);
  REQUIRE(world.run("n1", good) == spec::OK);
  REQUIRE(node_at(world, "n1").consensus_key == key_of_name("fresh").key);
  REQUIRE(node_at(world, "n1").protocol_key == protocol_key("n1").key);
  const auto taken = ledger::must_load(world.view(), ledger::kKeys, key_of_name("fresh").key);
  REQUIRE(taken.node == node_of("n1"));
  REQUIRE(taken.role == ledger::KeyUse::kConsensus);
  REQUIRE(world.run("n1", good) == spec::KEY_TAKEN);
  // The proof is of its epoch.
  const auto stale = announce_key(world, "n2", role, "stale");
  turn_epoch(world);
  REQUIRE(world.run("n2", stale) == spec::BAD_POSSESSION);
}
