// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "node/client/read_blob.h"
#include "node/client/store_blob.h"
#include "tests/codec/memory_storage.h"
#include "tests/node/client/hand_ledger.h"

using namespace wald;
using namespace wald::client;
using namespace wald::tests;
using codec::Axis;

namespace {

// Seven shards on seven nodes: f = 2, a quorum is 5.
struct Network : Rig {
  Network() : Rig(7, 7) {}
  net::Client http;
  storage::PeerClient peers{codec(), http, 5'000};
  HandLedger ledger{*this};

  StoreOptions storing() {
    StoreOptions options;
    options.epochs = 2;
    options.timeout_ms = 1'000;
    options.pause = [](std::uint64_t) {};
    return options;
  }
  ReadOptions reading() {
    ReadOptions options;
    options.timeout_ms = 10'000;
    options.pause = [](std::uint64_t) {};
    return options;
  }
  Outcome<Stored> store(const base::Bytes& bytes, const StoreOptions& options) {
    const MemoryBlob blob(codec::encode(codec(), bytes).value());
    return store_blob(ledger, peers, codec(), blob, options);
  }
  Outcome<Stored> store(const base::Bytes& bytes) { return store(bytes, storing()); }
  struct Got : ReadBlob {
    base::Bytes bytes;
  };
  Outcome<Got> read(const base::BlobId& id, const ReadOptions& options) {
    codec::MemoryStorage out;
    ReadTo to;
    to.open = [&](std::uint64_t) -> Outcome<codec::Storage*> { return &out; };
    TRY_ASSIGN(const ReadBlob got, read_blob(ledger, peers, codec(), id, options, to));
    return Got{got, std::move(out.bytes)};
  }
  Outcome<Got> read(const base::BlobId& id) { return read(id, reading()); }
};

}  // namespace

TEST_CASE("blob: stored files come back byte for byte, whatever their size",
          "[node][client][rule:SN-7]") {
  Network network;
  for (const std::size_t size : {0u, 1u, 100u, 70'000u}) {
    const base::Bytes bytes = random_bytes(size + 1, size);
    std::vector<StoreProgress::Step> steps;
    StoreOptions options = network.storing();
    options.permanent = size == 100;
    options.progress = [&](const StoreProgress& p) {
      if (steps.empty() || steps.back() != p.step) steps.push_back(p.step);
      REQUIRE(p.done <= p.total);
    };
    const auto stored = network.store(bytes, options);
    REQUIRE(stored.ok());
    REQUIRE(stored->weight == 7);
    REQUIRE(stored->failed.empty());
    REQUIRE(stored->cost == 7 + 2 * 10);
    REQUIRE(stored->end == base::Epoch(3));
    REQUIRE(steps.front() == StoreProgress::Step::kEncoded);
    REQUIRE(steps.back() == StoreProgress::Step::kCertified);
    const auto back = network.read(stored->blob_id);
    REQUIRE(back.ok());
    REQUIRE(back->bytes == bytes);
    REQUIRE(back->axis == Axis::kPrimary);
  }
  REQUIRE(network.ledger.submits == 8);
}

TEST_CASE("blob: what is certified already is neither paid nor sent again",
          "[node][client][rule:SN-7]") {
  Network network;
  const base::Bytes bytes = random_bytes(1, 300);
  const auto first = network.store(bytes).value();
  const auto again = network.store(bytes).value();
  REQUIRE(again.certified_before);
  REQUIRE(again.object == first.object);
  REQUIRE(network.ledger.submits == 2);
  // A longer life, or another persistence, is another registration.
  StoreOptions longer = network.storing();
  longer.epochs = 5;
  REQUIRE_FALSE(network.store(bytes, longer)->registered_before);
  REQUIRE(network.ledger.submits == 4);
}

TEST_CASE("blob: an interrupted store resumes by the blob id", "[node][client][rule:SN-7]") {
  Network network;
  for (const std::size_t i : {0u, 1u, 2u}) network.node(i).stop();
  const base::Bytes bytes = random_bytes(2, 5'000);
  const auto failed = network.store(bytes);
  REQUIRE_FALSE(failed.ok());
  REQUIRE(failed.error().reason == "INSUFFICIENT_CONFIRMATIONS");
  REQUIRE(failed.error().exit == Exit::kUnreachable);
  REQUIRE(network.ledger.submits == 1);
  for (const std::size_t i : {0u, 1u, 2u}) network.node(i).start();
  const auto stored = network.store(bytes).value();
  REQUIRE(stored.registered_before);
  REQUIRE_FALSE(stored.certified_before);
  REQUIRE(stored.cost == 0);
  REQUIRE(network.ledger.submits == 2);
  REQUIRE(network.read(stored.blob_id)->bytes == bytes);
}

TEST_CASE("blob: two silent nodes of seven stop neither storing nor reading",
          "[node][client][rule:SN-7]") {
  Network network;
  network.node(0).stop();
  const base::Bytes bytes = random_bytes(3, 40'000);
  const auto stored = network.store(bytes).value();
  REQUIRE(stored.weight == 6);
  REQUIRE(stored.failed.size() == 1);
  network.node(3).stop();
  REQUIRE(network.read(stored.blob_id)->bytes == bytes);
}

TEST_CASE("blob: with too few primaries it is read from secondaries", "[node][client][rule:SN-9]") {
  Network network;
  const base::Bytes bytes = random_bytes(4, 20'000);
  const auto id = network.store(bytes)->blob_id;
  for (std::size_t i = 0; i < network.size(); ++i) {
    auto& store = network.node(i).store();
    for (const auto& name : store.slivers(id))
      if (name.axis == Axis::kPrimary && name.index != 6) store.erase_sliver(id, name).value();
  }
  const auto back = network.read(id).value();
  REQUIRE(back.bytes == bytes);
  REQUIRE(back.axis == Axis::kSecondary);
  REQUIRE(back.used == 5);
}

TEST_CASE("blob: too few slivers are no blob, and an unknown id is another answer",
          "[node][client][rule:SN-9]") {
  Network network;
  const auto id = network.store(random_bytes(5, 900))->blob_id;
  for (const std::size_t i : {0u, 1u, 2u, 3u, 4u}) network.node(i).stop();
  const auto gone = network.read(id);
  REQUIRE(gone.error().reason == "BLOB_UNAVAILABLE");
  REQUIRE(gone.error().exit == Exit::kUnreachable);
  for (const std::size_t i : {0u, 1u, 2u}) network.node(i).start();
  const auto unknown = network.read(id_of<base::BlobId>(1));
  REQUIRE(unknown.error().reason == "BLOB_NOT_FOUND");
  REQUIRE(unknown.error().exit == Exit::kNotFound);
}

TEST_CASE("blob: wrong slivers are passed over", "[node][client][rule:K-21]") {
  Network network;
  const base::Bytes bytes = random_bytes(6, 9'000);
  const auto id = network.store(bytes)->blob_id;
  const auto encoded = codec::encode(network.codec(), bytes).value();
  for (std::size_t i = 0; i < 3; ++i) {
    auto& store = network.node(i).store();
    for (const auto& name : store.slivers(id)) {
      store.erase_sliver(id, name).value();
      base::Bytes body = base::Bytes(encoded.sliver(name.axis, name.index).body.size(), 7);
      store.put_sliver(encoded.metadata(), {name.axis, name.index, encoded.symbol_size(), body})
          .value();
    }
  }
  const auto back = network.read(id).value();
  REQUIRE(back.bytes == bytes);
  REQUIRE(back.bad > 0);
}

TEST_CASE("blob: a reader waits for gates and gives up in time", "[node][client][rule:O-36]") {
  Network network;
  const base::Bytes bytes = random_bytes(7, 3'000);
  const auto id = network.store(bytes)->blob_id;
  for (std::size_t i = 0; i < network.size(); ++i) network.node(i).gate().commit({id});
  ReadOptions options = network.reading();
  options.timeout_ms = 3'000;
  REQUIRE(network.read(id, options).error().reason == "BLOB_UNAVAILABLE");
  int pauses = 0;
  options.pause = [&](std::uint64_t ms) {
    REQUIRE(ms >= 1'000);  // what Retry-After says
    if (++pauses == 2)
      for (std::size_t i = 0; i < network.size(); ++i) network.node(i).gate().open();
  };
  const auto back = network.read(id, options).value();
  REQUIRE(back.bytes == bytes);
  REQUIRE(pauses == 2);
  REQUIRE(back.waited_ms == 2'000);
}

TEST_CASE("blob: a certificate that crosses an epoch is made again with the new committee",
          "[node][client][rule:SN-7]") {
  Network network;
  network.ledger.before_certify = [&] {
    network.set_committee(2, 1);
    network.state.set_epoch(2);
  };
  const base::Bytes bytes = random_bytes(8, 2'000);
  const auto stored = network.store(bytes).value();
  REQUIRE(network.ledger.submits == 3);
  REQUIRE(network.ledger.objects.at(0).certified() == 2);
  // Each node has the pair of its new shard beside that of the old one.
  REQUIRE(network.node(0).store().slivers(stored.blob_id).size() == 4);
  REQUIRE(network.read(stored.blob_id)->bytes == bytes);
}

TEST_CASE("blob: reads after a change ask the earlier holders too", "[node][client][rule:SN-9]") {
  Network network;
  const base::Bytes bytes = random_bytes(9, 2'000);
  const auto id = network.store(bytes)->blob_id;
  network.set_committee(2, 1);
  network.state.set_epoch(2);
  REQUIRE(network.read(id)->bytes == bytes);
}

TEST_CASE("blob: limits on cost and length hold before anything is paid",
          "[node][client][rule:SN-8]") {
  Network network;
  StoreOptions options = network.storing();
  options.max_cost = 26;
  REQUIRE(network.store(random_bytes(1, 10), options).error().reason == "COST_ABOVE_LIMIT");
  options.max_cost = 30;
  const auto stored = network.store(random_bytes(1, 10), options).value();
  REQUIRE(stored.cost == 27);
  // The limits of the two parts add up to the one given.
  const auto& batch = network.ledger.last_registration.batch();
  REQUIRE(batch.operations(0).reserve_storage().max_cost() +
              batch.operations(1).register_blob().max_cost() ==
          30);
  options.epochs = 0;
  REQUIRE(network.store(random_bytes(1, 10), options).error().exit == Exit::kUsage);
}

TEST_CASE("blob: space that was bought before is used", "[node][client][rule:SN-8]") {
  Network network;
  spec::Resource resource;
  resource.set_id(std::string(32, 'r'));
  resource.set_start(0);
  resource.set_end(6);
  resource.set_size(std::uint64_t{1} << 20);
  network.ledger.free = {resource};
  const auto stored = network.store(random_bytes(1, 10)).value();
  REQUIRE(network.ledger.last_registration.has_register_blob());
  REQUIRE(stored.cost == 7);
  REQUIRE(stored.end == base::Epoch(6));
  REQUIRE(stored.object == ledger::object_id(id_of<base::TxId>(1), 0));
  // Too small or too short: new space.
  network.ledger.free[0].set_end(2);
  REQUIRE(network.store(random_bytes(2, 10))->cost == 27);
}

TEST_CASE("blob: into a bucket it pays the registration alone, resumes there, and ends with it",
          "[node][client][rule:L-12][rule:SN-7]") {
  Network network;
  StoreOptions options = network.storing();
  const auto bucket = id_of<base::ObjectId>(77);
  options.bucket = bucket;
  REQUIRE(network.store(random_bytes(1, 10), options).error().reason == "BUCKET_NOT_FOUND");
  network.ledger.one_bucket.set_id(base::string_of(bucket.view()));
  network.ledger.one_bucket.set_end(9);
  const auto stored = network.store(random_bytes(1, 10), options).value();
  const spec::RegisterBlob& message = network.ledger.last_registration.register_blob();
  REQUIRE(message.bucket() == network.ledger.one_bucket.id());
  REQUIRE(stored.cost == 7);
  REQUIRE(stored.end == base::Epoch(9));
  REQUIRE(stored.object == ledger::object_id(id_of<base::TxId>(1), 0));
  // Once more, it is there; as the other kind it cannot be, for a bucket holds an id once.
  network.ledger.inside[0].set_certified(2);
  const int before = network.ledger.submits;
  REQUIRE(network.store(random_bytes(1, 10), options)->certified_before);
  options.permanent = !options.permanent;
  REQUIRE(network.store(random_bytes(1, 10), options).error().reason == "IN_BUCKET");
  REQUIRE(network.ledger.submits == before);
}

TEST_CASE("blob: a committee that does not fit its shards is refused",
          "[node][client][rule:SN-7]") {
  spec::Committee committee;
  spec::Shards shards;
  committee.set_epoch(3);
  shards.set_epoch(3);
  committee.set_shards(4);
  auto* member = committee.add_members();
  member->set_node(std::string(32, 'n'));
  member->set_protocol_key(std::string(32, 'k'));
  auto* holder = shards.add_holders();
  holder->set_node(std::string(32, 'n'));
  holder->add_shards(2);
  REQUIRE(committee_view(committee, shards)->holder(base::ShardIndex(2)) != nullptr);
  REQUIRE(committee_view(committee, shards)->holder(base::ShardIndex(1)) == nullptr);
  holder->add_shards(2);
  REQUIRE_FALSE(committee_view(committee, shards).ok());
  holder->set_shards(1, 4);
  REQUIRE_FALSE(committee_view(committee, shards).ok());
  holder->set_shards(1, 3);
  holder->set_node(std::string(32, 'm'));
  REQUIRE_FALSE(committee_view(committee, shards).ok());
  holder->set_node(std::string(32, 'n'));
  shards.set_epoch(4);
  REQUIRE_FALSE(committee_view(committee, shards).ok());
}
