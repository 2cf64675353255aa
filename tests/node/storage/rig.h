// SPDX-License-Identifier: Apache-2.0
// Storage nodes in one process, each with a server, a store and a sign log of its own, over one
// state that the test writes by hand: committees, addresses, registered and certified blobs.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "codec/encoder.h"
#include "ledger/records.h"
#include "node/net/client.h"
#include "node/net/server.h"
#include "node/os/sockets.h"
#include "node/storage/routes.h"
#include "tests/node/temp_dir.h"
#include "tests/support/map_store.h"

namespace wald::tests {

inline base::Bytes random_bytes(std::uint64_t seed, std::size_t count) {
  return base::Prng(seed).bytes(count);
}

template <class Id>
Id id_of(std::uint8_t n) {
  return Id(std::array<std::uint8_t, 32>{n});
}

// The state that all nodes see; every change is a new version.
class HandState {
 public:
  using Change = std::function<void(ledger::Overlay&)>;
  void change(const Change& change) {
    const std::lock_guard lock(mutex_);
    auto next = std::make_shared<MapReader>(*rows_);
    ledger::Overlay overlay(rows_.get());
    change(overlay);
    next->merge(overlay.changes());
    rows_ = next;
  }
  std::shared_ptr<const ledger::Reader> now() const {
    if (failing) throw std::runtime_error("the state cannot be read");
    const std::lock_guard lock(mutex_);
    return rows_;
  }
  std::atomic<bool> failing{false};
  void set_epoch(std::uint32_t epoch) {
    change([&](ledger::Overlay& state) {
      ledger::ChainRecord chain;
      chain.clock.epoch = base::Epoch(epoch);
      ledger::save(state, ledger::kChain, chain);
    });
  }
  void set_blob(const base::BlobId& id, const ledger::BlobIdRecord& record) {
    change([&](ledger::Overlay& state) { ledger::save(state, ledger::kBlobIds, record, id); });
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const MapReader> rows_ = std::make_shared<MapReader>();
};

inline ledger::BlobIdRecord permanent_blob(std::uint64_t length, std::uint32_t end,
                                           bool certified = false) {
  ledger::BlobIdRecord record;
  record.length = length;
  record.permanent = 1;
  record.permanent_end = base::Epoch(end);
  if (certified) {
    record.permanent_certified = 1;
    record.first_certified = base::Epoch(1);
  }
  return record;
}

class RigNode {
 public:
  RigNode(storage::BlobRegistry::StateFn state, const codec::Codec& codec, const base::Bytes& seed,
          const base::NodeId& id)
      : signer_(seed),
        id_(id),
        codec_(codec),
        log_(keys::SignLog::open(dir_ / "sign.log", signer_.public_key()).value()),
        registry_(std::move(state)) {
    gate_.open();
    open_store();
  }
  ~RigNode() { stop(); }

  void open_store() { store_ = storage::SliverStore::open(dir_ / "blobs", codec_).value(); }
  storage::StorageNode parts() {
    return {codec_, id_, *store_, registry_, gate_, confirmer_.value(), peer_of, in_transfer, 0};
  }
  void bind(const base::ChainId& chain) { confirmer_.emplace(chain, *log_, signer_); }
  // Takes a port and holds it for the next start(): once let go, others could have it.
  void reserve_port() {
    reserved_ = os::Listener::open("127.0.0.1:0").value();
    port_ = reserved_.port();
  }
  void start() {
    auto router = std::make_shared<net::Router>();
    storage::add_storage_routes(*router, parts());
    serve(std::move(router));
  }
  void stop() {
    if (server_) server_->stop(0);
    server_.reset();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string url(const std::string& target) const { return "http://" + address() + target; }

  std::function<std::optional<base::NodeId>(const net::Request&)> peer_of;
  std::function<std::set<base::ShardIndex>()> in_transfer;
  const base::NodeId& id() const { return id_; }
  const prove::Signer& signer() const { return signer_; }
  storage::SliverStore& store() { return *store_; }
  storage::ReadGate& gate() { return gate_; }
  const storage::BlobRegistry& registry() const { return registry_; }
  std::string store_dir() const { return dir_ / "blobs"; }

 private:
  void serve(std::shared_ptr<const net::Router> router) {
    net::ServerOptions options;
    options.listen = {reserved_.fd() >= 0 ? "fd:" + std::to_string(reserved_.release())
                                          : address()};
    for (auto& limits : options.limits.classes) limits = {};
    server_ = net::Server::start(options, std::move(router)).value();
    port_ = server_->ports().at(0);
  }

  TempDir dir_;
  prove::Signer signer_;
  base::NodeId id_;
  codec::Codec codec_;
  std::unique_ptr<keys::SignLog> log_;
  std::optional<storage::Confirmer> confirmer_;
  storage::BlobRegistry registry_;
  storage::ReadGate gate_;
  std::unique_ptr<storage::SliverStore> store_;
  std::unique_ptr<net::Server> server_;
  os::Listener reserved_;
  std::uint16_t port_ = 0;
};

// `nodes` nodes over n shards; epoch e gives shard q to node (q + shift) mod nodes.
class Rig {
 public:
  Rig(std::uint32_t shards, std::uint8_t nodes) : codec_(codec::Codec::make(shards).value()) {
    for (std::uint8_t i = 0; i < nodes; ++i) {
      const auto number = static_cast<std::uint8_t>(i + 1);
      nodes_.push_back(std::make_unique<RigNode>([this] { return state.now(); }, codec_,
                                                 base::Bytes(32, number),
                                                 id_of<base::NodeId>(number)));
      nodes_.back()->bind(chain);
      nodes_.back()->start();
    }
    state.change([&](ledger::Overlay& out) {
      for (const auto& node : nodes_) {
        ledger::NodeRecord record;
        record.address = node->address();
        ledger::save(out, ledger::kNodes, record, node->id());
      }
    });
    set_committee(1, 0);
    state.set_epoch(1);
  }
  void set_committee(std::uint32_t epoch, std::uint32_t shift) {
    ledger::CommitteeRecord committee;
    for (const auto& node : nodes_)
      committee.members.push_back({node->id(), node->signer().public_key(), {}, {}});
    for (std::uint32_t q = 0; q < codec_.params().n(); ++q)
      committee.members[(q + shift) % nodes_.size()].shards.push_back(
          base::ShardIndex(static_cast<std::uint16_t>(q)));
    state.change([&](ledger::Overlay& out) {
      ledger::save(out, ledger::kCommittees, committee, base::Epoch(epoch));
    });
  }
  RigNode& node(std::size_t i) { return *nodes_.at(i); }
  std::size_t size() const { return nodes_.size(); }
  const codec::Codec& codec() const { return codec_; }
  RigNode& holder(const base::BlobId& blob, std::uint32_t pair) {
    const auto shard = shape::shard_of_pair(codec_.params(), blob,
                                            base::PairIndex(static_cast<std::uint16_t>(pair)));
    return node(shard.value() % nodes_.size());
  }
  // Puts all slivers of epoch 1 in place without the network.
  void fill(const codec::Encoded& blob) {
    const auto& id = blob.metadata().blob_id;
    for (std::uint32_t pair = 0; pair < codec_.params().n(); ++pair) {
      RigNode& at = holder(id, pair);
      at.store().put_metadata(blob.metadata()).value();
      for (const auto axis : {codec::Axis::kPrimary, codec::Axis::kSecondary}) {
        const auto index = shape::sliver_of_pair(codec_.params(), axis,
                                                 base::PairIndex(static_cast<std::uint16_t>(pair)));
        at.store().put_sliver(blob.metadata(), blob.sliver(axis, index.value())).value();
      }
    }
  }

  const base::ChainId chain = id_of<base::ChainId>(77);
  HandState state;

 private:
  codec::Codec codec_;
  std::vector<std::unique_ptr<RigNode>> nodes_;
};

inline net::Response ask(net::Method method, const std::string& url, base::ByteView body = {},
                         net::Pairs headers = {}) {
  net::Client client;
  net::Ask what;
  what.method = method;
  what.url = url;
  what.headers = std::move(headers);
  what.body = base::string_of(body);
  return client.request(what).value();
}
inline bool refused(const net::Response& reply, int code, const std::string& reason) {
  return reply.status == code &&
         reply.body.find("\"reason\":\"" + reason + "\"") != std::string::npos &&
         reply.body.find("\"domain\":\"storage.walrus.space\"") != std::string::npos;
}

inline std::string blob_path(const base::BlobId& blob, const std::string& rest) {
  return "/v1/blobs/" + base::to_base64url(blob.view()) + rest;
}

// Seven nodes that know of one blob, registered and not certified.
struct KnownBlob : Rig {
  KnownBlob() : Rig(7, 3) { state.set_blob(id(), permanent_blob(5'000, 4)); }
  codec::Encoded blob = codec::encode(codec(), random_bytes(3, 5'000)).value();
  const base::BlobId& id() const { return blob.metadata().blob_id; }
};

}  // namespace wald::tests
