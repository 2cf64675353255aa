// SPDX-License-Identifier: Apache-2.0
#include "node/storage/shard_sync.h"

#include <catch2/catch.hpp>
#include <future>

#include "tests/node/storage/rig.h"

using namespace wald;
using namespace wald::storage;
using namespace wald::tests;
using codec::Axis;

namespace {

// Seven shards (f = 2, p = 3, s = 5) on four nodes; two certified blobs in place in epoch 1.
struct Network : Rig {
  Network() : Rig(7, 4) {
    for (const auto& blob : blobs) {
      fill(blob);
      state.set_blob(blob.metadata().blob_id, permanent_blob(blob.metadata().len, 9, true));
    }
  }
  std::vector<codec::Encoded> blobs{codec::encode(codec(), random_bytes(3, 5'000)).value(),
                                    codec::encode(codec(), random_bytes(4, 1)).value()};

  // Everybody gains shards and loses those it had.
  void turn(std::uint32_t epoch, std::uint32_t shift) {
    set_committee(epoch, shift);
    state.set_epoch(epoch);
  }
  bool complete(RigNode& node) {
    const LedgerMoment moment = node.registry().now();
    for (const auto& blob : blobs)
      for (const base::ShardIndex shard : moment.committee()->member(node.id())->shards)
        for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
          const auto& id = blob.metadata().blob_id;
          const auto index = shape::sliver_of_shard(codec().params(), id, axis, shard).value();
          const auto sliver = node.store().sliver(id, {axis, index}).value();
          if (!sliver || !base::equal(sliver->body, blob.sliver(axis, index).body)) return false;
        }
    return true;
  }
};

struct Syncing {
  Syncing(Network& network, RigNode& node,
          const std::function<void(const std::string&)>& report = {})
      : peers(network.codec(), client, 5'000),
        sync(node.parts(), peers, {20, 20, report}, [this](base::Epoch epoch) {
          attested.push_back(epoch);
          if (attested.size() == 1) first.set_value();
        }) {}
  net::Client client;
  PeerClient peers;
  std::vector<base::Epoch> attested;
  std::promise<void> first;
  ShardSync sync;
};

}  // namespace

TEST_CASE("shard sync: gained shards are read from their earlier holders, then attested once",
          "[node][storage][rule:SN-5]") {
  Network network;
  network.turn(2, 1);
  for (std::size_t i = 0; i < network.size(); ++i) {
    RigNode& node = network.node(i);
    REQUIRE_FALSE(network.complete(node));
    Syncing s(network, node);
    const SyncPass pass = s.sync.run_pass();
    const std::size_t shards = node.registry().now().committee()->member(node.id())->shards.size();
    REQUIRE(pass.fetched == 2 * 2 * shards);
    REQUIRE(pass.rebuilt == 0);
    REQUIRE(pass.missing == 0);
    REQUIRE(pass.erased == 0);  // the old ones stay for their new holders
    REQUIRE(network.complete(node));
    REQUIRE(s.attested == std::vector<base::Epoch>{base::Epoch(2)});
    REQUIRE(s.sync.in_transfer().empty());
    REQUIRE(s.sync.run_pass().fetched == 0);
    REQUIRE(s.attested.size() == 1);
  }
}

TEST_CASE("shard sync: slivers of a dead holder are rebuilt from the others' symbols",
          "[node][storage][rule:K-23]") {
  Network network;
  network.turn(2, 1);
  network.node(1).stop();           // two shards of epoch 1: no more than f
  RigNode& node = network.node(2);  // gained them
  Syncing s(network, node);
  const SyncPass pass = s.sync.run_pass();
  REQUIRE(pass.rebuilt == 2 * 2 * 2);
  REQUIRE(pass.missing == 0);
  REQUIRE(network.complete(node));
  REQUIRE(s.attested.size() == 1);
}

TEST_CASE("shard sync: a holder that serves wrong bytes is found out",
          "[node][storage][rule:K-21]") {
  Network network;
  const auto& blob = network.blobs[0];
  const auto& id = blob.metadata().blob_id;
  RigNode& liar = network.node(1);
  for (const SliverName& name : liar.store().slivers(id)) {
    liar.store().erase_sliver(id, name).value();
    base::Bytes body(blob.sliver(name.axis, name.index).body.begin(),
                     blob.sliver(name.axis, name.index).body.end());
    body[0] = static_cast<std::uint8_t>(body[0] ^ 1);
    liar.store()
        .put_sliver(blob.metadata(), {name.axis, name.index, blob.symbol_size(), body})
        .value();
  }
  network.turn(2, 1);
  Syncing s(network, network.node(2));
  const SyncPass pass = s.sync.run_pass();
  REQUIRE(pass.fetched == 4);  // of the other blob
  REQUIRE(pass.rebuilt == 4);
  REQUIRE(network.complete(network.node(2)));
}

TEST_CASE("shard sync: what cannot be had yet is waited for, without an attestation",
          "[node][storage][rule:SN-5]") {
  Network network;
  network.turn(2, 1);
  for (const std::size_t dead : {0u, 1u, 3u}) network.node(dead).stop();
  RigNode& node = network.node(2);
  Syncing s(network, node);
  REQUIRE(s.sync.run_pass().missing > 0);
  REQUIRE(s.attested.empty());
  REQUIRE(s.sync.in_transfer().size() == 2);
  network.node(3).start();  // three primaries give secondaries, and those the primaries
  REQUIRE(s.sync.run_pass().missing == 0);
  REQUIRE(s.attested.size() == 1);
  REQUIRE(s.sync.in_transfer().empty());
}

TEST_CASE("shard sync: a new node has everything of its first epoch, metadata included",
          "[node][storage][rule:SN-5]") {
  Network network;
  for (const auto& blob : network.blobs)
    network.node(2).store().erase_blob(blob.metadata().blob_id).value();
  network.turn(2, 1);
  Syncing s(network, network.node(2));
  REQUIRE(s.sync.run_pass().missing == 0);
  REQUIRE(network.complete(network.node(2)));
}

TEST_CASE("shard sync: holes are repaired, and nothing is attested without a gain",
          "[node][storage][rule:K-23]") {
  Network network;
  network.turn(2, 0);  // the same shards
  RigNode& node = network.node(0);
  const auto& id = network.blobs[0].metadata().blob_id;
  for (const SliverName& name : node.store().slivers(id))
    node.store().erase_sliver(id, name).value();
  Syncing s(network, node);
  REQUIRE(s.sync.run_pass().rebuilt == 4);
  REQUIRE(network.complete(node));
  REQUIRE(s.attested.empty());
  REQUIRE(s.sync.in_transfer().empty());
}

TEST_CASE("shard sync: ended blobs go at once, lost shards after the epoch that took them",
          "[node][storage][rule:SN-6]") {
  Network network;
  RigNode& node = network.node(0);
  const auto& ended = network.blobs[1].metadata().blob_id;
  const auto& kept = network.blobs[0].metadata().blob_id;
  network.turn(2, 1);
  Syncing s(network, node);
  REQUIRE(s.sync.run_pass().erased == 0);
  network.state.set_blob(ended, permanent_blob(1, 2));  // until epoch 2
  REQUIRE(s.sync.run_pass().erased == 1);
  REQUIRE_FALSE(node.store().has_metadata(ended));
  const std::size_t both = node.store().slivers(kept).size();
  network.turn(3, 1);  // the committee stays: what was lost with epoch 2 is nobody's now
  REQUIRE(s.sync.run_pass().erased == 4);
  REQUIRE(node.store().slivers(kept).size() == both - 4);
  REQUIRE(network.node(1).store().has_metadata(ended));  // its own pass has not run
  // A deletable blob that was deleted.
  ledger::BlobIdRecord gone;
  gone.length = 5'000;
  network.state.set_blob(kept, gone);
  REQUIRE(s.sync.run_pass().erased == 1);
  REQUIRE(node.store().blobs().empty());
}

TEST_CASE("shard sync: its own thread does all this by itself and stops when told",
          "[node][storage][rule:SN-5]") {
  Network network;
  RigNode& node = network.node(3);
  network.turn(2, 3);
  Syncing s(network, node);
  s.sync.start();
  REQUIRE(s.first.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  s.sync.stop();
  REQUIRE(s.attested == std::vector<base::Epoch>{base::Epoch(2)});
  REQUIRE(network.complete(node));
}

TEST_CASE("shard sync: a pass that cannot read the state is reported, and a later one goes on",
          "[node][storage][rule:SN-5]") {
  Network network;
  RigNode& node = network.node(3);
  network.turn(2, 3);
  std::promise<std::string> reported;
  std::atomic<bool> told{false};
  Syncing s(network, node, [&](const std::string& text) {
    if (!told.exchange(true)) reported.set_value(text);
  });
  network.state.failing = true;
  s.sync.start();
  auto report = reported.get_future();
  REQUIRE(report.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  REQUIRE(report.get() == "the state cannot be read");
  network.state.failing = false;
  REQUIRE(s.first.get_future().wait_for(std::chrono::seconds(20)) == std::future_status::ready);
  s.sync.stop();
  REQUIRE(network.complete(node));
}
