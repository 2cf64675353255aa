// SPDX-License-Identifier: Apache-2.0
// A chain that goes over to the protocol version after the shipped one, which only tests know: who
// does not know it ends behind the last block that it knows, says why, and loses nothing.
#include <catch2/catch.hpp>

#include "node/core/audit.h"
#include "node/core/replay.h"
#include "node/sequencer/follower.h"
#include "node/sequencer/sequencer.h"
#include "tests/node/core/core_rig.h"
#include "tests/node/core/upgraded_chain.h"
#include "tests/node/http/fake_upstream.h"

using namespace wald;
using namespace wald::tests;

namespace {

struct Node : CoreRig {
  explicit Node(const History& of) : CoreRig(of.document), history(of) {
    options.on_fatal = [this](const std::string& why) { fatal.push_back(why); };
  }
  // Blocks up to this height, as far as it knows their version.
  void run(core::LedgerCore& core, std::size_t to) const {
    while (core.head().height.value() < to && core.unknown_version().empty()) {
      const std::size_t at = core.head().height.value();
      core::Staged staged = core.execute(history.inputs[at]);
      REQUIRE(staged.header.state_root == history.roots[at]);
      const auto signature = sign(staged.header);
      const auto committed = core.commit(std::move(staged), signature);
      REQUIRE(committed.ok());
    }
  }
  std::string refusal() const {
    const auto opened = core::LedgerCore::open(options, genesis);
    return opened.ok() ? "it opened" : opened.error();
  }

  const History& history;
  std::vector<std::string> fatal;
};

}  // namespace

TEST_CASE("upgrade: a node that does not know the version stops in front of it, for good",
          "[node][core][rule:G-6]") {
  const History history = upgraded_chain();
  Node node(history);
  const std::string why = version_refusal(history.old + 1);
  core::Head last;
  {
    const auto core = node.open();
    node.run(*core, history.inputs.size());
    last = core->head();
    REQUIRE(last.height.value() == history.old);
    REQUIRE(node.fatal == std::vector<std::string>{why});
    REQUIRE(core->unknown_version() == why);
    REQUIRE(core->block(last.height).ok());  // what was acknowledged is there, and served
  }
  // Starts refuse with the same words, from the log and from a checkpoint.
  REQUIRE(node.refusal() == why);
  REQUIRE(node.refusal() == why);
  // A program that knows it goes on where the other stopped.
  node.options.newest_version = kTestVersion;
  {
    const auto core = node.open();
    REQUIRE(core->head().height == last.height);
    REQUIRE(core->head().root == last.root);
    REQUIRE(core->checkpoint().ok());
  }
  node.options.newest_version = ledger::kNewestVersion;
  REQUIRE(node.refusal() == why);
  node.options.newest_version = kTestVersion;
  {
    const auto core = node.open();
    node.run(*core, history.inputs.size());
    REQUIRE(core->head().root == history.roots.back());
    REQUIRE(node.fatal.size() == 1);
  }
  // Back at the old program: its log has blocks that it cannot execute, and they stay.
  node.options.newest_version = ledger::kNewestVersion;
  REQUIRE(node.refusal() == why);
  node.options.newest_version = kTestVersion;
  {
    const auto core = node.open();
    REQUIRE(core->head().height.value() == history.inputs.size());
    REQUIRE(core->checkpoint().ok());
  }
  node.options.newest_version = ledger::kNewestVersion;
  REQUIRE(node.refusal() ==
          version_refusal(history.inputs.size() + 1));  // from the newer checkpoint
}

TEST_CASE("upgrade: old blocks stay replayable, by both programs", "[node][core][rule:G-6]") {
  const History history = upgraded_chain();
  Node node(history);
  node.options.newest_version = kTestVersion;
  {
    const auto core = node.open();
    node.run(*core, history.inputs.size());
  }
  const std::string log = node.options.dir + "/log";
  const auto each = [](base::Height, const ledger::BlockOutput&) {};
  const auto whole = core::replay_log(node.genesis, log, base::Height(0), each, kTestVersion);
  REQUIRE(whole.ok());
  REQUIRE(whole->root == history.roots.back());
  const auto old = core::replay_log(node.genesis, log, base::Height(history.old), each);
  REQUIRE(old.ok());
  REQUIRE(old->root == history.roots[history.old - 1]);
  const auto beyond = core::replay_log(node.genesis, log, base::Height(0), each);
  REQUIRE_FALSE(beyond.ok());
  REQUIRE(beyond.error() == version_refusal(history.old + 1));
  const auto audited = core::audit_log(node.genesis, log, std::nullopt);
  REQUIRE_FALSE(audited.ok());
  REQUIRE(audited.error() == version_refusal(history.old + 1));
}

TEST_CASE("upgrade: neither sequencer nor follower makes a block of a version it does not know",
          "[node][sequencer][rule:G-6]") {
  const History history = upgraded_chain();
  Node knowing(history);
  knowing.options.newest_version = kTestVersion;
  const auto ahead = knowing.open();
  knowing.run(*ahead, history.old);
  core::Staged next = ahead->execute(history.inputs[history.old]);
  const auto signature = knowing.sign(next.header);
  const base::Bytes record = core::encode_block_record(next, signature);

  Node node(history);
  const std::string why = version_refusal(history.old + 1);
  const auto core = node.open();
  node.run(*core, history.inputs.size());
  const auto verified = core->verify(*core::parse_block_record(record));
  REQUIRE_FALSE(verified.ok());
  REQUIRE(verified.error().kind == core::RecordError::Kind::kVersion);
  REQUIRE(verified.error().text == why);
  const auto committed = core->commit(std::move(next), signature);
  REQUIRE_FALSE(committed.ok());
  REQUIRE(committed.error().text.find(why) != std::string::npos);

  sequencer::Mempool pool(*core);
  keys::Secret32 seed;
  std::copy(node.sequencer.seed.begin(), node.sequencer.seed.end(), seed.span().begin());
  sequencer::Sequencer maker(*core, pool, seed, {});
  const auto made = maker.make_block();
  REQUIRE_FALSE(made.ok());
  REQUIRE(made.error() == why);

  const FakeUpstream upstream(record);
  std::mutex mutex;
  std::string told;
  sequencer::Follower follower(*core, upstream.url());
  follower.start([&](const std::string& text) {
    const std::lock_guard lock(mutex);
    told = text;
  });
  const auto heard = [&] {
    const std::lock_guard lock(mutex);
    return told;
  };
  for (int i = 0; i < 100 && heard().empty(); ++i) core->wait_above(core->head().height, 100);
  follower.stop();
  REQUIRE(heard() == why);
  REQUIRE(follower.diverged().empty());  // nobody is wrong
  REQUIRE(core->head().height.value() == history.old);
}
