// SPDX-License-Identifier: Apache-2.0
#include "proofs/challenge.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

namespace {

const base::Hash kSeed = filled<base::Hash>(0x5A);

IndexTree random_index(base::Prng& random, std::size_t leaves) {
  std::vector<IndexNode> out;
  for (std::size_t i = 0; i < leaves; ++i)
    out.push_back(random.below(3) == 0
                      ? index_no_leaf()
                      : index_leaf(random_id<base::BlobId>(random), 1 + random.below(50)));
  return IndexTree(std::move(out));
}

// The slow twin of the descent.
std::uint64_t scan(const IndexTree& tree, std::uint64_t target, bool by_units) {
  for (std::uint64_t i = 0;; ++i) {
    const IndexNode leaf = tree.node(0, i);
    const std::uint64_t size = by_units ? leaf.units : leaf.count;
    if (target < size) return i;
    target -= size;
  }
}

std::vector<base::ShardIndex> shards(std::initializer_list<std::uint16_t> list) {
  std::vector<base::ShardIndex> out;
  for (const std::uint16_t shard : list) out.emplace_back(shard);
  return out;
}

}  // namespace

TEST_CASE("index: the golden root, and the padding that makes it", "[proofs][rule:O-11]") {
  const IndexTree tree({index_leaf(filled<base::BlobId>(0x21), 5), index_no_leaf(),
                        index_leaf(filled<base::BlobId>(0x23), 7), index_no_leaf()});
  REQUIRE(head_hex(tree.root()) == "2c0883abb9f76922");
  // A fourth leaf that is not eligible is what pads a tree of three.
  const IndexTree three({tree.node(0, 0), tree.node(0, 1), tree.node(0, 2)});
  REQUIRE(three.root() == tree.root());
  REQUIRE(tree.top().units == 12);
  REQUIRE(tree.top().count == 2);
  REQUIRE(IndexTree({}).root() != IndexTree({index_no_leaf(), index_no_leaf()}).root());
}

TEST_CASE("index: units are whole MiB of encoded length, rounded up", "[proofs][rule:O-11]") {
  REQUIRE(index_units(0) == 0);
  REQUIRE(index_units(1) == 1);
  REQUIRE(index_units(1 << 20) == 1);
  REQUIRE(index_units((1 << 20) + 1) == 2);
  REQUIRE(index_units(UINT64_MAX) == (std::uint64_t{1} << 44));
}

TEST_CASE("index: a leaf changes the root by its id, its units and its being there",
          "[proofs][rule:O-11]") {
  const auto blob = filled<base::BlobId>(1);
  std::set<base::Hash> roots;
  for (const IndexNode& leaf : {index_leaf(blob, 5), index_leaf(blob, 6),
                                index_leaf(filled<base::BlobId>(2), 5), index_no_leaf()})
    roots.insert(IndexTree({index_leaf(filled<base::BlobId>(9), 3), leaf}).root());
  REQUIRE(roots.size() == 4);
}

TEST_CASE("index: descending by the sums finds what a linear scan finds",
          "[proofs][rule:O-11][rule:O-12]") {
  base::Prng random(3);
  for (const std::size_t leaves : {1u, 2u, 3u, 5u, 8u, 33u, 100u}) {
    const IndexTree tree = random_index(random, leaves);
    for (std::uint64_t k = 0; k < tree.top().count; ++k)
      REQUIRE(leaf_of_count(tree, k) == scan(tree, k, false));
    for (std::uint64_t u = 0; u < tree.top().units; ++u)
      REQUIRE(leaf_of_unit(tree, u) == scan(tree, u, true));
  }
}

TEST_CASE("common blobs: half are drawn by blob and half by bytes", "[proofs][rule:O-12]") {
  // One blob of a thousand units among nine of one unit.
  std::vector<IndexNode> leaves;
  base::Prng random(4);
  for (int i = 0; i < 10; ++i)
    leaves.push_back(index_leaf(random_id<base::BlobId>(random), i == 3 ? 1000 : 1));
  const IndexTree tree(std::move(leaves));
  const auto blobs = common_blobs(golden_round(), kSeed, tree, 2000);
  std::size_t even = 0, odd = 0;
  for (std::size_t b = 0; b < blobs.size(); ++b)
    if (blobs[b] == 3) (b % 2 == 0 ? even : odd) += 1;
  REQUIRE(even < 200);  // expected 100 of 1000
  REQUIRE(odd > 970);   // expected 991 of 1000
}

TEST_CASE("exam: the golden permutation and draws of member 01", "[proofs][rule:O-13]") {
  const RoundId id = golden_round();
  const base::Hash seed = round_seed(first_prev(id.chain), id,
                                     {{filled<base::NodeId>(1), filled_array<VrfOutput>(0xA1)},
                                      {filled<base::NodeId>(2), filled_array<VrfOutput>(0xA2)}});
  const auto node = filled<base::NodeId>(1);
  base::Bytes context(node.view().begin(), node.view().end());
  context.resize(34);  // t = 0
  Words words("wald.pt.node", seed.view(), id, context);
  REQUIRE(words.uniform(10) == 8);
  REQUIRE(words.uniform(1001) == 761);
  REQUIRE(words.uniform(1000) == 290);
  const Exam exam(id, seed, node, *shape::Params::make(1000),
                  shards({40, 41, 42, 43, 44, 45, 46, 47, 48, 49}), 8);
  REQUIRE(exam.permutation() == std::vector<std::uint16_t>{4, 6, 2, 3, 1, 5, 7, 0});
  const Point first = exam.point(0);
  REQUIRE(first.shard.value() == 48);
  REQUIRE(first.axis == shape::Axis::kSecondary);  // 761 >= s = 667
  REQUIRE(first.symbol.value() == 290);
  REQUIRE(first.blob == 4);
}

TEST_CASE("exam: every point is in range, axes are weighed by bytes, blobs take turns",
          "[proofs][rule:O-13]") {
  for (const std::uint64_t n : {4u, 10u, 1000u}) {
    const auto params = *shape::Params::make(n);
    const auto own = shards({1, 3});
    const Exam exam(golden_round(), kSeed, filled<base::NodeId>(7), params, own, 64);
    std::vector<std::uint16_t> sorted = exam.permutation();
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i < sorted.size(); ++i) REQUIRE(sorted[i] == i);
    std::size_t primary = 0;
    const auto points = exam.points(4096);
    for (const Point& point : points) {
      REQUIRE(std::find(own.begin(), own.end(), point.shard) != own.end());
      REQUIRE(point.symbol.value() < n);
      REQUIRE(point.blob == exam.permutation()[point.t % 64]);
      if (point.axis == shape::Axis::kPrimary) ++primary;
    }
    // s / (p + s) of 4096, with six standard deviations (32 each at most) to both sides.
    const std::uint64_t want = 4096u * params.s() / (params.p() + params.s());
    REQUIRE(primary + 192 > want);
    REQUIRE(primary < want + 192);
    REQUIRE(exam.point(17) == points[17]);
  }
}

TEST_CASE("exam: seed, node and round each give other questions", "[proofs][rule:O-13]") {
  const auto params = *shape::Params::make(1000);
  const RoundId id = golden_round();
  const auto points = [&](const RoundId& round, const base::Hash& seed, std::uint8_t node) {
    return Exam(round, seed, filled<base::NodeId>(node), params, shards({1, 5, 9}), 64).points(64);
  };
  const auto own = points(id, kSeed, 1);
  REQUIRE(points(id, kSeed, 1) == own);
  REQUIRE(points(id, kSeed, 2) != own);
  REQUIRE(points(id, filled<base::Hash>(1), 1) != own);
  REQUIRE(points({id.chain, id.epoch, id.round.next()}, kSeed, 1) != own);
}

TEST_CASE("oversampling: the table names the fewest points that reach one in 10^9",
          "[proofs][rule:O-9]") {
  constexpr double kMissing[] = {0.01, 0.02, 0.05, 0.1};
  constexpr int kTable[][5] = {{0, 2062, 1026, 405, 197},
                               {8, 2614, 1301, 513, 250},
                               {16, 3166, 1575, 621, 302},
                               {33, 4338, 2158, 850, 414}};
  for (const auto& row : kTable)
    for (int column = 0; column < 4; ++column) {
      const auto passes = [&](int points) {
        return row[0] * std::log(2.0) + points * std::log1p(-kMissing[column]) > std::log(1e-9);
      };
      REQUIRE_FALSE(passes(row[column + 1]));
      REQUIRE(passes(row[column + 1] - 1));
    }
}

TEST_CASE("assignment: different members other than the prover, as many as there can be",
          "[proofs][rule:O-14]") {
  base::Prng random(8);
  std::vector<std::uint16_t> owners(100);
  for (std::size_t i = 0; i < owners.size(); ++i)
    owners[i] = static_cast<std::uint16_t>(i < 10 ? i : random.below(10));
  for (const std::size_t verifiers : {4u, 9u, 16u}) {
    const Assignment assignment(golden_round(), kSeed, owners, 10, verifiers);
    for (std::uint16_t t = 0; t < 50; ++t) {
      const auto list = assignment.verifiers(filled<base::NodeId>(3), 3, t);
      REQUIRE(list.size() == std::min<std::size_t>(verifiers, 9));
      REQUIRE(std::set<std::uint16_t>(list.begin(), list.end()).size() == list.size());
      REQUIRE(std::find(list.begin(), list.end(), 3) == list.end());
    }
  }
  const Assignment alone(golden_round(), kSeed, {0, 0, 0, 0}, 1, 16);
  REQUIRE(alone.verifiers(filled<base::NodeId>(1), 0, 0).empty());
}

TEST_CASE("assignment: who holds more shards checks more", "[proofs][rule:O-14]") {
  std::vector<std::uint16_t> owners(100, 1);
  for (std::size_t i = 0; i < 30; ++i) owners[i] = static_cast<std::uint16_t>(2 + i / 10);
  owners[99] = 0;
  const Assignment assignment(golden_round(), kSeed, owners, 5, 1);
  std::size_t heavy = 0;
  for (std::uint16_t t = 0; t < 1000; ++t)
    if (assignment.verifiers(filled<base::NodeId>(9), 0, t).at(0) == 1) ++heavy;
  REQUIRE(heavy > 600);  // 69 of 99: expected 697
  REQUIRE(heavy < 790);
}

TEST_CASE("spot leaves: without repeats, up to the wanted number and the room there is",
          "[proofs][rule:O-15]") {
  const auto draw = [](std::vector<SpotCandidate> candidates, std::size_t k) {
    return spot_leaves(golden_round(), kSeed, filled<base::NodeId>(1), std::move(candidates), k);
  };
  std::vector<SpotCandidate> small, large;
  for (std::uint16_t t = 0; t < 100; ++t) {
    small.push_back({t, 2});
    large.push_back({t, 65'534});
  }
  const auto all = draw(small, 100);  // 62 of 1,042 bytes fill 64 KiB
  REQUIRE(all.size() == 62);
  REQUIRE(std::set<std::uint16_t>(all.begin(), all.end()).size() == 62);
  const auto four = draw(small, 4);
  REQUIRE(std::equal(four.begin(), four.end(), all.begin()));
  REQUIRE(draw(large, 16).size() == 1);  // the first counts however large it is
  REQUIRE(draw({}, 4).empty());
  REQUIRE(draw({{7, 2}}, 4) == std::vector<std::uint16_t>{7});
  // Exactly 64 KiB fit, one byte more does not: 2 x (1,040 + 31,728).
  REQUIRE(draw({{1, 31'728}, {2, 31'728}}, 4).size() == 2);
  REQUIRE(draw({{1, 31'728}, {2, 31'729}}, 4).size() == 1);
}
