// SPDX-License-Identifier: Apache-2.0
// Views of the past: random histories against copies of the state made at the time.
#include "node/store/past.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "node/store/state_store.h"
#include "tests/node/store/model.h"
#include "tests/node/temp_dir.h"

using namespace wald;
using namespace wald::store;
using base::Bytes;
using base::Height;
using tests::TempDir;

namespace {

StateStoreOptions options_in(const TempDir& dir, std::uint64_t history) {
  StateStoreOptions options;
  options.dir = dir / "state";
  options.chain = base::ChainId(std::array<std::uint8_t, 32>{3});
  options.map_bytes = 64u << 20;
  options.history_blocks = history;
  return options;
}

// A byte for the table, then a part of variable length behind its length: no key is a prefix of
// another, and some are shorter than others.
Bytes key_of(std::uint64_t n) {
  base::Writer out;
  out.u8(static_cast<std::uint8_t>(n % 5));
  const std::size_t length = n % 3 + 2;
  out.u8(static_cast<std::uint8_t>(length));
  for (std::size_t i = 0; i < length; ++i) out.u8(static_cast<std::uint8_t>(n >> (8 * i)));
  return std::move(out).bytes();
}

// A store and what its state was at each height.
struct Chain {
  Chain(std::uint64_t history, std::uint64_t seed, std::uint64_t map_bytes = 64u << 20)
      : options(options_in(dir, history)), prng(seed) {
    options.map_bytes = map_bytes;
    open();
  }
  void open() {
    store.reset();
    store = StateStore::open(options).value();
  }
  Height tip() const { return store->view()->tip().height; }

  // Brings a store that lost its newest blocks up again, as the block log does.
  void catch_up() {
    const std::uint64_t last = blocks.rbegin()->first;
    if (!store->checkpoint_tip()) apply(0);
    for (std::uint64_t h = tip().value() + 1; h <= last; ++h) apply(h);
  }

  void block(std::uint64_t keys, std::uint64_t most) {
    const std::uint64_t height = blocks.empty() ? 0 : blocks.rbegin()->first + 1;
    tests::ChangeMap& out = blocks[height];
    out = random_changes(prng, keys, most, &key_of);
    out[Bytes{9, 0}] = base::Writer().be(height).bytes();  // what every block changes
    Model state = states.empty() ? Model() : states.rbegin()->second;
    bring_along(state, out);
    states[height] = std::move(state);
    apply(height);
  }

  void apply(std::uint64_t height) {
    const auto tree = tree_after(*store->view(), blocks.at(height));
    roots[height] = tree->root();
    store->push({Height(height), base::TimeMs(1000 * height), tree->root()}, tree,
                tests::changes_of(blocks.at(height)), {});
  }

  TempDir dir;
  StateStoreOptions options;
  base::Prng prng;
  std::map<std::uint64_t, tests::ChangeMap> blocks;
  std::map<std::uint64_t, Model> states;
  std::map<std::uint64_t, base::Hash> roots;
  std::unique_ptr<StateStore> store;
};

// What a view of this height must show: all of it, parts of it, single records, time and root.
void require_height(Chain& chain, std::uint64_t height) {
  INFO("height " << height << " of " << chain.tip().value());
  const auto view = chain.store->view_at(Height(height)).value();
  const Model& state = chain.states.at(height);
  REQUIRE(view->tip().height == Height(height));
  REQUIRE(view->tip().time == base::TimeMs(1000 * height));
  REQUIRE(view->tip().root == chain.roots.at(height));
  REQUIRE(view->has_tree() == (height == chain.tip().value()));
  REQUIRE(all_of(*view) == state);
  for (int i = 0; i < 8; ++i) {
    const Bytes prefix{static_cast<std::uint8_t>(chain.prng.below(6))};
    Bytes from = key_of(chain.prng.below(700));
    if (chain.prng.below(2) == 0) from.push_back(0);  // just behind a key
    Model expected;
    for (const auto& [key, value] : state)
      if (key[0] == prefix[0] && key >= from) expected[key] = value;
    REQUIRE(all_of(*view, prefix, from) == expected);
  }
  for (int i = 0; i < 20; ++i) {
    const Bytes key = key_of(chain.prng.below(700));
    const auto at = state.find(key);
    REQUIRE(view->get(key) ==
            (at == state.end() ? std::optional<Bytes>() : std::optional(at->second)));
  }
}

void require_window(Chain& chain, std::uint64_t oldest) {
  const auto window = chain.store->window();
  REQUIRE(window.oldest == Height(oldest));
  REQUIRE(window.newest == Height(chain.states.rbegin()->first));
  for (std::uint64_t h = oldest; h <= window.newest.value(); ++h) require_height(chain, h);
  for (const std::uint64_t outside : {oldest - 1, window.newest.value() + 1}) {
    if (outside > window.newest.value() + 1) continue;  // nothing is older
    const auto refused = chain.store->view_at(Height(outside));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().oldest == window.oldest);
    CHECK(refused.error().newest == window.newest);
  }
}

std::size_t rows_of(const StateStoreOptions& options, Table table, std::uint64_t below = 0) {
  const auto env = LmdbEnv::open(options.dir, options.map_bytes).value();
  const LmdbEnv::Read read(*env);
  std::size_t out = 0;
  for (LmdbEnv::Cursor at(read, table, {}); at.valid(); at.next()) {
    const auto height = base::Reader(at.key().last(8)).be<std::uint64_t>().value();
    if (below == 0 || height < below) ++out;
  }
  return out;
}

}  // namespace

TEST_CASE("past: a view of every height shows the state of that time",
          "[node][store][rule:EN-25]") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Chain chain(1'000, seed);
    for (int block = 0; block <= 120; ++block) {
      chain.block(600, seed % 2 == 0 ? 5 : 60);
      if (chain.prng.below(9) == 0) chain.store->checkpoint({}, 0);
      if (block % 40 == 39) require_window(chain, 0);
    }
    chain.store->checkpoint({}, 0);
    require_window(chain, 0);
  }
}

TEST_CASE("past: many blocks above a checkpoint, and ranges longer than a batch",
          "[node][store][rule:EN-25]") {
  Chain chain(1'000, 21);
  for (int i = 0; i < 3; ++i) chain.block(6'000, 3'000);
  chain.store->checkpoint({}, 0);
  for (int i = 0; i < 200; ++i) chain.block(6'000, i % 50 == 0 ? 3'000 : 6);
  for (const std::uint64_t height : {0u, 1u, 2u, 3u, 60u, 67u, 68u, 150u, 201u, 202u})
    require_height(chain, height);
  chain.store->checkpoint({}, 0);
  for (const std::uint64_t height : {0u, 1u, 2u, 3u, 60u, 67u, 68u, 150u, 201u, 202u})
    require_height(chain, height);
}

TEST_CASE("past: where room is short the window becomes shorter, and the state still fits",
          "[node][store][rule:EN-25]") {
  Chain chain(10'000, 23, 8u << 20);
  std::uint32_t most = 0;
  for (int block = 0; block <= 900; ++block) {
    chain.block(600, 100);
    if (block % 4 == 3) {
      chain.store->checkpoint({}, 0);
      most = std::max(most, chain.store->usage().percent());
    }
  }
  CHECK(most > 45);
  CHECK(most < 60);
  const std::uint64_t oldest = chain.store->window().oldest.value();
  REQUIRE(oldest > 20);
  for (const std::uint64_t height : {oldest, oldest + 1, (oldest + 900) / 2, std::uint64_t{900}})
    require_height(chain, height);
  REQUIRE_FALSE(chain.store->view_at(Height(oldest - 1)).ok());
}

TEST_CASE("past: the window ends where it was set to, and what lies below it is erased",
          "[node][store][rule:EN-25]") {
  Chain chain(20, 7);
  for (int block = 0; block <= 150; ++block) {
    chain.block(600, 40);
    if (chain.prng.below(7) == 0) chain.store->checkpoint({}, 0);
    if (block % 30 == 29) require_window(chain, static_cast<std::uint64_t>(block) - 20);
  }
  // Rows at or below the floor are let go by the walk, here with every checkpoint a whole one.
  chain.store->checkpoint({}, 0);
  const std::uint64_t floor = chain.store->window().oldest.value();
  chain.store.reset();
  CHECK(rows_of(chain.options, Table::kUndo) > 20);
  CHECK(rows_of(chain.options, Table::kUndo, floor + 1) == 0);
  CHECK(rows_of(chain.options, Table::kUndoHeights) == 21);
  CHECK(rows_of(chain.options, Table::kUndoHeights, floor) == 0);
}

TEST_CASE("past: a view that was taken says so once the window has left it, and shows nothing",
          "[node][store][rule:EN-25]") {
  Chain chain(10, 8);
  for (int block = 0; block <= 40; ++block) chain.block(200, 20);
  chain.store->checkpoint({}, 0);
  const auto held = chain.store->view_at(Height(30)).value();
  REQUIRE(all_of(*held) == chain.states.at(30));
  chain.block(200, 20);  // out of the window, and still there until the next checkpoint
  REQUIRE_FALSE(chain.store->view_at(Height(30)).ok());
  REQUIRE(all_of(*held) == chain.states.at(30));
  chain.store->checkpoint({}, 0);
  CHECK_THROWS_AS(held->get(key_of(1)), PastGone);
  CHECK_THROWS_AS(all_of(*held), PastGone);
  try {
    held->get(key_of(1));
  } catch (const PastGone& gone) {
    CHECK(gone.height() == Height(30));
    CHECK(gone.oldest() == Height(31));
  }
}

TEST_CASE("past: after a restart or a crash every height reads as before",
          "[node][store][rule:EN-25]") {
  for (std::uint64_t seed = 31; seed <= 34; ++seed) {
    Chain chain(50, seed);
    for (int life = 0; life < 6; ++life) {
      for (int block = 0; block < 25; ++block) {
        chain.block(600, 40);
        if (chain.prng.below(9) == 0) chain.store->checkpoint({}, 0);
      }
      const std::uint64_t oldest = chain.store->window().oldest.value();
      chain.open();  // all above the checkpoint is lost, and comes again from the log
      chain.catch_up();
      require_window(chain, oldest);
    }
  }
}

TEST_CASE(
    "past: turned off there is the newest height alone; turned on it begins at its checkpoint",
    "[node][store][rule:EN-25]") {
  Chain chain(30, 9);
  for (int block = 0; block <= 40; ++block) chain.block(300, 30);
  chain.store->checkpoint({}, 0);
  REQUIRE(rows_of(chain.options, Table::kUndoHeights) == 31);

  chain.options.history_blocks = 0;
  chain.open();
  chain.block(300, 30);
  require_window(chain, 41);
  chain.store->checkpoint({}, 0);
  require_window(chain, 41);
  chain.store.reset();
  CHECK(rows_of(chain.options, Table::kUndo) == 0);
  CHECK(rows_of(chain.options, Table::kUndoHeights) == 0);

  chain.options.history_blocks = 30;
  chain.open();
  require_window(chain, 41);
  for (int block = 0; block < 5; ++block) chain.block(300, 30);
  require_window(chain, 41);
  chain.store->checkpoint({}, 0);
  require_window(chain, 41);
  chain.open();
  require_window(chain, 41);

  chain.options.history_blocks = 2;  // a shorter window counts at once
  chain.open();
  require_window(chain, 44);
  chain.options.history_blocks = 30;
  chain.open();
  require_window(chain, 41);  // and gives back what no checkpoint has let go
}

TEST_CASE("past: rows of a store that went on without a window are never believed",
          "[node][store][rule:EN-25]") {
  Chain chain(100, 10);
  for (int block = 0; block <= 30; ++block) chain.block(50, 30);
  chain.store->checkpoint({}, 0);
  chain.store.reset();
  {
    // As a program that knows of no window would: the height of the checkpoint has no row.
    const auto env = LmdbEnv::open(chain.options.dir, chain.options.map_bytes).value();
    LmdbEnv::Write txn(*env);
    txn.erase(Table::kUndoHeights, base::Writer().be(std::uint64_t{30}).bytes());
    txn.commit();
  }
  chain.open();
  require_window(chain, 30);
  for (int block = 0; block < 10; ++block) chain.block(50, 30);
  chain.store->checkpoint({}, 0);
  require_window(chain, 30);
}

TEST_CASE("past: readers on other threads see true states while blocks and checkpoints come",
          "[node][store][rule:EN-25]") {
  Chain chain(40, 11);
  std::mutex mutex;  // of the chain's copies
  chain.block(300, 30);
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> read{0}, gone{0};
  std::vector<std::thread> readers;
  for (std::uint64_t r = 0; r < 3; ++r)
    readers.emplace_back([&, r] {
      base::Prng prng(100 + r);
      while (!stop) {
        const auto window = chain.store->window();
        const std::uint64_t span = window.newest.value() - window.oldest.value() + 1;
        const auto view = chain.store->view_at(Height(window.oldest.value() + prng.below(span)));
        if (!view.ok()) {
          ++gone;
          continue;
        }
        Model expected;
        {
          const std::lock_guard lock(mutex);
          expected = chain.states.at((*view)->tip().height.value());
        }
        Model shown;
        try {
          (*view)->scan({}, {}, [&](base::ByteView key, base::ByteView value) {
            shown[Bytes(key.begin(), key.end())] = Bytes(value.begin(), value.end());
            return true;
          });
        } catch (const PastGone&) {
          ++gone;
          continue;
        }
        if (shown != expected) std::abort();
        ++read;
      }
    });
  for (int block = 0; block < 400; ++block) {
    {
      const std::lock_guard lock(mutex);
      chain.block(300, 30);
    }
    if (block % 5 == 0) chain.store->checkpoint({}, 0);
  }
  while (read < 50) std::this_thread::yield();
  stop = true;
  for (auto& reader : readers) reader.join();
  CHECK(read >= 50);
}
