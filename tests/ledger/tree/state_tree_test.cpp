// SPDX-License-Identifier: Apache-2.0
#include "ledger/tree/state_tree.h"
#include "tests/ledger/tree/some_key.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include "codec/base/prng.h"

using namespace wald;
using namespace wald::ledger;
using base::Bytes;
using base::ByteView;
using base::Hash;
using base::Prng;
using tests::some_key;

namespace {

using Model = std::map<Bytes, Hash>;
using Batch = std::map<Bytes, std::optional<Hash>>;

bool plain_bit(ByteView key, std::size_t i) {
  return i / 8 < key.size() && ((key[i / 8] << (i % 8)) & 0x80) != 0;
}

// The rule read out loud: a leaf, or the first bit in which the first and the last key differ.
Hash naive_root(Model::const_iterator from, Model::const_iterator to) {
  if (from == to) return {};
  const auto last = std::prev(to);
  if (from == last) {
    base::Writer in;
    in.le(static_cast<std::uint16_t>(from->first.size())).raw(from->first).raw(from->second.view());
    return base::tagged_hash("wald.leaf", {}, in.bytes());
  }
  std::uint16_t bit = 0;
  while (plain_bit(from->first, bit) == plain_bit(last->first, bit)) ++bit;
  auto middle = from;
  while (!plain_bit(middle->first, bit)) ++middle;
  base::Writer in;
  in.le(bit).raw(naive_root(from, middle).view()).raw(naive_root(middle, to).view());
  return base::tagged_hash("wald.inner", {}, in.bytes());
}

Hash naive_root(const Model& model) { return naive_root(model.begin(), model.end()); }

StateTree after(const StateTree& tree, const Batch& batch) {
  std::vector<StateTree::Change> changes;
  for (const auto& [key, value_hash] : batch) changes.push_back({key, value_hash});
  return tree.apply(changes);
}

StateTree apply_one(const StateTree& tree, const Bytes& key, const std::optional<Hash>& value) {
  const StateTree::Change change{key, value};
  return tree.apply({&change, 1});
}

StateTree build(const Model& model) {
  StateTree::Builder builder;
  for (const auto& [key, value_hash] : model) builder.add(key, value_hash);
  return builder.finish();
}

void note(Model& model, const Batch& batch) {
  for (const auto& [key, value_hash] : batch) {
    if (value_hash)
      model[key] = *value_hash;
    else
      model.erase(key);
  }
}

// Keys of a few fixed lengths, the length first, as the ledger's are: no one a prefix of another.
// A small alphabet makes long common prefixes and frequent hits.
Hash some_hash(Prng& prng) { return Hash::from(prng.bytes(32)); }

Batch some_batch(Prng& prng, std::size_t size) {
  Batch batch;
  for (std::size_t i = 0; i < size; ++i) {
    auto& value = batch[some_key(prng)];
    if (prng.below(5) < 3) value = some_hash(prng);
  }
  return batch;
}

// One key per bit of a `bytes` long key: the i-th differs from the zero key first in bit i. The
// deepest tree there is.
Model comb(std::size_t bytes) {
  Model out;
  out[Bytes(bytes, 0)] = base::blake2b({});
  for (std::size_t i = 0; i < 8 * bytes; ++i) {
    Bytes key(bytes, 0);
    key[i / 8] = static_cast<std::uint8_t>(0x80 >> (i % 8));
    out[key] = base::blake2b(key);
  }
  return out;
}

}  // namespace

TEST_CASE("state tree: without records the root is zero", "[ledger][tree][rule:A-38]") {
  const StateTree empty;
  REQUIRE(empty.root().is_zero());
  REQUIRE(empty.size() == 0);
  REQUIRE_FALSE(empty.value_hash(Bytes{1}));
  REQUIRE(StateTree::Builder().finish().root().is_zero());
  REQUIRE(apply_one(empty, {1}, std::nullopt).root().is_zero());
  const StateTree one = apply_one(empty, {1}, Hash());
  REQUIRE(one.size() == 1);
  REQUIRE(one.value_hash(Bytes{1}) == Hash());
  const StateTree none = apply_one(one, {1}, std::nullopt);
  REQUIRE(none.root().is_zero());
  REQUIRE(none.size() == 0);
  REQUIRE(one.root() == naive_root({{{1}, Hash()}}));
}

TEST_CASE("state tree: after any history the root is that of the records alone",
          "[ledger][tree][rule:A-38]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Prng prng(seed);
    Model model;
    StateTree tree;
    for (int step = 0; step < 30; ++step) {
      const Batch batch = some_batch(prng, prng.below(step % 7 == 0 ? 60 : 8));
      const Hash before = tree.root();
      const StateTree old = tree;
      tree = after(tree, batch);
      note(model, batch);
      REQUIRE(old.root() == before);
      REQUIRE(tree.size() == model.size());
      REQUIRE(tree.root() == naive_root(model));
      REQUIRE(build(model).root() == tree.root());
    }
    for (const auto& [key, value_hash] : model) REQUIRE(tree.value_hash(key) == value_hash);
  }
}

TEST_CASE("state tree: a batch is the same as its changes one by one, in any order",
          "[ledger][tree][rule:A-38]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Prng prng(seed);
    const StateTree start = after(StateTree(), some_batch(prng, 40));
    const Batch batch = some_batch(prng, 30);
    std::vector<std::pair<Bytes, std::optional<Hash>>> order(batch.begin(), batch.end());
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[prng.below(i)]);
    StateTree single = start;
    for (const auto& [key, value_hash] : order) single = apply_one(single, key, value_hash);
    const StateTree whole = after(start, batch);
    REQUIRE(whole.root() == single.root());
    REQUIRE(whole.size() == single.size());
  }
}

TEST_CASE("state tree: erasing everything in one batch leaves nothing",
          "[ledger][tree][rule:A-38]") {
  Prng prng(9);
  Model model;
  note(model, some_batch(prng, 80));
  Batch wipe;
  for (const auto& record : model) wipe[record.first] = std::nullopt;
  REQUIRE(after(build(model), wipe).root().is_zero());
  // All but one record, which differ from it on both sides.
  const Bytes kept = std::next(model.begin(), static_cast<std::ptrdiff_t>(model.size() / 2))->first;
  wipe.erase(kept);
  REQUIRE(after(build(model), wipe).root() == naive_root({{kept, model[kept]}}));
  // The same, and new records in the place of the old.
  wipe[{5, 1, 1, 1, 1, 1}] = Hash();
  wipe[{0, 1}] = Hash();
  Model rest{{kept, model[kept]}, {{5, 1, 1, 1, 1, 1}, Hash()}, {{0, 1}, Hash()}};
  REQUIRE(after(build(model), wipe).root() == naive_root(rest));
}

TEST_CASE("state tree: old versions live on beside new ones", "[ledger][tree][rule:A-38]") {
  Prng prng(10);
  std::vector<std::pair<StateTree, Model>> versions(1);
  for (int i = 0; i < 50; ++i) {
    auto [tree, model] = versions[prng.below(versions.size())];
    const Batch batch = some_batch(prng, 6);
    note(model, batch);
    versions.emplace_back(after(tree, batch), model);
    if (versions.size() > 20) versions.erase(versions.begin() + static_cast<long>(prng.below(20)));
  }
  for (const auto& [tree, model] : versions) REQUIRE(tree.root() == naive_root(model));
}

TEST_CASE("state tree: a change that changes nothing keeps the very tree", "[ledger][tree]") {
  Prng prng(11);
  Model model;
  note(model, some_batch(prng, 50));
  const StateTree tree = build(model);
  Batch same;
  for (const auto& [key, value_hash] : model) same[key] = value_hash;
  same[{9, 9}] = std::nullopt;
  REQUIRE(after(tree, same).root() == tree.root());
  REQUIRE(after(tree, same).size() == tree.size());
}

TEST_CASE("state tree: the deepest tree is built, changed, proved and freed without recursion",
          "[ledger][tree][rule:A-38]") {
  const Model model = comb(tree::kMaxKeyBytes);
  StateTree deep = build(model);
  REQUIRE(deep.size() == 8 * tree::kMaxKeyBytes + 1);
  Batch all;
  for (const auto& [key, value_hash] : model) all[key] = value_hash;
  REQUIRE(after(StateTree(), all).root() == deep.root());
  const Bytes lowest(tree::kMaxKeyBytes, 0);
  const TreeProof proof = deep.prove(lowest);
  REQUIRE(proof.steps.size() == 8 * tree::kMaxKeyBytes);
  REQUIRE(verify(deep.root(), lowest, proof) == Verdict::kPresent);
  REQUIRE(parse_proof(encode(proof)) == proof);
  deep = apply_one(deep, lowest, std::nullopt);
  Model less = model;
  less.erase(lowest);
  REQUIRE(deep.root() == build(less).root());
  Batch wipe;
  for (const auto& record : less) wipe[record.first] = std::nullopt;
  REQUIRE(after(deep, wipe).root().is_zero());
}

TEST_CASE("state tree: threads read and drop versions while new ones are made", "[ledger][tree]") {
  Prng prng(12);
  Model model;
  note(model, some_batch(prng, 80));
  StateTree tree = build(model);
  std::vector<std::thread> readers;
  std::vector<std::uint8_t> good(4, 0);
  for (std::size_t t = 0; t < good.size(); ++t) {
    readers.emplace_back([version = tree, t, &good] {
      Prng mine(t);
      bool all = true;
      for (int i = 0; i < 300; ++i) {
        StateTree copy;
        copy = version;
        const Bytes key = some_key(mine);
        all = all && verify(copy.root(), key, copy.prove(key)) != Verdict::kInvalid;
      }
      good[t] = all ? 1 : 0;
    });
  }
  for (int i = 0; i < 300; ++i) tree = after(tree, some_batch(prng, 5));
  for (std::thread& reader : readers) reader.join();
  REQUIRE(good == std::vector<std::uint8_t>(4, 1));
}

TEST_CASE("state tree: throughput of batches over 2^17 records", "[.bench]") {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  Prng prng(13);
  Model model;
  while (model.size() < (1u << 17)) {
    Bytes key{4};
    const Bytes id = prng.bytes(32);
    key.insert(key.end(), id.begin(), id.end());
    model[key] = some_hash(prng);
  }
  std::vector<Bytes> keys;
  for (const auto& record : model) keys.push_back(record.first);
  auto start = Clock::now();
  StateTree tree = build(model);
  double seconds = since(start);
  std::printf("build: %.0f records/s\n", static_cast<double>(keys.size()) / seconds);
  for (const std::size_t size : {1u, 100u, 1000u, 10000u}) {
    seconds = 0;
    std::size_t done = 0;
    while (done < 40000) {
      Batch batch;
      while (batch.size() < size) batch[keys[prng.below(keys.size())]] = some_hash(prng);
      start = Clock::now();
      tree = after(tree, batch);
      seconds += since(start);
      done += size;
    }
    std::printf("batches of %zu: %.0f changes/s, %.3f ms a batch\n", size,
                static_cast<double>(done) / seconds,
                1000 * seconds * static_cast<double>(size) / static_cast<double>(done));
  }
  REQUIRE(tree.size() == keys.size());
}
