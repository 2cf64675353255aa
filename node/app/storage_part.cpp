// SPDX-License-Identifier: Apache-2.0
#include "node/app/storage_part.h"

#include <atomic>

#include "ledger/params.h"
#include "ledger/signing.h"
#include "ledger/records.h"
#include "ledger/wire/canonical.h"
#include "node/net/peer_auth.h"
#include "node/os/clock.h"
#include "node/os/random.h"
#include "node/storage/routes.h"
#include "node/storage/shard_sync.h"

namespace wald::app {
namespace {

constexpr std::uint64_t kPeerTimeoutMs = 10'000;
constexpr int kAttestTries = 10;
constexpr std::uint64_t kAttestWaitMs = 1'000;

std::string text(base::ByteView bytes) { return std::string(base::as_text(bytes)); }

}  // namespace

base::Bytes bare_envelope(const base::ChainId& chain, const spec::Operation& operation) {
  spec::Body body;
  body.set_chain(text(chain.view()));
  body.set_version(1);
  *body.mutable_operation() = operation;
  spec::Envelope envelope;
  envelope.set_body(text(wire::write_canonical(body)));
  return wire::write_canonical(envelope);
}

struct StoragePart::Parts {
  Parts(const core::LedgerCore& ledger, const keys::Key& protocol, codec::Codec the_codec)
      : core(ledger),
        key(protocol),
        node(ledger::node_id(protocol.info.public_key)),
        codec(std::move(the_codec)),
        signer(protocol.seed.view()),
        registry([&ledger]() -> std::shared_ptr<const ledger::Reader> { return ledger.view(); }),
        peers(codec, http, kPeerTimeoutMs,
              [this](net::Method method, const std::string& target, const std::string& host,
                     base::ByteView body) { return authorise(method, target, host, body); }) {}

  std::string authorise(net::Method method, const std::string& target, const std::string& host,
                        base::ByteView body) const;
  std::optional<base::NodeId> peer_of(const net::Request& request);
  void attest(base::Epoch epoch);
  bool attested(base::Epoch epoch) const;

  const core::LedgerCore& core;
  const keys::Key& key;
  const base::NodeId node;
  std::string address;
  codec::Codec codec;
  prove::Signer signer;
  std::unique_ptr<keys::SignLog> sign_log;
  std::unique_ptr<storage::Confirmer> confirmer;
  std::unique_ptr<storage::SliverStore> store;
  storage::BlobRegistry registry;
  storage::ReadGate gate;
  net::SeenSet seen;
  net::Client http;
  storage::PeerClient peers;
  StoragePart::Submit submit;
  std::atomic<bool> stopping{false};
  std::atomic<std::uint32_t> seen_epoch{0};
  std::unique_ptr<storage::ShardSync> sync;

  storage::StorageNode view() {
    storage::StorageNode out{codec, node, *store, registry, gate, *confirmer, {}, {}, 0};
    out.peer_of = [this](const net::Request& request) { return peer_of(request); };
    out.in_transfer = [this] { return sync ? sync->in_transfer() : std::set<base::ShardIndex>(); };
    out.started_ms = os::monotonic_ms();
    return out;
  }
};

std::string StoragePart::Parts::authorise(net::Method method, const std::string& target,
                                          const std::string& host, base::ByteView body) const {
  proofs::RequestAuth auth;
  auth.node = node;
  auth.time = os::wall_time();
  auth.random = os::random_bytes<16>();
  const auto preimage = proofs::request_preimage(
      core.chain(), {net::method_name(method), target, host, body}, auth.time, auth.random);
  if (!preimage) return {};  // a request of ours that has no signed form goes out unsigned
  auth.signature = signer.sign(*preimage);
  return proofs::authorization_value(auth);
}

std::optional<base::NodeId> StoragePart::Parts::peer_of(const net::Request& request) {
  const proofs::HttpRequest asked{net::method_name(request.method), request.target, address,
                                  base::as_bytes(request.body)};
  const auto moment = registry.now();
  const auto key_of = [&](const base::NodeId& id) -> std::optional<base::PublicKey> {
    for (const auto& table : {moment.committee(), moment.previous(), moment.next()})
      if (const auto* member = table->member(id)) return member->key;
    return std::nullopt;
  };
  const auto peer = net::verify_peer(request.header("authorization"), core.chain(), asked,
                                     os::wall_time(), key_of, seen);
  if (!peer.ok()) return std::nullopt;
  return *peer;
}

// H-5: all shards of this epoch are in place. Sent until the ledger shows it; on the sync's own
// thread, which has nothing else to do meanwhile.
void StoragePart::Parts::attest(base::Epoch epoch) {
  proofs::Header header;
  header.kind = proofs::Kind::kAttestSync;
  header.chain = core.chain();
  header.epoch = epoch;
  header.round = base::Round(0xFFFF);
  header.author = node;
  const base::Bytes statement = signer.statement(header, proofs::AttestSync{});
  const auto allowed =
      sign_log->permit(keys::Statement::kSyncDone, {epoch.value(), 0}, base::blake2b(statement));
  if (!allowed.ok()) return;
  spec::Operation operation;
  operation.mutable_attest_sync()->set_statement(text(statement));
  const base::Bytes envelope = bare_envelope(core.chain(), operation);
  for (int tries = 0; tries < kAttestTries && !stopping && !attested(epoch); ++tries) {
    submit(envelope);
    core.wait_above(core.head().height, kAttestWaitMs);
  }
}

bool StoragePart::Parts::attested(base::Epoch epoch) const {
  const auto view = core.view();
  const auto committee = ledger::load(*view, ledger::kCommittees, epoch);
  const auto sync_record = ledger::load(*view, ledger::kSync, epoch);
  if (!committee || !sync_record) return false;
  for (std::size_t i = 0; i < committee->members.size(); ++i)
    if (committee->members[i].node == node)
      return i / 8 < sync_record->attested.size() && (sync_record->attested[i / 8] >> (i % 8) & 1);
  return true;  // no member any more: nothing to report
}

StoragePart::StoragePart(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
StoragePart::~StoragePart() { stop(); }

base::Result<std::unique_ptr<StoragePart>, std::string> StoragePart::open(
    const Config& config, const core::LedgerCore& core, const keys::Key& key, Submit submit) {
  const ledger::Params params = ledger::load_params(*core.view());
  auto codec = codec::Codec::make(params.shards);
  WALD_CHECK(codec.ok());  // genesis checked the shard count
  auto parts = std::make_unique<Parts>(core, key, std::move(codec).value());
  parts->address = config.public_address;
  parts->submit = std::move(submit);
  auto log = keys::SignLog::open(config.data_dir + "/sign.log", key.info.public_key);
  if (!log.ok()) return base::Err{"sign log: " + log.error().text};
  parts->sign_log = std::move(log).value();
  parts->confirmer =
      std::make_unique<storage::Confirmer>(core.chain(), *parts->sign_log, parts->signer);
  auto store = storage::SliverStore::open(config.storage_dir, parts->codec);
  if (!store.ok()) return base::Err{"storage: " + store.error().text};
  parts->store = std::move(store).value();
  parts->sync = std::make_unique<storage::ShardSync>(
      parts->view(), parts->peers, storage::ShardSync::Options{},
      [raw = parts.get()](base::Epoch epoch) { raw->attest(epoch); });
  return std::unique_ptr<StoragePart>(new StoragePart(std::move(parts)));
}

void StoragePart::add_routes(net::Router& router) {
  storage::add_storage_routes(router, parts_->view());
}

void StoragePart::start() {
  // No round driver closes it yet: without one every read is answered.
  parts_->gate.open();
  parts_->sync->start();
}

void StoragePart::committed(const core::Head& head, const ledger::BlockOutput& output) {
  const bool moved = parts_->seen_epoch.exchange(head.epoch.value()) != head.epoch.value();
  const bool changed =
      moved || std::any_of(output.events.begin(), output.events.end(), [](const auto& event) {
        return event.has_blob_certified() || event.has_blob_deleted() || event.has_blob_expired();
      });
  if (changed) parts_->sync->wake();
}

void StoragePart::stop() {
  parts_->stopping = true;
  if (parts_->sync) parts_->sync->stop();
}

}  // namespace wald::app
