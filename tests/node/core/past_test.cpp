// SPDX-License-Identifier: Apache-2.0
// Past heights of a core: the same after a restart, a crash and a state made again from the log.
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "ledger/records.h"
#include "node/core/audit.h"
#include "tests/node/core/core_rig.h"

using namespace wald;
using tests::kWal;
using Rig = tests::CoreRig;

namespace {

using Records = std::map<base::Bytes, base::Bytes>;

Records records_of(const store::View& view) {
  Records out;
  view.scan({}, {}, [&](base::ByteView key, base::ByteView value) {
    out.emplace(base::Bytes(key.begin(), key.end()), base::Bytes(value.begin(), value.end()));
    return true;
  });
  return out;
}

// What the state was, by height, and the header's root.
struct Told {
  std::map<std::uint64_t, Records> states;
  std::map<std::uint64_t, base::Hash> roots;

  void add(const core::LedgerCore& core) {
    const auto view = core.view();
    states[view->tip().height.value()] = records_of(*view);
    roots[view->tip().height.value()] = view->tip().root;
  }
  void require(const core::LedgerCore& core, std::uint64_t oldest) const {
    const auto window = core.window();
    REQUIRE(window.oldest == base::Height(oldest));
    REQUIRE(window.newest == core.head().height);
    for (std::uint64_t h = oldest; h <= window.newest.value(); ++h) {
      INFO("height " << h);
      const auto view = core.view_at(base::Height(h)).value();
      REQUIRE(records_of(*view) == states.at(h));
      REQUIRE(view->tip().root == roots.at(h));
      const auto chain = ledger::must_load(*view, ledger::kChain);
      REQUIRE(chain.height == base::Height(h));
      if (h > 0) REQUIRE(chain.time == view->tip().time);
    }
    if (oldest > 0) REQUIRE_FALSE(core.view_at(base::Height(oldest - 1)).ok());
    REQUIRE_FALSE(core.view_at(window.newest.next()).ok());
  }
};

}  // namespace

TEST_CASE("core: past heights are the same after a restart, wherever the checkpoint was",
          "[node][core][rule:EN-25]") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Rig rig;
    rig.options.history_blocks = 25;
    base::Prng prng(seed);
    Told told;
    std::uint64_t nonce = 0;
    for (int life = 0; life < 5; ++life) {
      const auto core = rig.open();
      if (life == 0) told.add(*core);
      const std::uint64_t before = core->head().height.value();
      told.require(*core, before > 25 ? before - 25 : 0);
      for (int block = 0; block < 12; ++block) {
        std::vector<base::Bytes> transactions;
        for (std::uint64_t n = prng.below(3); n > 0; --n)
          transactions.push_back(rig.envelope(nonce++));
        REQUIRE(rig.block(*core, transactions).ok());
        told.add(*core);
        if (prng.below(6) == 0) REQUIRE(core->checkpoint().ok());
      }
      const std::uint64_t height = core->head().height.value();
      told.require(*core, height > 25 ? height - 25 : 0);
    }
  }
}

TEST_CASE("core: a state made again from the log has its past again", "[node][core][rule:EN-25]") {
  Rig rig;
  Told told;
  {
    const auto core = rig.open();
    told.add(*core);
    for (std::uint64_t i = 0; i < 20; ++i) {
      REQUIRE(rig.block(*core, {rig.envelope(i)}).ok());
      told.add(*core);
      if (i == 7) REQUIRE(core->checkpoint().ok());
    }
  }
  REQUIRE(os::remove_tree(rig.options.dir + "/state").ok());
  const auto core = rig.open();
  told.require(*core, 0);
  REQUIRE(core->checkpoint().ok());
  told.require(*core, 0);
}

TEST_CASE("core: the replay of a long log writes checkpoints on its way, and the past with them",
          "[node][core][rule:EN-3][rule:EN-25]") {
  Rig rig;
  rig.options.history_blocks = 30;
  Told told;
  {
    const auto core = rig.open();
    told.add(*core);
    for (std::uint64_t i = 0; i < 60; ++i) {
      REQUIRE(rig.block(*core, {rig.envelope(i)}).ok());
      told.add(*core);
    }
  }
  REQUIRE(os::remove_tree(rig.options.dir + "/state").ok());
  rig.options.checkpoint_rows = 20;
  told.require(*rig.open(), 30);
  const auto checkpoint = core::read_checkpoint(rig.genesis, rig.options.dir + "/state").value();
  REQUIRE(checkpoint.has_value());
  REQUIRE(checkpoint->height > base::Height(20));
  told.require(*rig.open(), 30);
}

TEST_CASE("core: a block that was executed and not committed leaves no trace in the past",
          "[node][core][rule:EN-25]") {
  Rig rig;
  Told told;
  const auto core = rig.open();
  told.add(*core);
  for (std::uint64_t i = 0; i < 6; ++i) {
    core->execute(rig.input(*core, {rig.envelope(i), rig.envelope(i + 1)}));
    REQUIRE(rig.block(*core, {rig.envelope(i)}).ok());
    told.add(*core);
    if (i == 3) REQUIRE(core->checkpoint().ok());
  }
  told.require(*core, 0);
}
