// SPDX-License-Identifier: Apache-2.0
// `wal blob` against a real chain whose genesis has nodes, and their storage servers.
#include <catch2/catch.hpp>

#include "node/storage/shard_sync.h"
#include "tests/node/cli/wal_program.h"
#include "tests/node/http/test_chain.h"
#include "tests/node/storage/rig.h"
#include "tests/support/nodes.h"

using namespace wald;
using namespace wald::tests;

namespace {

// Twelve shards on four nodes: f = 3, a quorum is 9.
struct Setup {
  static constexpr std::uint32_t kShards = 12;

  Setup() {
    std::vector<std::uint64_t> stakes(4, 10'000);
    spec::Genesis document = network(stakes, {{"ann", 5'000 * kWal}});
    document.set_sequencer_key(raw(key_of_name("sequencer").key.view()));
    document.set_shards(kShards);
    for (int i = 0; i < 4; ++i) {
      const std::string name = "n" + std::to_string(i + 1);
      const auto seed = protocol_key(name).seed;
      nodes.push_back(std::make_unique<RigNode>(
          [this]() -> std::shared_ptr<const ledger::Reader> { return chain->core().view(); }, codec,
          base::Bytes(seed.begin(), seed.end()), node_of(name)));
      nodes.back()->reserve_port();
      document.mutable_nodes(i)->mutable_registration()->set_address(nodes.back()->address());
    }
    chain = std::make_unique<TestChain>(document);
    chain->keep_going();
    for (auto& node : nodes) {
      node->bind(chain->core().chain());
      node->start();
    }
    wal = std::make_unique<WalProgram>(chain->url());
    wal->add_key("ann");
  }
  ~Setup() {
    for (auto& node : nodes) node->stop();
  }
  static std::string raw(base::ByteView bytes) { return std::string(base::as_text(bytes)); }
  Ran store(const std::vector<std::string>& files) {
    std::vector<std::string> args{"blob", "store"};
    args.insert(args.end(), files.begin(), files.end());
    for (const char* flag :
         {"--epochs", "2", "--max-cost", "10WAL", "--from", "ann", "--yes", "--json"})
      args.emplace_back(flag);
    return wal->run(args);
  }
  std::string file(const std::string& name, const base::Bytes& bytes) const {
    wal->write(name, raw(bytes));
    return wal->path(name);
  }

  codec::Codec codec = codec::Codec::make(kShards).value();
  std::vector<std::unique_ptr<RigNode>> nodes;
  std::unique_ptr<TestChain> chain;
  std::unique_ptr<WalProgram> wal;
};

std::string text(const boost::json::value& object, const char* key) {
  return std::string(object.at(key).as_string());
}

}  // namespace

TEST_CASE("wal blob: what is stored is certified, listed, has a status and reads back equal",
          "[cli][rule:SN-7]") {
  Setup s;
  const base::Bytes bytes = random_bytes(1, 30'000);
  const std::string in = s.file("in", bytes);
  const Ran stored = s.store({in});
  INFO(stored.err);
  REQUIRE(stored.code == 0);
  const auto data = stored.json().at("data");
  REQUIRE(data.at("confirmedShards") == 12);
  REQUIRE(data.at("alreadyCertified") == false);
  const std::string id = text(data, "blobId");
  REQUIRE(stored.err.find("registered") != std::string::npos);
  REQUIRE(stored.err.find("certified") != std::string::npos);

  const Ran read =
      s.wal->run({"blob", "read", "-o", s.wal->path("out"), "--json", "--blob-id=" + id});
  INFO(read.err);
  REQUIRE(read.code == 0);
  REQUIRE(os::read_file(s.wal->path("out"), 1u << 20).value() == bytes);
  REQUIRE(text(s.wal->run({"blob", "id", in, "--json"}).json().at("data"), "blobId") == id);

  const Ran status = s.wal->run({"blob", "status", "--json", "--blob-id=" + id});
  REQUIRE(status.code == 0);
  REQUIRE(status.json().at("data").at("status").at("deletable").at("initialCertifiedEpoch") == 1);
  const Ran listed = s.wal->run({"blob", "list", "--from", "ann", "--output", "jsonl"});
  REQUIRE(listed.out.find(id) != std::string::npos);

  const Ran again = s.store({in});
  REQUIRE(again.code == 0);
  REQUIRE(again.json().at("data").at("alreadyCertified") == true);
}

TEST_CASE("wal blob: with a node down it stores several files; with two it says how to go on",
          "[cli][rule:SN-7]") {
  Setup s;
  s.nodes[0]->stop();
  const Ran both = s.store({s.file("empty", {}), s.file("one", {7})});
  INFO(both.err);
  REQUIRE(both.code == 0);
  REQUIRE(both.json().at("data").as_array().size() == 2);
  REQUIRE(both.json().at("data").at(0).at("failedNodes").as_array().size() == 1);
  s.nodes[1]->stop();
  const std::string third = s.file("third", {1, 2, 3});
  const Ran failed = s.store({third});
  REQUIRE(failed.code == 6);
  REQUIRE(failed.err.find("INSUFFICIENT_CONFIRMATIONS") != std::string::npos);
  REQUIRE(failed.err.find("resumes") != std::string::npos);
  s.nodes[1]->start();
  const Ran resumed = s.store({third});
  REQUIRE(resumed.code == 0);
  REQUIRE(resumed.json().at("data").at("resumed") == true);
  const Ran part = s.store({third, s.wal->path("absent")});
  REQUIRE(part.code == 9);
  // Too few slivers are no blob: nothing is written, and it is worth trying again.
  for (const std::size_t i : {1u, 2u, 3u}) s.nodes[i]->stop();
  s.nodes[0]->start();
  const Ran few = s.wal->run({"blob", "read", "-o", s.wal->path("few"), "--json", "--timeout", "5s",
                              "--blob-id=" + text(resumed.json().at("data"), "blobId")});
  INFO(few.err);
  REQUIRE(few.code == 6);
  REQUIRE(few.err.find("\"retryable\":true") != std::string::npos);
  REQUIRE_FALSE(os::exists(s.wal->path("few")));
}

TEST_CASE("wal blob: bad ids, unknown blobs, low limits and missing keys have their exits",
          "[cli][rule:SN-8]") {
  Setup s;
  const std::string out = s.wal->path("out");
  CHECK(s.wal->run({"blob", "read", "abc", "-o", out}).code == 2);
  CHECK(s.wal->run({"blob", "read", "-o", out}).code == 2);
  const std::string unknown = "--blob-id=" + base::to_base64url(base::Bytes(32, 1));
  CHECK(s.wal->run({"blob", "read", unknown, "-o", out}).code == 3);
  CHECK(s.wal->run({"blob", "status", unknown}).code == 3);
  CHECK_FALSE(os::exists(out));
  const std::string in = s.file("in", {1});
  CHECK(s.wal
            ->run({"blob", "store", in, "--epochs", "1", "--max-cost", "1FROST", "--from", "ann",
                   "--yes"})
            .code == 2);
  CHECK(
      s.wal
          ->run({"blob", "store", in, "--epochs", "1", "--max-cost", "1", "--from", "ann", "--yes"})
          .code == 2);
  CHECK(s.wal->run({"blob", "store", in, "--epochs", "1", "--max-cost", "1WAL", "--yes"}).code ==
        2);
  CHECK(s.wal->run({"blob", "store", in, "--epochs", "1", "--max-cost", "1WAL", "--from", "ann"})
            .code == 2);
  CHECK(s.wal
            ->run({"blob", "store", s.wal->path("absent"), "--epochs", "1", "--max-cost", "1WAL",
                   "--from", "ann", "--yes"})
            .code == 3);
}
