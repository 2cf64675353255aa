// SPDX-License-Identifier: Apache-2.0
// A whole node in this process, asked over its Unix sockets.
#include <catch2/catch.hpp>
#include <thread>

#include "ledger/wire/canonical.h"
#include "node/app/commands.h"
#include "node/app/node.h"
#include "node/keys/keystore.h"
#include "node/net/client.h"
#include "node/os/clock.h"
#include "node/os/files.h"
#include "tests/node/http/test_chain.h"
#include "tests/node/temp_dir.h"

using namespace wald;
using namespace wald::tests;

namespace {

std::string key_file(const TempDir& dir, const std::string& name, keys::Role role) {
  keys::Secret32 seed;
  const Key key = key_of_name(name);
  std::copy(key.seed.begin(), key.seed.end(), seed.span().begin());
  const std::string path = dir / (name + ".json");
  keys::save_key(path, role, name, seed, base::TimeMs(kStart), keys::Kdf::none(), {}).value();
  return path;
}

class RunningNode {
 public:
  RunningNode() {
    const spec::Genesis document = chain_genesis({{"ann", 10 * kWal}});
    os::write_file_atomic(dir_ / "genesis.bin", wire::write_canonical(document)).value();
    app::Config config;
    config.data_dir = dir_ / "node";
    config.storage_dir = dir_ / "slivers";
    config.genesis = dir_ / "genesis.bin";
    config.listen = {"unix:" + (dir_ / "api.sock")};
    config.admin_socket = dir_ / "admin.sock";
    config.public_address = "127.0.0.1:9";
    config.map_bytes = 64u << 20;
    config.segment_bytes = 1u << 20;
    config.idle_ms = 100;
    config.unsafe_fs = true;
    config.keys = {{"sequencer", key_file(dir_, "sequencer", keys::Role::kSequencer)},
                   {"protocol", key_file(dir_, "proto", keys::Role::kProtocol)},
                   {"vrf", key_file(dir_, "vrf", keys::Role::kVrf)}};
    auto started = app::Node::start(config);
    REQUIRE(started.ok());
    node_ = std::move(started).value();
    runner_ = std::thread([this] { code_ = node_->wait(); });
  }
  ~RunningNode() {
    if (!runner_.joinable()) return;
    admin("shutdown", true);
    runner_.join();
  }
  net::Response admin(const std::string& verb, bool post = false) {
    return ask(dir_ / "admin.sock", "/admin/" + verb, post, "");
  }
  net::Response api(const std::string& path, const std::string& envelope = "") {
    return ask(dir_ / "api.sock", path, !envelope.empty(), envelope);
  }
  int stopped() {
    runner_.join();
    return code_;
  }
  std::string socket() const { return dir_ / "admin.sock"; }

 private:
  net::Response ask(const std::string& socket, const std::string& path, bool post,
                    const std::string& body) {
    net::Ask out;
    out.unix_socket = socket;
    out.url = "http://node" + path;
    if (post) out.method = net::Method::kPost;
    out.body = body;
    if (!body.empty()) out.headers = {{"content-type", "application/octet-stream"}};
    auto answer = client_.request(out);
    REQUIRE(answer.ok());
    return std::move(answer).value();
  }
  TempDir dir_;
  net::Client client_;
  std::unique_ptr<app::Node> node_;
  std::thread runner_;
  int code_ = -1;
};

bool has(const net::Response& response, const std::string& text) {
  return response.body.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("admin: status, peers, scrub and drain do what they say, shutdown ends the node",
          "[node][app][rule:IF-18]") {
  RunningNode node;
  const net::Response status = node.admin("status");
  CHECK(status.status == 200);
  CHECK(has(status, "mode sequencer"));
  CHECK(has(status, "drain ok"));
  CHECK(has(status, "scrub idle"));
  CHECK(has(node.admin("peers"), "no committee sits"));
  CHECK(has(node.admin("scrub", true), "scrubbing began"));
  CHECK(node.admin("explode").status == 404);
  CHECK(node.admin("drain").status == 405);  // a change is no GET
  // Ready with its first block.
  const std::uint64_t end = os::monotonic_ms() + 10'000;
  int ready = 503;
  while (ready != 200 && os::monotonic_ms() < end) ready = node.api("/v1/readyz").status;
  CHECK(ready == 200);
  CHECK(app::admin(node.socket(), "status") == 0);

  CHECK(app::admin(node.socket(), "drain") == 0);
  const net::Response unready = node.api("/v1/readyz?verbose");
  CHECK(unready.status == 503);
  CHECK(has(unready, "being drained"));
  CHECK(node.api("/v1/livez").status == 200);
  CHECK(node.api("/v1/txs", "rubbish").status == 400);  // what is wrong is told as ever
  CHECK(has(node.admin("status"), "drain FAIL"));

  CHECK(app::admin(node.socket(), "shutdown") == 0);
  CHECK(node.stopped() == 0);
  CHECK(app::admin(node.socket(), "status") == 6);
}

TEST_CASE("admin: an unknown verb and a socket without a node are told apart",
          "[node][app][rule:IF-18]") {
  CHECK(app::admin("/nonexistent/admin.sock", "explode") == 2);
  for (const auto& verb : app::admin_verbs()) {
    CHECK_FALSE(verb.help.empty());
    CHECK(app::admin("/nonexistent/admin.sock", verb.name) == 6);
  }
  CHECK(app::healthcheck("http://127.0.0.1:1", false, 150) == 10);
}
