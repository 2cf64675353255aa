// SPDX-License-Identifier: Apache-2.0
// `wal --at-height` and `--at-epoch` against a real chain.
#include <catch2/catch.hpp>

#include "codec/base/text.h"
#include "tests/node/cli/wal_program.h"
#include "tests/node/http/test_chain.h"
#include "tests/support/nodes.h"

using namespace wald;
using namespace wald::tests;

namespace {

struct Setup {
  explicit Setup(std::uint64_t history = 10'000) : chain(document(), history), wal(chain.url()) {
    wal.add_key("ann");
    wal.add_key("bob");
  }
  // With nodes, so that epochs turn.
  static spec::Genesis document() {
    spec::Genesis out = network({50'000, 40'000}, {{"ann", 5'000 * kWal}, {"bob", 10 * kWal}});
    out.set_sequencer_key(base::string_of(key_of_name("sequencer").key.view()));
    return out;
  }
  // Blocks in which ann sends bob one WAL.
  void pay(int blocks) {
    for (int i = 0; i < blocks; ++i) {
      REQUIRE(chain.submit(chain.sign("ann", transfer("bob", kWal))).status == 202);
      chain.block();
    }
  }
  std::uint64_t bob(const std::vector<std::string>& flags) {
    std::vector<std::string> line{"account", "balance", "bob", "--json"};
    line.insert(line.end(), flags.begin(), flags.end());
    const Ran ran = wal.run(line);
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    return std::stoull(std::string(ran.json().at("data").at("balance").as_string())) / kWal;
  }
  TestChain chain;
  WalProgram wal;
};

}  // namespace

TEST_CASE("wal --at-height: a verb that reads shows the state of then", "[cli][rule:IF-20]") {
  Setup s;
  s.pay(3);
  REQUIRE(s.chain.core().checkpoint().ok());
  s.pay(3);
  for (std::uint64_t height = 0; height <= 6; ++height) {
    const std::string text = std::to_string(height);
    CHECK(s.bob({"--at-height", text}) == 10 + height);
    const Ran shown = s.wal.run({"account", "show", "bob", "--json", "--at-height", text});
    CHECK(shown.json().at("at").at("height").as_string() == text);
  }
  CHECK(s.bob({}) == 16);
  // Lists and questions with a body too.
  CHECK(s.wal.run({"stake", "list", "--owner", "bob", "--at-height", "2"}).code == 0);
  CHECK(s.wal.run({"epoch", "supply", "--at-height", "2"}).code == 0);
  CHECK(
      s.wal.run({"storage", "price", "--size", "1MiB", "--epochs", "1", "--at-height", "2"}).code ==
      0);
}

TEST_CASE("wal --at-epoch: all that a verb asks is of the height that the epoch began with",
          "[cli][rule:IF-20]") {
  Setup s;
  std::uint64_t height = 0;
  for (int i = 0; i < 400 && s.chain.core().head().epoch.value() < 3; ++i) {
    const bool second = s.chain.core().head().epoch.value() < 2;
    s.pay(1);
    if (second && s.chain.core().head().epoch.value() == 2)
      height = s.chain.core().head().height.value();
  }
  REQUIRE(height > 0);
  CHECK(s.bob({"--at-epoch", "2"}) == 10 + height);
  CHECK(s.bob({"--at-epoch", "1"}) == 10);  // of the genesis
  CHECK(s.wal.run({"account", "balance", "bob", "--at-epoch", "0"}).code == 3);
  const Ran epoch = s.wal.run({"epoch", "show", "--json", "--at-epoch", "2"});
  REQUIRE(epoch.code == 0);
  CHECK(epoch.json().at("data").at("epoch").to_number<int>() == 2);
  CHECK(epoch.json().at("at").at("height").as_string() == std::to_string(height));
  // The epoch that a verb names itself is looked for in that state.
  const Ran shards = s.wal.run({"epoch", "shards", "--of", "3", "--at-epoch", "2"});
  CHECK(shards.code == 3);
  CHECK(s.wal.run({"epoch", "shards", "--of", "3"}).code == 0);
}

TEST_CASE("wal: a past that is not there, or means nothing, is refused", "[cli][rule:IF-20]") {
  Setup s(4);
  s.pay(8);
  const auto code = [&](const std::vector<std::string>& line) { return s.wal.run(line).code; };
  const Ran gone = s.wal.run({"account", "balance", "bob", "--at-height", "3", "--json"});
  CHECK(gone.code == 3);
  CHECK(gone.err.find("HEIGHT_PRUNED") != std::string::npos);
  CHECK(gone.err.find("the oldest is 4") != std::string::npos);
  const Ran ahead = s.wal.run({"account", "balance", "bob", "--at-height", "9", "--json"});
  CHECK(ahead.code == 2);
  CHECK(ahead.err.find("HEIGHT_AHEAD") != std::string::npos);
  CHECK(code({"account", "balance", "bob", "--at-epoch", "9"}) == 2);
  CHECK(code({"account", "balance", "bob", "--at-height", "soon"}) == 2);
  CHECK(code({"account", "balance", "bob", "--at-epoch", "4294967296"}) == 2);
  const Ran both = s.wal.run({"account", "balance", "bob", "--at-height", "5", "--at-epoch", "1"});
  CHECK(both.code == 2);
  CHECK(both.err.find("one of them") != std::string::npos);
  const Ran proof = s.wal.run({"account", "show", "bob", "--at-height", "5", "--verify"});
  CHECK(proof.code == 2);
  CHECK(proof.err.find("newest state") != std::string::npos);
  // The log knows no other time, the node says so.
  const Ran log = s.wal.run({"account", "history", "bob", "--at-height", "5", "--json"});
  CHECK(log.code == 2);
  CHECK(log.err.find("UNKNOWN_PARAMETER") != std::string::npos);
  CHECK(code({"events", "list", "--at-height", "5"}) == 2);
  CHECK(code({"keys", "list", "--at-height", "5"}) == 2);
  CHECK(code({"tx", "status", "0x12", "--at-epoch", "0"}) == 2);
  const std::uint64_t height = s.chain.core().head().height.value();
  const Ran change =
      s.wal.run({"account", "send", "bob", "1WAL", "--from", "ann", "--yes", "--at-height", "5"});
  CHECK(change.code == 2);
  CHECK(change.err.find("the past is not changed") != std::string::npos);
  s.chain.block();
  CHECK(s.chain.core().head().height.value() == height + 1);
  CHECK(s.bob({}) == 18);  // nothing was sent
}
