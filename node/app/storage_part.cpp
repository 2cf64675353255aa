// SPDX-License-Identifier: Apache-2.0
#include "node/app/storage_part.h"

#include <atomic>
#include <cstdio>
#include <thread>

#include "ledger/params.h"
#include "ledger/signing.h"
#include "node/audit/audit_driver.h"
#include "node/net/peer_auth.h"
#include "node/os/clock.h"
#include "node/os/random.h"
#include "node/storage/routes.h"
#include "node/storage/shard_sync.h"

namespace wald::app {
namespace {

constexpr std::uint64_t kPeerTimeoutMs = 10'000;

}  // namespace

struct StoragePart::Parts {
  Parts(Means the_means, codec::Codec the_codec)
      : means(std::move(the_means)),
        node(ledger::node_id(means.protocol.info.public_key)),
        codec(std::move(the_codec)),
        signer(means.protocol.seed.view()),
        vrf(means.vrf.seed.view()),
        registry([this] { return state(); }),
        authorise([this](net::Method method, const std::string& target, const std::string& host,
                         base::ByteView body) { return sign_request(method, target, host, body); }),
        peers(codec, http, kPeerTimeoutMs, authorise),
        peer_of([this](const net::Request& request) { return judge_request(request); }) {}

  std::shared_ptr<const ledger::Reader> state() const { return means.core.view(); }
  storage::StorageNode view();
  std::string sign_request(net::Method method, const std::string& target, const std::string& host,
                           base::ByteView body) const;
  std::optional<base::NodeId> judge_request(const net::Request& request);
  base::Result<void, std::string> open(const Config& config);

  const Means means;
  const base::NodeId node;
  std::string address;  // as registered: what a request to us is signed for
  codec::Codec codec;
  prove::Signer signer;
  prove::VrfSecret vrf;
  std::unique_ptr<keys::SignLog> sign_log;
  std::unique_ptr<storage::Confirmer> confirmer;
  std::unique_ptr<storage::SliverStore> store;
  storage::BlobRegistry registry;
  storage::ReadGate gate;  // closed until the audit driver has caught up (O-36)
  net::SeenSet seen;
  net::Client http;
  storage::PeerClient::Authorise authorise;
  storage::PeerClient peers;
  std::function<std::optional<base::NodeId>(const net::Request&)> peer_of;
  std::unique_ptr<storage::ShardSync> sync;
  std::unique_ptr<audit::AuditDriver> audit;
  std::atomic<std::uint32_t> seen_epoch{0};

  void run_scrub();
  std::thread scrubber;
  std::atomic<bool> scrubbing{false};
  std::atomic<bool> stop_scrub{false};
  std::atomic<std::uint64_t> scrubbed{0};
  std::atomic<std::uint64_t> to_scrub{0};
};

// Reading checks: what is damaged is counted and dropped by the store itself.
void StoragePart::Parts::run_scrub() {
  const std::vector<base::BlobId> blobs = store->blobs();
  std::uint64_t files = 0;
  for (const base::BlobId& blob : blobs) files += 1 + store->slivers(blob).size();
  to_scrub = files;
  scrubbed = 0;
  for (const base::BlobId& blob : blobs) {
    (void)store->metadata(blob);
    ++scrubbed;
    for (const storage::SliverName& name : store->slivers(blob)) {
      if (stop_scrub) break;
      (void)store->sliver(blob, name);
      ++scrubbed;
    }
    if (stop_scrub) break;
  }
  sync->wake();  // what was dropped is missing now
  scrubbing = false;
}

storage::StorageNode StoragePart::Parts::view() {
  storage::StorageNode out{codec, node, *store, registry, gate, *confirmer, peer_of, {}, 0};
  out.in_transfer = [this] { return sync ? sync->in_transfer() : std::set<base::ShardIndex>(); };
  out.started_ms = os::monotonic_ms();
  return out;
}

// Requests between nodes carry the protocol key's signature (interfaces.md 5.8).
std::string StoragePart::Parts::sign_request(net::Method method, const std::string& target,
                                             const std::string& host, base::ByteView body) const {
  proofs::RequestAuth auth;
  auth.node = node;
  auth.time = os::wall_time();
  auth.random = os::random_bytes<16>();
  const auto preimage = proofs::request_preimage(
      means.core.chain(), {net::method_name(method), target, host, body}, auth.time, auth.random);
  if (!preimage) return {};  // a request of ours that has no signed form goes out unsigned
  auth.signature = signer.sign(*preimage);
  return proofs::authorization_value(auth);
}

// Nothing where there is no header, or it does not hold: then nobody in particular asks.
std::optional<base::NodeId> StoragePart::Parts::judge_request(const net::Request& request) {
  const proofs::HttpRequest asked{net::method_name(request.method), request.target, address,
                                  base::as_bytes(request.body)};
  const auto moment = registry.now();
  const auto key_of = [&](const base::NodeId& id) -> std::optional<base::PublicKey> {
    for (const auto& table : {moment.committee(), moment.previous(), moment.next()})
      if (const auto* member = table->member(id)) return member->key;
    return std::nullopt;
  };
  const auto peer = net::verify_peer(request.header("authorization"), means.core.chain(), asked,
                                     os::wall_time(), key_of, seen);
  if (!peer.ok()) return std::nullopt;
  return *peer;
}

base::Result<void, std::string> StoragePart::Parts::open(const Config& config) {
  address = config.public_address;
  auto log = keys::SignLog::open(config.data_dir + "/sign.log", means.protocol.info.public_key);
  if (!log.ok()) return base::Err{"sign log: " + log.error().text};
  sign_log = std::move(log).value();
  confirmer = std::make_unique<storage::Confirmer>(means.core.chain(), *sign_log, signer);
  auto opened = storage::SliverStore::open(config.storage_dir, codec);
  if (!opened.ok()) return base::Err{"storage: " + opened.error().text};
  store = std::move(opened).value();

  audit::AuditParts parts{codec,
                          means.core.chain(),
                          node,
                          config.data_dir + "/audit",
                          [this] { return state(); },
                          means.submit,
                          means.caught_up,
                          *store,
                          gate,
                          *sign_log,
                          signer,
                          vrf};
  parts.ask = audit::http_openings(http, authorise);
  parts.peers = &peers;
  parts.peer_of = peer_of;
  parts.repair = [this] { sync->wake(); };
  parts.report = [](const std::string& text) {
    std::fprintf(stderr, "wald: audit: %s\n", text.c_str());
  };
  auto driver = audit::AuditDriver::open(std::move(parts));
  if (!driver.ok()) return base::Err{"audit: " + driver.error().text};
  audit = std::move(driver).value();
  storage::ShardSync::Options options;
  options.report = [](const std::string& text) {
    std::fprintf(stderr, "wald: sync: %s\n", text.c_str());
  };
  sync = std::make_unique<storage::ShardSync>(view(), peers, options,
                                              [this](base::Epoch epoch) { audit->attest(epoch); });
  return {};
}

StoragePart::StoragePart(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
StoragePart::~StoragePart() { stop(); }

base::Result<std::unique_ptr<StoragePart>, std::string> StoragePart::open(const Config& config,
                                                                          Means means) {
  const ledger::Params params = ledger::load_params(*means.core.view());
  auto codec = codec::Codec::make(params.shards);
  WALD_CHECK(codec.ok());  // genesis checked the shard count
  auto parts = std::make_unique<Parts>(std::move(means), std::move(codec).value());
  TRY(parts->open(config));
  return std::unique_ptr<StoragePart>(new StoragePart(std::move(parts)));
}

void StoragePart::add_routes(net::Router& router) {
  storage::add_storage_routes(router, parts_->view());
  parts_->audit->add_routes(router);
}

void StoragePart::start() {
  parts_->sync->start();
  parts_->audit->start();
}

void StoragePart::committed(const core::Head& head, const ledger::BlockOutput& output) {
  parts_->audit->wake();
  const bool moved = parts_->seen_epoch.exchange(head.epoch.value()) != head.epoch.value();
  const bool changed =
      moved || std::any_of(output.events.begin(), output.events.end(), [](const auto& event) {
        return event.has_blob_certified() || event.has_blob_deleted() || event.has_blob_expired() ||
               event.has_blob_invalidated();
      });
  if (changed) parts_->sync->wake();
}

bool StoragePart::scrub() {
  if (parts_->scrubbing.exchange(true)) return false;
  if (parts_->scrubber.joinable()) parts_->scrubber.join();
  parts_->scrubber = std::thread([parts = parts_.get()] { parts->run_scrub(); });
  return true;
}

std::string StoragePart::scrub_state() const {
  return std::string("scrub ") + (parts_->scrubbing ? "running: " : "idle: ") +
         std::to_string(parts_->scrubbed) + " of " + std::to_string(parts_->to_scrub) +
         " files, damaged since the start " + std::to_string(parts_->store->bad_files());
}

void StoragePart::stop() {
  parts_->stop_scrub = true;
  if (parts_->scrubber.joinable()) parts_->scrubber.join();
  parts_->audit->stop();
  parts_->sync->stop();
}

}  // namespace wald::app
