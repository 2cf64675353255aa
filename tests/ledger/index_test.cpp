// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "ledger/rounds/index.h"
#include "ledger/state/keys.h"
#include "tests/support/world.h"

using namespace wald;
using namespace wald::ledger;

namespace {

base::BlobId blob(std::uint64_t k) {
  return base::BlobId(base::tagged_hash("test.blob", {}, base::Writer().le(k).bytes()).bytes());
}

// The index alone: an overlay over a fresh chain, a clock by hand, and the leaves as they should
// be.
struct Bench {
  tests::World world{tests::small_genesis({})};
  Overlay state{&world.view()};
  BlockFacts facts{world.chain(), base::Height(1), base::TimeMs(tests::kStart), base::Hash(),
                   load_params(state)};
  std::vector<proofs::IndexNode> leaves;
  std::map<std::uint64_t, std::uint64_t> stored;  // encoded bytes by leaf

  Context context() { return Context(state, facts, base::AccountId(), base::TxId()); }
  void pass(std::uint64_t ms) { facts.time = base::TimeMs(facts.time.value() + ms); }
  void freeze(bool on) {
    ChainRecord chain = must_load(state, kChain);
    chain.rounds.frozen = on;
    save(state, kChain, chain);
  }
  std::uint64_t certify(std::uint64_t k, std::uint64_t encoded) {
    BlobIdRecord record;
    if (auto known = load(state, kBlobIds, blob(k))) record = *known;
    record.length = 7 * k;
    save(state, kBlobIds, record, blob(k));
    Context ctx = context();
    rounds::index_certified(ctx, blob(k), encoded);
    return must_load(state, kBlobIds, blob(k)).leaf.value();
  }
  void end(std::uint64_t k) {
    Context ctx = context();
    rounds::index_ended(ctx, blob(k));
  }
  void sweep() {
    Context ctx = context();
    rounds::sweep_index(ctx);
  }
  IndexTop top() { return must_load(state, kIndexTop); }
  void model_add(std::uint64_t k, std::uint64_t encoded) {
    stored[leaves.size()] = encoded;
    leaves.push_back(proofs::index_leaf(blob(k), proofs::index_units(encoded)));
  }
  void model_end(std::uint64_t leaf) {
    leaves[leaf] = proofs::index_no_leaf();
    stored.erase(leaf);
  }
  void agree() {
    const proofs::IndexTree model(leaves);
    const IndexTop now = top();
    REQUIRE(now.leaves == leaves.size());
    REQUIRE(now.root == model.root());
    REQUIRE(now.units == model.top().units);
    REQUIRE(now.count == model.top().count);
    std::uint64_t sum = 0;
    for (const auto& [leaf, encoded] : stored) sum += encoded;
    REQUIRE(now.stored == sum);
  }
};

constexpr std::uint64_t kMiB = 1024 * 1024;

}  // namespace

TEST_CASE("index: appended and cleared leaves give the root of the whole tree built anew",
          "[ledger][rounds][rule:O-11]") {
  Bench bench;
  base::Prng random(7);
  std::vector<std::uint64_t> alive;
  for (std::uint64_t k = 0; k < 120; ++k) {
    const std::uint64_t encoded = 1 + random.below(9 * kMiB);
    REQUIRE(bench.certify(k, encoded) == k);
    bench.model_add(k, encoded);
    alive.push_back(k);
    if (random.below(3) == 0) {
      const std::size_t at = random.below(alive.size());
      bench.end(alive[at]);
      bench.model_end(alive[at]);
      alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(at));
    }
    bench.agree();
  }
  // The draws see the same tree.
  const rounds::StoredIndex index(bench.state);
  const proofs::IndexTree model(bench.leaves);
  for (std::uint64_t k = 0; k < model.top().count; ++k)
    REQUIRE(proofs::leaf_of_count(index, k) == proofs::leaf_of_count(model, k));
  for (const std::uint64_t k : alive) {
    bench.end(k);
    bench.model_end(k);
  }
  bench.agree();
  REQUIRE(bench.top().count == 0);
  REQUIRE(bench.top().stored == 0);
}

TEST_CASE("index: a blob counts from its grace time on, unless it has ended meanwhile",
          "[ledger][rounds][rule:O-11]") {
  Bench bench;
  bench.facts.params.new_blob_grace = 500;
  bench.certify(1, kMiB);
  bench.certify(2, 3 * kMiB);
  REQUIRE(bench.top().leaves == 2);
  REQUIRE(bench.top().count == 0);
  REQUIRE(rounds::next_index_change(bench.state) == base::TimeMs(tests::kStart + 500));
  bench.pass(499);
  bench.end(2);
  bench.sweep();
  REQUIRE(bench.top().count == 0);
  bench.pass(1);
  bench.sweep();
  REQUIRE(bench.top().count == 1);
  REQUIRE(bench.top().stored == kMiB);
  REQUIRE_FALSE(rounds::next_index_change(bench.state));
  // Certified anew: another leaf, and the old one stays empty.
  REQUIRE(bench.certify(2, 3 * kMiB) == 2);
  bench.pass(500);
  bench.sweep();
  bench.model_add(1, kMiB);
  bench.model_add(9, 1);
  bench.model_end(1);
  bench.model_add(2, 3 * kMiB);
  bench.agree();
}

TEST_CASE("index: while a draw is awaited every change waits, and then all of them count",
          "[ledger][rounds][rule:O-7]") {
  Bench bench;
  bench.certify(1, kMiB);
  bench.certify(2, 2 * kMiB);
  const IndexTop before = bench.top();
  bench.freeze(true);
  bench.certify(3, 5 * kMiB);
  bench.certify(4, 5 * kMiB);
  bench.certify(5, 5 * kMiB);
  bench.end(1);
  bench.end(4);
  bench.sweep();
  REQUIRE(bench.top().root == before.root);
  REQUIRE(bench.top().depth == before.depth);
  REQUIRE(bench.top().stored == before.stored);
  REQUIRE_FALSE(must_load(bench.state, kBlobIds, blob(1)).leaf);
  bench.freeze(false);
  bench.sweep();
  for (std::uint64_t k = 1; k <= 5; ++k)
    bench.model_add(k, k == 1 ? kMiB : k == 2 ? 2 * kMiB : 5 * kMiB);
  bench.model_end(0);
  bench.model_end(3);
  bench.agree();
}

TEST_CASE("index: a block takes in at most a thousand changes, the oldest first",
          "[ledger][rounds][rule:O-11]") {
  Bench bench;
  bench.facts.params.new_blob_grace = 10;
  for (std::uint64_t k = 0; k < 1200; ++k) bench.certify(k, kMiB);
  bench.pass(10);
  bench.sweep();
  REQUIRE(bench.top().count == 1000);
  bench.sweep();
  REQUIRE(bench.top().count == 1200);
}
