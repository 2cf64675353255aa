// SPDX-License-Identifier: Apache-2.0
// The shipped program on a chain that goes over to a protocol version it does not know (G-6).
#include <catch2/catch.hpp>

#include "tests/node/app/wald_program.h"
#include "tests/node/core/core_rig.h"
#include "tests/node/core/upgraded_chain.h"
#include "tests/node/http/fake_upstream.h"

using namespace wald;
using namespace wald::tests;

namespace {

// Blocks up to this height in the folder of a node; the record of the last one.
base::Bytes fill(const CoreRig& rig, const History& history, const std::string& dir,
                 std::size_t to) {
  core::CoreOptions options = rig.options;
  options.dir = dir;
  options.newest_version = kTestVersion;
  REQUIRE(os::make_dirs(dir).ok());
  const auto core = core::LedgerCore::open(options, rig.genesis).value();
  base::Bytes last;
  while (core->head().height.value() < to) {
    core::Staged staged = core->execute(history.inputs[core->head().height.value()]);
    const auto signature = rig.sign(staged.header);
    last = core::encode_block_record(staged, signature);
    const auto committed = core->commit(std::move(staged), signature);
    REQUIRE(committed.ok());
  }
  return last;
}

}  // namespace

TEST_CASE(
    "run: wald ends in front of a protocol version it does not know, and says so at each start",
    "[node][app][rule:G-6]") {
  const History history = upgraded_chain();
  const CoreRig rig(history.document);
  const TempDir other;
  const base::Bytes last = fill(rig, history, other / "data", history.old);
  const FakeUpstream upstream(last);
  WaldProgram node(history.document, upstream.url());
  fill(rig, history, node.data(), history.old - 1);

  // It takes the last block that it knows, and ends.
  node.start();
  REQUIRE(node.wait_for_end() == 1);
  const std::string why = version_refusal(history.old + 1);
  const auto times = [&] {
    int found = 0;
    const std::string log = node.log();
    for (std::size_t at = log.find(why); at != std::string::npos; at = log.find(why, at + 1))
      ++found;
    return found;
  };
  INFO(node.log());
  const int first = times();
  REQUIRE(first >= 1);
  for (int start = 1; start <= 2; ++start) {
    node.start();
    REQUIRE(node.wait_for_end() == 1);
    REQUIRE(times() == first + start);
  }
  const auto judged =
      tests::wald({"audit", "--genesis", node.genesis(), "--data-dir", node.data()});
  REQUIRE(judged.code == 0);  // all its blocks are of versions that it knows

  // The block is there, for who knows the next one.
  core::CoreOptions options = rig.options;
  options.dir = node.data();
  options.newest_version = kTestVersion;
  const auto core = core::LedgerCore::open(options, rig.genesis).value();
  REQUIRE(core->head().height.value() == history.old);
  REQUIRE(core->head().root == history.roots[history.old - 1]);
}
