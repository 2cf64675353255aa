// SPDX-License-Identifier: Apache-2.0
#include "tests/node/audit/audit_net.h"

#include <algorithm>
#include <stdexcept>

#include "codec/base/prng.h"
#include "codec/shape/accounting.h"
#include "ledger/records.h"
#include "ledger/rounds/index.h"
#include "ledger/wire/canonical.h"
#include "node/os/clock.h"
#include "node/os/random.h"
#include "specs/proto/tx.pb.h"

namespace wald::tests {
namespace {

constexpr std::uint64_t kEpochLength = 144'000'000;  // 40 h: the epoch does not end
constexpr std::uint16_t kShardsEach = 2;

ledger::GenesisState genesis_of(std::size_t members) {
  spec::Genesis document = small_genesis({});
  document.set_shards(static_cast<std::uint32_t>(members * kShardsEach));
  set_param(document, "epoch_length", kEpochLength);
  auto built = ledger::build_genesis(wire::write_canonical(document));
  if (!built.ok()) throw std::runtime_error(built.error().field + ": " + built.error().message);
  return std::move(built).value();
}

// The statement in an envelope of the protocol lane.
base::Bytes statement_in(base::ByteView envelope) {
  spec::Envelope outer;
  spec::Body body;
  WALD_CHECK(outer.ParseFromArray(envelope.data(), static_cast<int>(envelope.size())));
  WALD_CHECK(body.ParseFromString(outer.body()));
  const spec::Operation& op = body.operation();
  const std::string* text = nullptr;
  if (op.has_beacon_reveal()) text = &op.beacon_reveal().statement();
  if (op.has_response_commit()) text = &op.response_commit().statement();
  if (op.has_row_report()) text = &op.row_report().statement();
  if (op.has_self_proof()) text = &op.self_proof().statement();
  if (op.has_attest_sync()) text = &op.attest_sync().statement();
  WALD_CHECK(text != nullptr);
  const auto bytes = base::as_bytes(*text);
  return base::Bytes(bytes.begin(), bytes.end());
}

// Both ends of an authorised request between nodes (O-38).
std::optional<base::PublicKey> key_of(const ledger::Reader& state, const base::NodeId& id) {
  const base::Epoch epoch = ledger::must_load(state, ledger::kChain).clock.epoch;
  if (const auto committee = ledger::load(state, ledger::kCommittees, epoch))
    if (const auto place = ledger::rounds::place_of(*committee, id))
      return committee->members[*place].protocol_key;
  const auto node = ledger::load(state, ledger::kNodes, id);
  return node ? std::optional(node->protocol_key) : std::nullopt;
}

storage::PeerClient::Authorise sign_requests(const base::ChainId& chain, const base::NodeId& self,
                                             const prove::Signer& signer) {
  return [chain, self, &signer](net::Method method, const std::string& target,
                                const std::string& host, base::ByteView body) -> std::string {
    proofs::RequestAuth auth{self, os::wall_time(), os::random_bytes<16>(), {}};
    const auto preimage = proofs::request_preimage(
        chain, {net::method_name(method), target, host, body}, auth.time, auth.random);
    // A target or address with a line feed in it: nobody would accept the request.
    if (!preimage) return "";
    auth.signature = signer.sign(*preimage);
    return proofs::authorization_value(auth);
  };
}

std::function<std::optional<base::NodeId>(const net::Request&)> judge_requests(
    const base::ChainId& chain, std::function<std::shared_ptr<const ledger::Reader>()> state,
    net::SeenSet& seen) {
  return [chain, state = std::move(state),
          &seen](const net::Request& request) -> std::optional<base::NodeId> {
    const std::string_view header = request.header("authorization");
    if (header.empty()) return std::nullopt;
    const auto now = state();
    const auto judged = net::verify_peer(
        header, chain,
        {net::method_name(request.method), request.target, request.header("host"),
         base::as_bytes(request.body)},
        os::wall_time(), [&](const base::NodeId& id) { return key_of(*now, id); }, seen);
    if (!judged.ok()) return std::nullopt;
    return *judged;
  };
}

}  // namespace

struct AuditNet::Member {
  explicit Member(const std::string& name)
      : signer(key_of_name(name).seed), vrf(key_of_name(name + ".vrf").seed) {}
  base::NodeId id;
  prove::Signer signer;
  prove::VrfSecret vrf;
  TempDir dir;
  std::string address;
  std::unique_ptr<storage::SliverStore> store;
  std::unique_ptr<storage::ReadGate> gate;
  std::unique_ptr<keys::SignLog> log;
  std::unique_ptr<net::SeenSet> seen = std::make_unique<net::SeenSet>();
  net::Client client;
  std::unique_ptr<audit::AuditDriver> driver;
  std::unique_ptr<net::Server> server;
};

AuditNet::AuditNet(bool over_http, std::size_t members, std::size_t blobs)
    : over_http_(over_http),
      genesis_(genesis_of(members)),
      machine_(genesis_.chain),
      codec_(codec::Codec::make(members * kShardsEach).value()),
      time_(genesis_.start) {
  auto view = std::make_shared<MapView>();
  view->records.merge(genesis_.records);
  view->state_tree = genesis_.tree;
  view_ = view;
  std::map<base::NodeId, std::string> names;
  for (std::size_t i = 0; i < members; ++i) {
    const std::string name = "member" + std::to_string(i);
    names[base::NodeId(base::tagged_hash("test.node", {}, base::as_bytes(name)).bytes())] = name;
  }
  for (const auto& [id, name] : names) {
    members_.push_back(std::make_unique<Member>(name));
    members_.back()->id = id;
    members_.back()->address = name;
  }
  for (std::size_t k = 0; k < blobs; ++k)
    blobs_.push_back(std::make_unique<codec::Encoded>(
        codec::encode(codec_, base::Prng(k + 1).bytes(200 + 137 * k)).value()));
  for (std::size_t i = 0; i < members; ++i) revive(i);
  found(blobs);
  fill();
}

AuditNet::~AuditNet() {
  for (std::size_t i = 0; i < members_.size(); ++i) kill(i);
}

void AuditNet::change(const std::function<void(ledger::Context&)>& write) {
  ledger::Overlay overlay(view_.get());
  const ledger::BlockFacts facts{chain(), height_, time_, view_->state_tree.root(),
                                 ledger::load_params(*view_)};
  ledger::Context ctx(overlay, facts, base::AccountId(), base::TxId());
  write(ctx);
  const ledger::Changes written = overlay.changes();
  std::vector<ledger::StateTree::Change> changes;
  for (const auto& [key, value] : written)
    changes.push_back({key, value ? std::optional(base::blake2b(*value)) : std::nullopt});
  auto next = std::make_shared<MapView>(*view_);
  next->state_tree = view_->state_tree.apply(changes);
  next->records.merge(written);
  view_ = next;
}

void AuditNet::found(std::size_t blobs) {
  ledger::CommitteeRecord committee;
  std::uint16_t shard = 0;
  for (const auto& one : members_) {
    auto& member = committee.members.emplace_back();
    member.node = one->id;
    member.protocol_key = one->signer.public_key();
    member.vrf_key = one->vrf.public_key();
    for (std::uint16_t k = 0; k < kShardsEach; ++k)
      member.shards.push_back(base::ShardIndex(shard++));
  }
  change([&](ledger::Context& ctx) {
    ledger::Overlay& state = ctx.state();
    auto record = ledger::must_load(state, ledger::kChain);
    record.clock.epoch = base::Epoch(1);
    record.clock.length = record.clock.next_length = kEpochLength;
    record.clock.synced = record.clock.sync_closed = record.clock.selected = true;
    ledger::save(state, ledger::kChain, record);
    ledger::save(state, ledger::kCommittees, committee, base::Epoch(1));
    for (const auto& one : members_) {
      ledger::NodeRecord node;
      node.address = one->address;
      node.operator_account = base::AccountId(one->id.bytes());
      node.protocol_key = one->signer.public_key();
      node.vrf_keys.push_back({one->vrf.public_key(), base::Epoch(1)});
      node.standing = economics::Ppm::of(economics::kPpm);
      ledger::save(state, ledger::kNodes, node, one->id);
    }
    for (std::size_t k = 0; k < blobs; ++k) {
      const auto& metadata = blobs_[k]->metadata();
      ledger::BlobIdRecord entry;
      entry.length = metadata.len;
      entry.permanent = entry.permanent_certified = 1;
      entry.permanent_end = base::Epoch(100);
      ledger::save(state, ledger::kBlobIds, entry, metadata.blob_id);
      ledger::rounds::index_certified(ctx, metadata.blob_id,
                                      shape::encoded_length(codec_.params(), metadata.len).value());
    }
  });
}

void AuditNet::fill() {
  const auto& params = codec_.params();
  for (const auto& blob : blobs_) {
    const auto& metadata = blob->metadata();
    for (std::uint32_t i = 0; i < params.n(); ++i) {
      const base::PairIndex pair(base::narrow<std::uint16_t>(i));
      const auto shard = shape::shard_of_pair(params, metadata.blob_id, pair);
      storage::SliverStore& at = store(shard.value() / kShardsEach);
      at.put_metadata(metadata).value();
      for (const auto axis : {codec::Axis::kPrimary, codec::Axis::kSecondary}) {
        const auto index = shape::sliver_of_pair(params, axis, pair);
        at.put_sliver(metadata, blob->sliver(axis, index.value())).value();
      }
    }
  }
}

audit::AuditDriver& AuditNet::driver(std::size_t i) { return *members_.at(i)->driver; }
storage::SliverStore& AuditNet::store(std::size_t i) { return *members_.at(i)->store; }
storage::ReadGate& AuditNet::gate(std::size_t i) { return *members_.at(i)->gate; }
const base::NodeId& AuditNet::node(std::size_t i) const { return members_.at(i)->id; }
std::string AuditNet::outbox_dir(std::size_t i) const {
  return members_.at(i)->dir / "audit/outbox";
}

const base::PublicKey& AuditNet::protocol_key(std::size_t i) const {
  return members_.at(i)->signer.public_key();
}
std::string AuditNet::address(std::size_t i) const { return members_.at(i)->address; }

void AuditNet::kill(std::size_t i) {
  Member& member = *members_.at(i);
  if (member.server) member.server->stop(0);
  member.server.reset();
  member.driver.reset();
  member.gate.reset();
  member.store.reset();
  member.log.reset();
}

void AuditNet::revive(std::size_t i) {
  Member& member = *members_.at(i);
  member.store = storage::SliverStore::open(member.dir / "blobs", codec_).value();
  member.gate = std::make_unique<storage::ReadGate>();
  member.log = keys::SignLog::open(member.dir / "sign.log", member.signer.public_key()).value();
  member.driver = audit::AuditDriver::open(parts_of(i)).value();
  if (!over_http_) return;
  auto router = std::make_shared<net::Router>();
  member.driver->add_routes(*router);
  net::ServerOptions options;
  const bool known = member.address.find(':') != std::string::npos;
  options.listen = {known ? member.address : "127.0.0.1:0"};
  for (auto& limits : options.limits.classes) limits = {};
  member.server = net::Server::start(options, router).value();
  member.address = "127.0.0.1:" + std::to_string(member.server->ports().at(0));
}

void AuditNet::forget_answers(std::size_t i) {
  os::remove_tree(members_.at(i)->dir / "audit/answers").value();
}

audit::AskOpenings AuditNet::direct(std::size_t asker) {
  return [this, asker](const std::string& address, base::ByteView body, std::uint64_t max_answer,
                       std::uint64_t) -> storage::PeerResult<base::Bytes> {
    const auto at = std::find_if(members_.begin(), members_.end(),
                                 [&](const auto& m) { return m->address == address; });
    const auto i = static_cast<std::size_t>(at - members_.begin());
    if (at == members_.end() || deaf.contains(i) || !(*at)->driver)
      return base::Err{storage::PeerError{0, "UNREACHABLE", "", 0}};
    net::Request request;
    request.peer = std::to_string(asker);
    request.body = base::string_of(body);
    const auto reply = (*at)->driver->exchange().answer(request);
    if (reply.status != 200) return base::Err{storage::PeerError{reply.status, "", reply.body, 0}};
    if (reply.body.size() > max_answer) return base::Err{storage::PeerError{0, "TOO_LARGE", "", 0}};
    const auto bytes = base::as_bytes(reply.body);
    return base::Bytes(bytes.begin(), bytes.end());
  };
}

audit::AuditParts AuditNet::parts_of(std::size_t i) {
  Member& member = *members_.at(i);
  audit::AuditParts parts{codec_,
                          chain(),
                          member.id,
                          member.dir / "audit",
                          [this] { return state(); },
                          {},
                          [this] { return caught_up; },
                          *member.store,
                          *member.gate,
                          *member.log,
                          member.signer,
                          member.vrf,
                          direct(i)};
  parts.submit = [this, i, &member](base::Bytes envelope) {
    base::Bytes statement = statement_in(envelope);
    const auto kind = proofs::parse_header(statement).value().kind;
    const std::lock_guard lock(mutex_);
    sent_.push_back({i, kind, std::move(statement), member.gate->mode()});
    if (!unheard.contains(i)) pool_.push_back(std::move(envelope));
  };
  parts.peer_of = [this](const net::Request& request) -> std::optional<base::NodeId> {
    if (request.peer.empty()) return std::nullopt;
    return members_.at(std::stoul(request.peer))->id;
  };
  if (over_http_) {
    parts.ask =
        audit::http_openings(member.client, sign_requests(chain(), member.id, member.signer));
    parts.peer_of = judge_requests(
        chain(), [this] { return state(); }, *member.seen);
  }
  parts.repair = [this] { ++repairs; };
  return parts;
}

net::Response AuditNet::ask(std::size_t asker, std::size_t asked,
                            const proofs::OpeningsRequest& what) {
  net::Request request;
  if (asker < members()) request.peer = std::to_string(asker);
  request.body = base::string_of(proofs::encode_openings_request(what));
  return driver(asked).exchange().answer(request);
}

void AuditNet::block(std::uint64_t ms) {
  ledger::BlockInput input;
  input.height = height_.next();
  input.time = base::TimeMs(time_.value() + ms);
  {
    const std::lock_guard lock(mutex_);
    input.transactions = std::exchange(pool_, {});
  }
  std::shared_ptr<const MapView> before = state();
  const auto output = machine_.apply_block(*before, input);
  auto next = std::make_shared<MapView>(*before);
  next->records.merge(output.changes);
  next->state_tree = output.tree;
  height_ = input.height;
  time_ = input.time;
  now_ += ms;
  const std::lock_guard lock(mutex_);
  view_ = next;
}

void AuditNet::look() {
  for (std::size_t i = 0; i < members(); ++i)
    if (!silent.contains(i) && members_[i]->driver) members_[i]->driver->step(now_);
}

void AuditNet::tick(std::uint64_t ms) {
  block(ms);
  look();
}

void AuditNet::open() {
  const auto clock = [this] { return ledger::must_load(*state(), ledger::kChain); };
  if (!clock().rounds.start) tick(1);
  const std::uint64_t start = clock().rounds.start.value().value();
  tick(start > time_.value() ? start - time_.value() : 1);
}

void AuditNet::reach_commit() {
  tick(100);
  tick(300);
}

void AuditNet::reach_verify() {
  tick(100);
  tick(1'000);
}

void AuditNet::reach_inspect() {
  tick(200);    // openings are fetched, rows leave
  tick(100);    // rows are in
  tick(1'800);  // two thirds
  tick(400);    // five sixths
  tick(500);
}

void AuditNet::reach_end() {
  tick(100);
  tick(1'400);
}

void AuditNet::play() {
  open();
  reach_commit();
  reach_verify();
  reach_inspect();
  reach_end();
}

std::shared_ptr<const MapView> AuditNet::state() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

ledger::rounds::RoundView AuditNet::round() const {
  const auto view = state();
  const auto rounds = ledger::must_load(*view, ledger::kChain).rounds;
  const base::Round last(static_cast<std::uint16_t>(rounds.next.value() - 1));
  return ledger::rounds::find_round(*view, chain(), base::Epoch(1), last).value();
}

ledger::TallyRecord AuditNet::tally(std::size_t i) const {
  return ledger::rounds::tally_of(*state(), round(), node(i));
}

std::vector<Sent> AuditNet::sent(std::optional<proofs::Kind> kind) const {
  const std::lock_guard lock(mutex_);
  std::vector<Sent> out;
  for (const Sent& one : sent_)
    if (!kind || one.kind == *kind) out.push_back(one);
  return out;
}

std::size_t AuditNet::waiting() const {
  const std::lock_guard lock(mutex_);
  return pool_.size();
}

}  // namespace wald::tests
