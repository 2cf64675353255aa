// SPDX-License-Identifier: Apache-2.0
// Refusals of transactions that the tests of their own area do not show: sums out of range, lists
// too long, fields that contradict each other, bonds, pools in quarantine, blobs that have ended.
#include <catch2/catch.hpp>

#include "economics/pricing.h"
#include "proofs/prove/reveal.h"
#include "proofs/prove/signer.h"
#include "tests/ledger/epoch_support.h"
#include "tests/support/operations.h"

using namespace wald;
using namespace wald::tests;

namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kMost = economics::kMaxAmount;
const std::vector<std::string> kNodes{"n1", "n2", "n3", "n4"};

World world_of(std::map<std::string, std::uint64_t> accounts = {}) {
  accounts.emplace("ann", 5000 * kWal);
  return World(network({4000, 3000, 2000, 1500, 600}, std::move(accounts)));
}

void quarantine(World& world, const std::string& node) {
  world.edit([&](ledger::Overlay& state) {
    ledger::save(state, ledger::kQuarantine, ledger::QuarantineRecord(), node_of(node));
  });
}

// A registration of `node` with everything in order, its consensus key included, then changed.
template <class Edit>
spec::Operation registering(const World& world, const std::string& node, const Edit& edit) {
  spec::Operation op;
  auto& message = *op.mutable_register_node();
  message = registration(node, world.chain(), world.epoch(), world.epoch().next());
  const Key key = key_of_name(node + ".consensus");
  const auto digest = ledger::key_possession_digest(
      world.chain(), node_of(node), ledger::KeyRole::kConsensus, key.key, world.epoch());
  message.mutable_consensus_key()->set_key(base::string_of(key.key.view()));
  message.mutable_consensus_key()->set_possession(base::string_of(key.sign(digest.view())));
  edit(message);
  return op;
}

// The VRF key of `owner`, proved for `node` as it must be.
void take_vrf_key(spec::RegisterNode& message, const World& world, const std::string& node,
                  const std::string& owner) {
  const prove::VrfSecret vrf(base::ByteView(vrf_seed(owner).seed));
  const auto alpha =
      proofs::vrf_pop_alpha(world.chain(), node_of(node), vrf.public_key(), world.epoch().next());
  message.set_vrf_key(base::string_of(vrf.public_key().view()));
  message.set_vrf_proof(base::string_of(vrf.prove(alpha.view())));
}

// A blob of ann's, registered in epoch 1 until T_2 with a thousand objects that end before it in
// the order of the sweep: at T_2 it is still there, and its epochs are over.
base::ObjectId ended_blob(World& world, const FileOf& file, bool certified) {
  REQUIRE(world.run("ann", reserve(64 * kMiB, std::nullopt, 2)) == spec::OK);
  REQUIRE(world.run("ann", register_blob(made_resource(world), file, true)) == spec::OK);
  const auto blob = made_blob(world);
  if (certified)
    REQUIRE(world.run("ann", certify(blob, confirmation(world, kNodes, file.id, blob))) ==
            spec::OK);
  world.edit([](ledger::Overlay& state) {
    for (std::uint32_t i = 0; i < 2000; ++i) {
      std::array<std::uint8_t, 32> bytes{};
      bytes[2] = static_cast<std::uint8_t>(i >> 8);
      bytes[3] = static_cast<std::uint8_t>(i);
      const base::ObjectId id(bytes);
      const auto bob = account_of("n1");
      ledger::save(state, ledger::kResources,
                   ledger::ResourceRecord{bob, base::Epoch(1), base::Epoch(2), 1}, id);
      ledger::save(state, ledger::kOwned, ledger::OwnedRecord(), bob, id);
      ledger::save(state, ledger::kExpiry, ledger::ExpiryRecord(), base::Epoch(2), id);
    }
  });
  turn_epoch(world);
  REQUIRE(ledger::must_load(world.view(), ledger::kBlobs, blob).end == world.epoch());
  return blob;
}

}  // namespace

TEST_CASE("refusals: sums that no money can reach are out of range", "[ledger][tx][rule:M-3]") {
  World world = world_of();
  REQUIRE(world.run("ann", transfer("new", kMost)) == spec::OVERFLOW);  // and the creation fee
  REQUIRE(world.run("ann", transfer("n1", kMost)) == spec::INSUFFICIENT);
  REQUIRE(world.run("ann", add_rewards({kMost, 1})) == spec::OVERFLOW);
  REQUIRE(world.run("ann", delegate("n1", kMost)) == spec::OVERFLOW);
  REQUIRE(world.run("ann", transfer("n1", kMost + 1)) == spec::MALFORMED);
  REQUIRE(world.run("ann", burn(kMost + 1)) == spec::MALFORMED);
  REQUIRE(world.run("ann", delegate("n1", kMost + 1)) == spec::MALFORMED);
  REQUIRE(world.run("ann", reserve(kMiB, std::nullopt, 2, kMost + 1)) == spec::MALFORMED);
  REQUIRE(world.run("n1", set_votes("n1", {kMost + 1, {}, {}})) == spec::MALFORMED);
  REQUIRE(conserved(world));
}

TEST_CASE("refusals: lists that are too long, and fields that contradict each other",
          "[ledger][tx][rule:U-8]") {
  World world = world_of();
  const std::vector<spec::Operation> many(65, transfer("n1", 1));
  REQUIRE(world.run("ann", batch(many, true)) == spec::LIMIT);
  REQUIRE(world.balance("n1") == 1000 * kWal);
  REQUIRE(world.run("ann", batch({many.begin(), many.end() - 1}, true)) == spec::OK);
  REQUIRE(world.balance("n1") == 1000 * kWal + 64);
  REQUIRE(world.run("ann", batch({}, true)) == spec::MALFORMED);
  REQUIRE(world.run("ann", batch({attest_sync("n1", world.chain(), world.epoch())}, false)) ==
          spec::MALFORMED);
  const base::ObjectId some = base::ObjectId::from(base::Bytes(32, 9));
  REQUIRE(world.run("ann", withdraw({})) == spec::MALFORMED);
  REQUIRE(world.run("ann", withdraw(std::vector(65, some))) == spec::MALFORMED);
  REQUIRE(world.run("ann", withdraw(std::vector(64, some))) == spec::UNKNOWN_OBJECT);
  auto gift = add_rewards({5, 5});
  gift.mutable_add_rewards()->set_epochs(2);
  REQUIRE(world.run("ann", gift) == spec::MALFORMED);
  auto both = extend(some, 1);
  both.mutable_extend_blob()->set_resource(base::string_of(some.view()));
  REQUIRE(world.run("ann", both) == spec::MALFORMED);
  auto neither = extend(some, 1);
  neither.mutable_extend_blob()->clear_max_cost();
  REQUIRE(world.run("ann", neither) == spec::MALFORMED);
  REQUIRE(conserved(world));
}

TEST_CASE("register_node: name, address and data have their limits", "[ledger][tx][rule:N-1]") {
  World world = world_of({{"n9", 1000 * kWal}});
  const auto code = [&](const auto& edit) {
    return world.run("n9", registering(world, "n9", edit));
  };
  REQUIRE(code([](auto& m) { m.set_name(std::string(101, 'x')); }) == spec::BAD_NODE_INFO);
  REQUIRE(code([](auto& m) { m.set_address("n9.example"); }) == spec::BAD_NODE_INFO);
  REQUIRE(code([](auto& m) { m.set_address("n9.example:0"); }) == spec::BAD_NODE_INFO);
  REQUIRE(code([](auto& m) {
            std::string host;
            while (host.size() < 255) host += "a.";
            m.set_address(host + "a:65535");
          }) == spec::BAD_NODE_INFO);
  REQUIRE(code([](auto& m) {
            for (int i = 0; i < 9; ++i) {
              auto& pair = *m.mutable_metadata()->add_pairs();
              pair.set_key("k" + std::to_string(i));
              pair.set_value(std::string(1000, 'v'));
            }
          }) == spec::BAD_NODE_INFO);
  REQUIRE(code([](auto& m) { m.set_name(std::string(100, 'x')); }) == spec::OK);
  REQUIRE(conserved(world));
}

TEST_CASE("register_node: each key is proved for this node, chain and epoch, and new",
          "[ledger][tx][rule:N-1][rule:O-4]") {
  World world = world_of({{"n9", 1000 * kWal}});
  const World other(network({4000, 3000, 2000, 1500}));
  const auto code = [&](const auto& edit) {
    return world.run("n9", registering(world, "n9", edit));
  };
  const auto now = world.epoch();
  // A proof of another epoch, chain or account.
  for (const auto& wrong : {registration("n9", world.chain(), now.next(), now.next()),
                            registration("n9", other.chain(), now, now.next())})
    REQUIRE(code([&](auto& m) { m.set_possession(wrong.possession()); }) == spec::BAD_POSSESSION);
  REQUIRE(world.run("ann", registering(world, "n9", [](auto&) {})) == spec::BAD_POSSESSION);
  const auto later = registration("n9", world.chain(), now, now.next().next());
  REQUIRE(code([&](auto& m) { m.set_vrf_proof(later.vrf_proof()); }) == spec::BAD_POSSESSION);
  REQUIRE(code([&](auto& m) { m.set_vrf_key(m.protocol_key()); }) == spec::BAD_POSSESSION);
  REQUIRE(code([](auto& m) { m.mutable_consensus_key()->set_possession(std::string(64, '\1')); }) ==
          spec::BAD_POSSESSION);
  // Good proofs of keys that were used before: of the same node, of others, in another role.
  REQUIRE(code([&](auto& m) { take_vrf_key(m, world, "n9", "n1"); }) == spec::KEY_TAKEN);
  REQUIRE(code([&](auto& m) {
            const Key taken = protocol_key("n1");
            const auto digest = ledger::key_possession_digest(
                world.chain(), node_of("n9"), ledger::KeyRole::kConsensus, taken.key, now);
            m.mutable_consensus_key()->set_key(base::string_of(taken.key.view()));
            m.mutable_consensus_key()->set_possession(base::string_of(taken.sign(digest.view())));
          }) == spec::KEY_TAKEN);
  REQUIRE(code([&](auto& m) {
            const prove::Signer signer(base::ByteView(protocol_key("n1").seed));
            m.set_protocol_key(base::string_of(signer.public_key().view()));
            m.set_possession(base::string_of(signer.message(
                world.chain(), {now, proofs::Possession{account_of("n9"), signer.public_key()}})));
            m.clear_consensus_key();
            take_vrf_key(m, world, "n1", "n9");
          }) == spec::KEY_TAKEN);
  REQUIRE(code([](auto&) {}) == spec::OK);
  REQUIRE(code([](auto&) {}) == spec::KEY_TAKEN);
  REQUIRE(conserved(world));
}

TEST_CASE("register_node: rate, votes, accounts and the deposit", "[ledger][tx][rule:N-1]") {
  auto document = network({4000, 3000, 2000, 1500}, {{"n9", 1000 * kWal}, {"n8", 99 * kWal}});
  set_param(document, "commission_max", 3000);
  World world(document);
  const auto code = [&](const auto& edit) {
    return world.run("n9", registering(world, "n9", edit));
  };
  const std::string nobody = base::string_of(account_of("nobody").view());
  REQUIRE(code([](auto& m) { m.set_commission(3001); }) == spec::BAD_RATE);
  REQUIRE(code([](auto& m) { m.set_storage_price(economics::kMaxPrice + 1); }) == spec::BAD_VOTE);
  REQUIRE(code([](auto& m) { m.set_write_price(economics::kMaxPrice + 1); }) == spec::BAD_VOTE);
  REQUIRE(code([](auto& m) { m.set_capacity(std::uint64_t{1} << 63); }) == spec::BAD_VOTE);
  REQUIRE(code([&](auto& m) { m.set_commission_account(nobody); }) == spec::BELOW_ACCOUNT_MIN);
  REQUIRE(code([&](auto& m) { m.set_governance_account(nobody); }) == spec::BELOW_ACCOUNT_MIN);
  REQUIRE(world.run("n8", registering(world, "n8", [](auto&) {})) == spec::INSUFFICIENT);
  REQUIRE(code([](auto& m) { m.set_commission(3000); }) == spec::OK);
  REQUIRE(world.run("n9", set_commission("n9", 3001)) == spec::BAD_RATE);
  const std::uint64_t over = economics::kMaxPrice + 1;
  REQUIRE(world.run("n9", set_votes("n9", {{}, over, {}})) == spec::BAD_VOTE);
  REQUIRE(world.run("n9", set_votes("n9", {{}, {}, std::uint64_t{1} << 63})) == spec::BAD_VOTE);
  REQUIRE(conserved(world));
}

TEST_CASE("bonds: they stay whole, and only one of them comes or goes at a time",
          "[ledger][tx][rule:P-12]") {
  World world = world_of();
  REQUIRE(world.run("n1", delegate("n1", 20 * kWal, true)) == spec::OK);
  const auto bond = made_stake(world);
  REQUIRE(world.run("n1", request_exit(bond, 5 * kWal)) == spec::BOND_FIXED);
  // It starts with the next epoch, at a node that will be at work then.
  while (!ledger::must_load(world.view(), ledger::kChain).clock.selected) world.block();
  REQUIRE(world.run("n1", request_exit(bond)) == spec::BOND_FIXED);
  REQUIRE(world.run("n1", withdraw({bond})) == spec::BOND_FIXED);
  turn_epoch(world);
  REQUIRE(pool_of(world, "n1").bond->stake == bond);
  REQUIRE(world.run("n1", withdraw({bond})) == spec::EXIT_NOT_REQUESTED);
  REQUIRE(world.run("n1", request_exit(bond, 5 * kWal)) == spec::BOND_FIXED);
  REQUIRE(world.run("n1", delegate("n1", kWal, true)) == spec::OK);
  REQUIRE(world.run("n1", request_exit(bond)) == spec::BOND_LEAVING);  // a top-up waits
  turn_epoch(world);
  REQUIRE(world.run("n1", request_exit(bond)) == spec::OK);
  REQUIRE(world.run("n1", request_exit(bond)) == spec::ALREADY_LEAVING);
  REQUIRE(world.run("n1", delegate("n1", kWal, true)) == spec::BOND_LEAVING);
  REQUIRE(conserved(world));
}

TEST_CASE("bonds: a top-up joins the bond when it starts, at the age of both together",
          "[ledger][tx][rule:P-12]") {
  World world = world_of();
  REQUIRE(world.run("n1", delegate("n1", 20 * kWal, true)) == spec::OK);
  const auto bond = made_stake(world);
  turn_epoch(world);
  REQUIRE(world.run("n1", delegate("n1", 10 * kWal, true)) == spec::OK);
  const auto top_up = made_stake(world);
  REQUIRE(pool_of(world, "n1").bond_pending->stake == top_up);
  turn_epoch(world);
  const auto pool = pool_of(world, "n1");
  REQUIRE_FALSE(pool.bond_pending.has_value());
  REQUIRE(pool.bond->principal.value() == 30 * kWal);
  REQUIRE(pool.bond->shares.value() == 30 * kWal);
  const auto kept = pool.bond->stake;
  const auto gone = kept == bond ? top_up : bond;
  REQUIRE(ledger::exists(world.view(), ledger::kStakes, kept));
  REQUIRE_FALSE(ledger::exists(world.view(), ledger::kStakes, gone));
  REQUIRE(world.run("n1", withdraw({gone})) == spec::UNKNOWN_OBJECT);
  // The whole of it leaves two epochs after the node's stake would, and is paid once.
  REQUIRE(world.run("n1", request_exit(kept)) == spec::OK);
  const auto asked = events_of<spec::StakeExitRequested>(world.last()).at(0);
  REQUIRE(asked.shares() == 30 * kWal);
  while (world.epoch() < base::Epoch(asked.exit())) turn_epoch(world);
  REQUIRE_FALSE(pool_of(world, "n1").bond.has_value());
  REQUIRE(world.run("n1", withdraw({kept})) == spec::OK);
  REQUIRE(events_of<spec::StakeWithdrawn>(world.last()).at(0).principal() == 30 * kWal);
  REQUIRE(conserved(world));
}

TEST_CASE("quarantine: stakes and commission of the pool wait, its node still votes",
          "[ledger][tx][rule:H-8]") {
  World world = world_of();
  REQUIRE(world.run("ann", delegate("n1", 10 * kWal)) == spec::OK);
  const auto stake = made_stake(world);
  quarantine(world, "n1");
  REQUIRE(world.run("ann", delegate("n1", kWal)) == spec::POOL_QUARANTINED);
  REQUIRE(world.run("ann", request_exit(stake)) == spec::POOL_QUARANTINED);
  REQUIRE(world.run("ann", withdraw({stake})) == spec::POOL_QUARANTINED);
  REQUIRE(world.run("n1", set_commission("n1", 1100)) == spec::POOL_QUARANTINED);
  REQUIRE(world.run("n1", collect_commission("n1")) == spec::POOL_QUARANTINED);
  REQUIRE(world.run("n1", set_votes("n1", {7, {}, {}})) == spec::OK);
  REQUIRE(conserved(world));
}

TEST_CASE("blobs: after its last epoch nothing is done to a blob that the sweep has not reached",
          "[ledger][tx][rule:L-6][rule:L-8][rule:L-9]") {
  World world = world_of();
  const FileOf file = file_of(1, 1000);
  const auto bare = ended_blob(world, file, false);
  REQUIRE(world.run("ann", certify(bare, confirmation(world, kNodes, file.id, bare))) ==
          spec::BLOB_ENDED);
  World other = world_of();
  const auto certified = ended_blob(other, file, true);
  other.send("ann", extend(certified, 1));
  other.send("ann", delete_blob(certified));
  other.block(0);
  REQUIRE(other.last().receipts.at(0).code == spec::BLOB_ENDED);
  REQUIRE(other.last().receipts.at(1).code == spec::BLOB_ENDED);
}

TEST_CASE("blobs: an id proved invalid is neither certified nor extended, and may be deleted",
          "[ledger][tx][rule:L-6][rule:L-8][rule:L-9]") {
  World world = world_of();
  const FileOf bad = file_of(1, 1000), worse = file_of(2, 1000);
  std::vector<base::ObjectId> blobs;
  for (const FileOf& file : {bad, worse}) {
    REQUIRE(world.run("ann", reserve(64 * kMiB, std::nullopt, 4)) == spec::OK);
    REQUIRE(world.run("ann", register_blob(made_resource(world), file)) == spec::OK);
    blobs.push_back(made_blob(world));
  }
  REQUIRE(world.run("ann", certify(blobs[1], confirmation(world, kNodes, worse.id))) == spec::OK);
  world.edit([&](ledger::Overlay& state) {
    for (const auto& id : {bad.id, worse.id}) {
      auto record = ledger::must_load(state, ledger::kBlobIds, id);
      record.invalid = true;
      ledger::save(state, ledger::kBlobIds, record, id);
    }
  });
  REQUIRE(world.run("ann", certify(blobs[0], confirmation(world, kNodes, bad.id))) ==
          spec::BLOB_INVALID);
  REQUIRE(world.run("ann", extend(blobs[1], 1)) == spec::BLOB_INVALID);
  REQUIRE(world.run("ann", delete_blob(blobs[0])) == spec::OK);  // permanent, and yet
  REQUIRE(world.run("ann", delete_blob(blobs[1])) == spec::OK);
  REQUIRE(conserved(world));
}

TEST_CASE("extend_blob: by a resource of one's own, and for money that is there",
          "[ledger][tx][rule:L-8]") {
  World world = world_of({{"bob", 100 * kWal}});
  const FileOf file = file_of(1, 1000);
  REQUIRE(world.run("ann", reserve(64 * kMiB, std::nullopt, 3)) == spec::OK);
  REQUIRE(world.run("ann", register_blob(made_resource(world), file)) == spec::OK);
  const auto blob = made_blob(world);
  REQUIRE(world.run("ann", certify(blob, confirmation(world, kNodes, file.id))) == spec::OK);
  REQUIRE(world.run("bob", reserve(64 * kMiB, 3, 5)) == spec::OK);
  const auto theirs = made_resource(world);
  REQUIRE(world.run("ann", extend_with(blob, theirs)) == spec::NOT_OWNER);
  REQUIRE(world.run("ann", transfer("bob", world.balance("ann") - 5'000'000)) == spec::OK);
  REQUIRE(world.run("ann", extend(blob, 1)) == spec::INSUFFICIENT);
  REQUIRE(conserved(world));
}
