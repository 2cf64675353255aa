// SPDX-License-Identifier: Apache-2.0
#include "node/app/node.h"

#include <atomic>
#include <csignal>

#include "codec/base/text.h"
#include "ledger/queries.h"
#include "node/app/storage_part.h"
#include "node/app/version.h"
#include "node/http/ledger_api.h"
#include "node/keys/keystore.h"
#include "node/net/server.h"
#include "node/os/clock.h"
#include "node/os/filesystem.h"
#include "node/os/lock.h"
#include "node/os/signals.h"
#include "node/sequencer/follower.h"
#include "node/sequencer/sequencer.h"
#include "proofs/accept_set.h"

namespace wald::app {
namespace {

constexpr std::size_t kMaxGenesis = 256u << 20;
constexpr std::uint64_t kStaleMs = 60'000;  // a head older than this is not ready

constexpr std::uint64_t kReachMs = 1'000;

base::Err<std::string> failed(std::string text) { return base::Err{std::move(text)}; }

void say(const std::string& text) { std::fprintf(stderr, "wald: %s\n", text.c_str()); }
// Whether a peer's service answers now.
std::string reach(const std::string& address) {
  net::Client client;
  net::Ask ask;
  ask.url = "http://" + address + "/v1/livez";
  ask.timeout_ms = kReachMs;
  ask.max_response_bytes = 64u << 10;
  const auto answer = client.request(ask);
  if (!answer.ok()) return "unreachable: " + answer.error().text;
  return answer->status == 200 ? "alive" : "HTTP " + std::to_string(answer->status);
}

}  // namespace

base::Result<ledger::GenesisState, std::string> load_genesis(const std::string& path) {
  const auto bytes = os::read_file(path, kMaxGenesis);
  if (!bytes.ok()) return failed("genesis: " + bytes.error().text);
  auto state = ledger::build_genesis(*bytes);
  if (!state.ok())
    return failed("genesis " + path + ": " + state.error().field + ": " + state.error().message);
  return std::move(state).value();
}

struct Node::Parts {
  Config config;
  std::optional<os::Signals> signals;
  std::optional<os::LockFile> lock;
  std::unique_ptr<core::LedgerCore> core;
  std::optional<keys::Key> sequencer_key;
  std::optional<keys::Key> protocol_key;
  std::optional<keys::Key> vrf_key;
  std::unique_ptr<sequencer::Mempool> mempool;
  std::unique_ptr<sequencer::Sequencer> sequencer;
  std::unique_ptr<sequencer::Follower> follower;
  net::Client upstream;
  std::unique_ptr<StoragePart> storage;
  std::unique_ptr<net::Server> server;
  std::unique_ptr<net::Server> admin;
  std::mutex mutex;
  std::condition_variable changed;
  std::string fatal;
  bool shutdown = false;
  std::atomic<bool> draining{false};  // no new transactions, not ready

  base::Result<std::optional<keys::Key>, std::string> key(const std::string& role);
  base::Result<void, std::string> open_ledger(const ledger::GenesisState& genesis);
  base::Result<void, std::string> start_driver();
  base::Result<void, std::string> start_storage();
  base::Result<void, std::string> start_api();
  base::Result<void, std::string> start_admin();
  net::Response status() const;
  net::Response peers() const;
  net::Response drain();
  net::Response scrub();
  net::Response request_shutdown();
  http::SubmitResult submit(base::Bytes envelope);
  http::SubmitResult take(base::Bytes envelope);
  http::SubmitResult forward(const base::Bytes& envelope);
  bool caught_up() const;
  std::vector<http::HealthRow> health() const;
  std::optional<base::NodeId> own_node() const;
  void end(std::string why);
  bool stop();  // false: not all could be written down
};

// Nothing where no file is named: a node without that duty.
base::Result<std::optional<keys::Key>, std::string> Node::Parts::key(const std::string& role) {
  const auto path = config.keys.find(role);
  if (path == config.keys.end() || path->second.empty()) return std::optional<keys::Key>();
  base::Bytes passphrase;
  if (!config.passphrase_file.empty()) {
    auto read = os::read_private_file(config.passphrase_file, 4096);
    if (!read.ok()) return failed("passphrase: " + read.error().text);
    passphrase = std::move(read).value();
    while (!passphrase.empty() && (passphrase.back() == '\n' || passphrase.back() == '\r'))
      passphrase.pop_back();
  }
  keys::OpenRules rules;
  rules.test_chain = core->genesis().test;
  rules.role = keys::parse_role(role);
  auto opened = keys::open_key(path->second, passphrase, rules);
  if (!opened.ok()) return failed("key " + role + ": " + opened.error().text);
  return std::optional<keys::Key>(std::move(opened).value());
}

base::Result<void, std::string> Node::Parts::open_ledger(const ledger::GenesisState& genesis) {
  const auto made = os::make_dirs(config.data_dir, 0700);
  if (!made.ok()) return failed(made.error().text);
  const auto fits = os::check_filesystem(config.data_dir, config.unsafe_fs && genesis.test);
  if (!fits.ok()) return failed(fits.error().text);
  auto locked = os::LockFile::acquire(config.data_dir + "/lock");
  if (!locked.ok()) return failed(locked.error().text);
  lock.emplace(std::move(locked).value());
  core::CoreOptions options;
  options.dir = config.data_dir;
  options.map_bytes = config.map_bytes;
  options.segment_bytes = config.segment_bytes;
  options.history_blocks = config.history_blocks;
  options.room.warn_percent = static_cast<std::uint32_t>(config.warn_percent);
  options.room.stop_percent = static_cast<std::uint32_t>(config.stop_percent);
  options.room.min_free_bytes = config.min_free_bytes;
  options.on_fatal = [this](const std::string& why) { end(why); };
  TRY_ASSIGN(core, core::LedgerCore::open(options, genesis));
  return {};
}

std::optional<base::NodeId> Node::Parts::own_node() const {
  if (!protocol_key) return std::nullopt;
  return ledger::node_id(protocol_key->info.public_key);
}

base::Result<void, std::string> Node::Parts::start_driver() {
  TRY_ASSIGN(protocol_key, key("protocol"));
  mempool = std::make_unique<sequencer::Mempool>(*core);
  const auto fatal_end = [this](const std::string& why) { end(why); };
  if (config.mode == Mode::kFollower) {
    follower = std::make_unique<sequencer::Follower>(*core, config.upstream);
    follower->start(fatal_end, say);
    return {};
  }
  TRY_ASSIGN(sequencer_key, key("sequencer"));
  if (!sequencer_key) return failed("keys.sequencer must be set for a sequencer");
  if (core->genesis().sequencer_key != sequencer_key->info.public_key)
    return failed("keys.sequencer is not the key of term 1 that the genesis names");
  sequencer::SequencerOptions options;
  options.idle_ms = config.idle_ms;
  options.batch_delay_ms = config.batch_delay_ms;
  options.batch_txs = config.batch_txs;
  if (const auto node = own_node()) options.proposer = *node;
  sequencer = std::make_unique<sequencer::Sequencer>(*core, *mempool, sequencer_key->seed, options);
  sequencer->start(fatal_end);
  return {};
}

// A node with protocol and VRF key keeps shards; one without is a replica alone.
base::Result<void, std::string> Node::Parts::start_storage() {
  TRY_ASSIGN(vrf_key, key("vrf"));
  if (!protocol_key || !vrf_key) return {};
  const auto hand_in = [this](base::Bytes envelope) { (void)take(std::move(envelope)); };
  TRY_ASSIGN(storage, StoragePart::open(config, {*core, *protocol_key, *vrf_key, hand_in,
                                                 [this] { return caught_up(); }}));
  core->on_commit([this](const core::Head& head, const ledger::BlockOutput& output) {
    storage->committed(head, output);
  });
  storage->start();
  return {};
}

// A sequencer is the tip; a follower knows it from its upstream.
bool Node::Parts::caught_up() const {
  if (!follower) return true;
  const base::Height tip = follower->upstream_height();
  return tip.value() > 0 && core->head().height >= tip;
}

http::SubmitResult Node::Parts::submit(base::Bytes envelope) {
  if (draining) {
    http::SubmitResult refused;
    refused.state = http::SubmitResult::State::kUnavailable;
    refused.message = "this node is being drained; ask another one";
    return refused;
  }
  return take(std::move(envelope));
}

// The way of this node's own statements too: they go on while it drains.
http::SubmitResult Node::Parts::take(base::Bytes envelope) {
  http::SubmitResult out;
  if (const auto lacking = core->room().lacking()) {
    out.state = http::SubmitResult::State::kNoRoom;
    out.message = "this node takes no transactions now: " + *lacking;
    return out;
  }
  if (follower) return forward(envelope);
  const auto added = mempool->add(std::move(envelope));
  if (added.ok()) {
    sequencer->wake();
    return out;
  }
  const sequencer::Refusal& refusal = added.error();
  out.state = refusal.full ? http::SubmitResult::State::kFull : http::SubmitResult::State::kDropped;
  out.code = refusal.full ? spec::OK : refusal.dropped.code;
  out.facts = refusal.dropped.facts;
  out.message = refusal.message;
  return out;
}

// A follower hands a transaction to its upstream; the block brings it back.
http::SubmitResult Node::Parts::forward(const base::Bytes& envelope) {
  net::Ask ask;
  ask.method = net::Method::kPost;
  ask.url = config.upstream + "/v1/txs";
  ask.headers = {{"content-type", "application/octet-stream"}};
  ask.body = base::string_of(envelope);
  ask.timeout_ms = 10'000;
  ask.max_response_bytes = 64u << 10;
  const auto answer = upstream.request(ask);
  http::SubmitResult out;
  if (!answer.ok()) {
    out.state = http::SubmitResult::State::kUnavailable;
    out.message = "the sequencer cannot be reached: " + answer.error().text;
  } else if (answer->status == 429) {
    out.state = http::SubmitResult::State::kFull;
  } else if (answer->status >= 300) {
    // Our own check passed: what the upstream knows better is state that has moved on.
    out.state = http::SubmitResult::State::kUnavailable;
    out.message = "the sequencer answered HTTP " + std::to_string(answer->status);
  }
  return out;
}

std::vector<http::HealthRow> Node::Parts::health() const {
  std::vector<http::HealthRow> rows;
  const core::Head head = core->head();
  const std::uint64_t now = os::wall_time().value();
  const std::uint64_t age = now > head.time.value() ? now - head.time.value() : 0;
  rows.push_back({"commit", age <= kStaleMs, "last block " + std::to_string(age) + " ms ago"});
  if (follower) {
    const std::uint64_t tip = follower->upstream_height().value();
    const std::uint64_t lag = tip > head.height.value() ? tip - head.height.value() : 0;
    const std::string trouble = lag <= 2 && tip > 0 ? "" : follower->last_error();
    rows.push_back(
        {"sync", lag <= 2 && tip > 0,
         std::to_string(lag) + " blocks behind" + (trouble.empty() ? "" : "; " + trouble)});
    const std::string diverged = follower->diverged();
    rows.push_back({"replica", diverged.empty(), diverged.empty() ? "equal" : diverged});
  }
  const core::Room& room = core->room();
  const auto lacking = room.lacking();
  rows.push_back({"store", !lacking, lacking ? *lacking : room.standing()});
  rows.push_back({"drain", !draining, draining ? "being drained" : "takes transactions"});
  rows.push_back({"laws", core->law_failures() == 0,
                  std::to_string(core->law_failures()) + " transactions broke a law"});
  return rows;
}

base::Result<void, std::string> Node::Parts::start_api() {
  auto router = std::make_shared<net::Router>();
  http::LedgerApi api{*core, {}, {}, {}, {}, {}, {}, {}};
  api.submit = [this](base::Bytes envelope) { return submit(std::move(envelope)); };
  api.pending = [this](const base::TxId& id) { return mempool->contains(id); };
  api.health = [this] { return health(); };
  api.version = kVersion;
  api.network = core->genesis().network;
  api.mode = mode_name(config.mode);
  api.node = own_node();
  api.heartbeat_ms = std::min<std::uint64_t>(config.idle_ms, 5'000);
  http::add_ledger_routes(*router, std::move(api));
  if (storage) storage->add_routes(*router);
  net::ServerOptions options;
  options.report = say;
  options.listen = config.listen;
  options.cors_origins = config.cors_origins;
  options.host_names = config.host_names;
  options.max_connections_per_address = config.connections_per_address;
  options.max_holds_per_address = std::max<std::size_t>(8, config.connections_per_address / 4);
  const auto rate = [](std::uint64_t per_second) {
    const auto n = static_cast<std::uint32_t>(per_second);
    return net::Rate{n, 2 * n};
  };
  auto& classes = options.limits.classes;
  classes[static_cast<std::size_t>(net::LimitClass::kPoint)].address =
      rate(config.reads_per_second);
  classes[static_cast<std::size_t>(net::LimitClass::kList)].address =
      rate(std::max<std::uint64_t>(1, config.reads_per_second / 4));
  classes[static_cast<std::size_t>(net::LimitClass::kSubmit)].address =
      rate(config.submits_per_second);
  auto started = net::Server::start(std::move(options), router);
  if (!started.ok()) return failed("api: " + started.error().text);
  server = std::move(started).value();
  return {};
}

net::Response Node::Parts::status() const {
  const core::Head head = core->head();
  std::string text = "mode " + std::string(mode_name(config.mode)) + "\nheight " +
                     std::to_string(head.height.value()) + "\nepoch " +
                     std::to_string(head.epoch.value()) + "\nroot 0x" +
                     base::to_hex(head.root.view()) + "\nchain 0x" +
                     base::to_hex(core->chain().view()) + "\n";
  for (const auto& row : health())
    text += row.check + (row.ok ? " ok, " : " FAIL, ") + row.detail + "\n";
  if (storage) text += storage->scrub_state() + "\n";
  return net::text_response(text);
}

// Who this node reads from, and the committee it exchanges slivers and openings with.
net::Response Node::Parts::peers() const {
  std::string text;
  if (follower)
    text += "upstream " + config.upstream + ", height " +
            std::to_string(follower->upstream_height().value()) + "\n";
  const core::Head head = core->head();
  const auto committee = ledger::queries::committee(*core->view(), head.epoch);
  if (!committee) return net::text_response(text + "no committee sits in this epoch\n");
  const auto self = own_node();
  for (const spec::Member& member : committee->members()) {
    const bool own = self && member.node() == base::as_text(self->view());
    text += base::shown_hex(base::as_bytes(member.node())) + "  " + member.address() + "  " +
            std::to_string(member.weight()) + " shards  " +
            (own ? "this node" : reach(member.address())) + "\n";
  }
  return net::text_response(text);
}

net::Response Node::Parts::drain() {
  draining = true;
  return net::text_response(
      "draining: no new transactions are taken and the node is not ready; shutdown ends it\n");
}

net::Response Node::Parts::scrub() {
  if (!storage) return net::text_response("this node keeps no slivers\n", 400);
  return net::text_response(storage->scrub()
                                ? "scrubbing began; wald admin status says how far it is\n"
                                : "a scrub is running already\n");
}

net::Response Node::Parts::request_shutdown() {
  {
    const std::lock_guard guard(mutex);
    shutdown = true;
  }
  changed.notify_all();
  return net::text_response("stopping\n");
}

base::Result<void, std::string> Node::Parts::start_admin() {
  auto router = std::make_shared<net::Router>();
  const auto add = [&](net::Method method, const char* verb, net::Response (*answer)(Parts&)) {
    net::Route route;
    route.method = method;
    route.pattern = std::string("/admin/") + verb;
    route.surface = net::Surface::kAdmin;
    route.auth = net::Auth::kAdmin;
    route.handler = net::answer([this, answer](const net::Request&) { return answer(*this); });
    router->add(std::move(route));
  };
  add(net::Method::kGet, "status", [](Parts& parts) { return parts.status(); });
  add(net::Method::kGet, "peers", [](Parts& parts) { return parts.peers(); });
  add(net::Method::kPost, "drain", [](Parts& parts) { return parts.drain(); });
  add(net::Method::kPost, "scrub", [](Parts& parts) { return parts.scrub(); });
  add(net::Method::kPost, "shutdown", [](Parts& parts) { return parts.request_shutdown(); });
  net::ServerOptions options;
  options.listen = {"unix:" + config.admin_socket};
  options.workers = 1;
  auto started = net::Server::start(std::move(options), router);
  if (!started.ok()) return failed("admin socket: " + started.error().text);
  admin = std::move(started).value();
  return {};
}

void Node::Parts::end(std::string why) {
  {
    const std::lock_guard guard(mutex);
    if (fatal.empty()) fatal = std::move(why);
  }
  changed.notify_all();
}

bool Node::Parts::stop() {
  if (server) server->stop(2'000);
  if (admin) admin->stop(500);
  if (storage) storage->stop();
  if (sequencer) sequencer->stop();
  if (follower) follower->stop();
  // Handlers are gone with the servers; the core goes last.
  server.reset();
  admin.reset();
  if (!core || !fatal.empty()) return true;
  const auto written = core->checkpoint();
  if (!written.ok()) say("the last checkpoint was not written: " + written.error());
  return written.ok();
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

base::Result<std::unique_ptr<Node>, std::string> Node::start(const Config& config) {
  os::ignore_sigpipe();
  auto parts = std::make_unique<Parts>();
  parts->config = config;
  auto signals = os::Signals::catch_all({SIGINT, SIGTERM});
  if (!signals.ok()) return failed(signals.error().text);
  parts->signals.emplace(std::move(signals).value());
  if (const auto deviation = proofs::first_deviation())
    return failed("the signature library does not judge as the chain demands: " +
                  std::string(*deviation));
  TRY_ASSIGN(const ledger::GenesisState genesis, load_genesis(config.genesis));
  TRY(parts->open_ledger(genesis));
  TRY(parts->start_driver());
  TRY(parts->start_storage());
  TRY(parts->start_api());
  TRY(parts->start_admin());
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

int Node::wait() {
  Parts& parts = *parts_;
  bool failed_run = false;
  while (true) {
    if (parts.signals->wait(200)) break;
    const std::lock_guard guard(parts.mutex);
    if (!parts.fatal.empty()) {
      say(parts.fatal);
      failed_run = true;
      break;
    }
    if (parts.shutdown) break;
  }
  const bool whole = parts.stop();
  return failed_run || !whole ? 1 : 0;
}

}  // namespace wald::app
