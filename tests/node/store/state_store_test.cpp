// SPDX-License-Identifier: Apache-2.0
#include "node/store/state_store.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/node/store/model.h"
#include "tests/node/temp_dir.h"

using namespace wald;
using namespace wald::store;
using base::Bytes;
using base::Height;
using tests::TempDir;

namespace {

constexpr std::uint64_t kMap = 64u << 20;

StateStoreOptions options_in(const TempDir& dir) {
  StateStoreOptions options;
  options.dir = dir / "state";
  options.chain = base::ChainId(std::array<std::uint8_t, 32>{3});
  options.map_bytes = kMap;
  return options;
}

// Fixed length: no key is a prefix of another.
Bytes key_of(std::uint64_t n) {
  base::Writer out;
  out.be(static_cast<std::uint16_t>(n));
  return std::move(out).bytes();
}

// Pushes one block of these changes and brings the model along.
void push(StateStore& store, Model& model, const tests::ChangeMap& changes) {
  bring_along(model, changes);
  const auto view = store.view();
  const auto tree = tree_after(*view, changes);
  const Height height = view->tip().height.next();
  Row event{Table::kEvents, key_of(height.value()), Bytes{1, 2}};
  std::vector<Row> rows{event};
  store.push({height, base::TimeMs(1000 * height.value()), tree->root()}, tree,
             tests::changes_of(changes), rows);
}

void require_equal(const View& view, const Model& model) {
  REQUIRE(all_of(view) == model);
  REQUIRE(view.tree().size() == model.size());
  REQUIRE(view.tree().root() == view.tip().root);
}

}  // namespace

TEST_CASE("state store: views show their version for ever, across blocks and checkpoints",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  const auto store = StateStore::open(options_in(dir)).value();
  Model model;
  base::Prng prng(1);
  std::vector<std::pair<std::shared_ptr<const View>, Model>> held;
  for (int block = 1; block <= 150; ++block) {
    push(*store, model, random_changes(prng, 400, 40, &key_of));
    if (prng.below(3) == 0) held.emplace_back(store->view(), model);
    if (prng.below(6) == 0) store->checkpoint({}, 0);
    if (block % 25 != 0) continue;
    for (const auto& [view, expected] : held) require_equal(*view, expected);
    for (int i = 0; i < 50; ++i) {
      const auto& [view, expected] = held[prng.below(held.size())];
      const Bytes key = key_of(prng.below(400));
      const auto at = expected.find(key);
      REQUIRE(view->get(key) ==
              (at == expected.end() ? std::optional<Bytes>() : std::optional(at->second)));
    }
  }
  require_equal(*store->view(), model);
}

TEST_CASE("state store: a scan keeps to its prefix and start, and stops when told",
          "[node][store]") {
  const TempDir dir;
  const auto store = StateStore::open(options_in(dir)).value();
  Model model;
  base::Prng prng(2);
  for (int block = 0; block < 30; ++block) {
    push(*store, model, random_changes(prng, 2'000, 100, &key_of));
    if (block % 7 == 3) store->checkpoint({}, 0);
  }
  const auto view = store->view();
  for (int i = 0; i < 50; ++i) {
    const Bytes prefix{static_cast<std::uint8_t>(prng.below(9))};
    const Bytes from = key_of(prng.below(2'000));
    Model expected;
    for (const auto& [key, value] : model)
      if (key[0] == prefix[0] && key >= from) expected[key] = value;
    REQUIRE(all_of(*view, prefix, from) == expected);
  }
  int seen = 0;
  view->scan({}, {}, [&](base::ByteView, base::ByteView) { return ++seen < 3; });
  REQUIRE(seen == 3);
}

TEST_CASE("state store: a reopen finds the last checkpoint, its tree and its facts",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  Model model;
  Model at_checkpoint;
  base::Prng prng(3);
  Tip tip;
  {
    const auto store = StateStore::open(options_in(dir)).value();
    REQUIRE_FALSE(store->checkpoint_tip().has_value());
    for (int i = 0; i < 10; ++i) push(*store, model, random_changes(prng, 300, 50, &key_of));
    store->checkpoint(base::as_bytes("validators"), 0);
    at_checkpoint = model;
    tip = store->view()->tip();
    push(*store, model, random_changes(prng, 300, 50, &key_of));  // in the log only
  }
  const auto store = StateStore::open(options_in(dir)).value();
  REQUIRE(store->checkpoint_tip()->height == Height(10));
  REQUIRE(store->checkpoint_tip()->root == tip.root);
  REQUIRE(base::as_text(store->checkpoint_extra()) == "validators");
  require_equal(*store->view(), at_checkpoint);
  REQUIRE(store->view()->get(Table::kEvents, key_of(10)) == Bytes{1, 2});
  REQUIRE_FALSE(store->view()->get(Table::kEvents, key_of(11)).has_value());
  model = at_checkpoint;
  push(*store, model, random_changes(prng, 300, 50, &key_of));
  require_equal(*store->view(), model);
}

TEST_CASE("state store: a checkpoint is due by rows or by time", "[node][store][rule:EN-3]") {
  const TempDir dir;
  auto options = options_in(dir);
  options.checkpoint_rows = 30;
  options.checkpoint_ms = 1'000'000;
  const auto store = StateStore::open(options).value();
  Model model;
  base::Prng prng(4);
  REQUIRE_FALSE(store->due(UINT64_MAX));
  push(*store, model, random_changes(prng, 300, 5, &key_of));
  REQUIRE_FALSE(store->due(0));
  REQUIRE(store->due(UINT64_MAX));
  while (store->usage().rows_in_memory < 30)
    push(*store, model, random_changes(prng, 300, 5, &key_of));
  REQUIRE(store->due(0));
  store->checkpoint({}, 0);
  REQUIRE_FALSE(store->due(UINT64_MAX));
  REQUIRE(store->usage().rows_in_memory == 0);
}

TEST_CASE("state store: rows written again and again do not pile up, and bytes make it due as well",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  auto options = options_in(dir);
  options.checkpoint_bytes = 100'000;
  const auto store = StateStore::open(options).value();
  Model model;
  int blocks = 0;
  for (; !store->due(0); ++blocks) {
    push(*store, model, {{key_of(1), Bytes(1'000, static_cast<std::uint8_t>(blocks))}});
    // An event a block stays, and the one record; of what it held before at most as much again.
    REQUIRE(store->usage().rows_in_memory <= 2 * static_cast<std::size_t>(blocks + 2) + 64 * 8);
  }
  REQUIRE(blocks > 90);
  REQUIRE(blocks <= 100);
  store->checkpoint({}, 0);
  REQUIRE_FALSE(store->due(0));
  require_equal(*store->view(), model);
}

TEST_CASE("state store: bytes that changed on the disk are noticed when read",
          "[node][store][rule:EN-3]") {
  const TempDir dir;
  const Bytes marker(200, 0xAB);
  {
    const auto store = StateStore::open(options_in(dir)).value();
    Model model;
    push(*store, model, {{key_of(1), Bytes{1}}, {key_of(2), marker}});
    store->checkpoint({}, 0);
  }
  const std::string path = dir / "state/data.mdb";
  const Bytes file = os::read_file(path, kMap).value();
  // Pages are copied on write, so the value may stand in more than one place.
  int flipped = 0;
  for (auto at = file.begin();;) {
    at = std::search(at, file.end(), marker.begin(), marker.end());
    if (at == file.end()) break;
    tests::flip_byte(path, static_cast<std::uint64_t>(at - file.begin()) + 100);
    at += 200;
    ++flipped;
  }
  REQUIRE(flipped >= 1);
  const auto store = StateStore::open(options_in(dir));
  REQUIRE_FALSE(store.ok());
  REQUIRE(store.error().text.find("does not match its check") != std::string::npos);
  const auto env = LmdbEnv::open(dir / "state", kMap).value();
  const LmdbEnv::Read read(*env);
  REQUIRE(read.get(Table::kState, key_of(1)) == Bytes{1});
  REQUIRE_THROWS_AS(read.get(Table::kState, key_of(2)), StoreFailure);
}

TEST_CASE("state store: another chain's store and a foreign file are refused", "[node][store]") {
  const TempDir dir;
  {
    const auto store = StateStore::open(options_in(dir)).value();
    Model model;
    push(*store, model, {{key_of(1), Bytes{1}}});
    store->checkpoint({}, 0);
  }
  auto other = options_in(dir);
  other.chain = base::ChainId(std::array<std::uint8_t, 32>{4});
  REQUIRE_FALSE(StateStore::open(other).ok());
  REQUIRE(StateStore::open(options_in(dir)).ok());
  os::write_file_atomic(dir / "state/data.mdb", Bytes(8'192, 0x11)).value();
  REQUIRE_FALSE(StateStore::open(options_in(dir)).ok());
}

TEST_CASE("state store: one with the rows of another format is refused by name",
          "[node][store][rule:EN-27]") {
  const TempDir dir;
  {
    const auto store = StateStore::open(options_in(dir)).value();
    Model model;
    push(*store, model, {{key_of(1), Bytes{1}}});
    store->checkpoint({}, 0);
  }
  {
    const auto env = LmdbEnv::open(dir / "state", kMap).value();
    Bytes meta = env->meta().value();
    REQUIRE(meta.at(8) == 3);
    meta[8] = 2;
    LmdbEnv::Write txn(*env);
    txn.put_meta(meta);
    txn.commit();
  }
  const auto store = StateStore::open(options_in(dir));
  REQUIRE_FALSE(store.ok());
  REQUIRE(store.error().text.ends_with("a store of format 2, this program reads format 3"));
}

TEST_CASE("state store: what a crash left of a creation is swept away", "[node][store]") {
  const TempDir dir;
  os::make_dirs(dir / "state.new").value();
  os::write_file_atomic(dir / "state.new/data.mdb", Bytes(100, 1)).value();
  REQUIRE(StateStore::open(options_in(dir)).ok());
  REQUIRE_FALSE(os::exists(dir / "state.new"));
}

TEST_CASE(
    "state store: readers on other threads see whole versions while blocks and checkpoints pass",
    "[node][store]") {
  const TempDir dir;
  const auto store = StateStore::open(options_in(dir)).value();
  // Every block moves a token between keys, so any version holds exactly one sum.
  Model model;
  tests::ChangeMap start;
  for (std::uint64_t i = 0; i < 50; ++i) start[key_of(i)] = Bytes{10};
  push(*store, model, start);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int> scans{0};
  std::vector<std::thread> readers;
  readers.reserve(3);
  for (int r = 0; r < 3; ++r)
    readers.emplace_back([&] {
      while (!stop) {
        const auto view = store->view();
        std::uint64_t sum = 0;
        view->scan({}, {}, [&](base::ByteView, base::ByteView value) {
          sum += value[0];
          return true;
        });
        if (sum != 500) ++wrong;
        ++scans;
      }
    });
  std::thread writer([&] {
    while (!stop) store->checkpoint({}, 0);
  });
  base::Prng prng(6);
  for (int block = 0; block < 300 || scans < 30; ++block) {
    const Bytes from = key_of(prng.below(50));
    const Bytes to = key_of(prng.below(50));
    if (from == to || model[from][0] == 0 || model[to][0] == 255) continue;
    push(*store, model,
         {{from, Bytes{static_cast<std::uint8_t>(model[from][0] - 1)}},
          {to, Bytes{static_cast<std::uint8_t>(model[to][0] + 1)}}});
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  writer.join();
  REQUIRE(wrong == 0);
  store->checkpoint({}, 0);
  require_equal(*store->view(), model);
}

TEST_CASE("state store: a full map is an error, and growing it between blocks helps",
          "[node][store][rule:EN-4]") {
  const TempDir dir;
  auto options = options_in(dir);
  options.map_bytes = 1u << 20;
  const auto store = StateStore::open(options).value();
  REQUIRE(store->usage().percent() < 10);
  Model model;
  base::Prng prng(8);
  tests::ChangeMap changes;
  for (std::uint64_t i = 0; i < 400; ++i) changes[key_of(i)] = prng.bytes(3'000);
  push(*store, model, changes);
  REQUIRE_THROWS_AS(store->checkpoint({}, 0), StoreFailure);
  // The process would stop here; what is on disk is the state before.
  store->grow(16u << 20);
  store->checkpoint({}, 0);
  require_equal(*store->view(), model);
  REQUIRE(store->usage().used_bytes > 1'200'000);
  REQUIRE(store->clear_stale_readers() == 0);
}
