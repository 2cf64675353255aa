// SPDX-License-Identifier: Apache-2.0
// Hashing in lanes against one message at a time, and trees in batches against those of the floor.
#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "codec/hash/kernel.h"
#include "codec/hash/trees.h"
#include "codec/kernels.h"

using namespace wald::codec;
using wald::base::Bytes;
using wald::base::ByteView;
using wald::base::merkle_leaf;
using wald::base::merkle_node;
using wald::base::Prng;

namespace {

// Runs `test` at every tier of this machine.
template <class Test>
void at_every_tier(Test test) {
  const Tier before = tier();
  for (const Tier use : tiers()) {
    REQUIRE(force_tier(use));
    INFO("tier " << name(use));
    test();
  }
  REQUIRE(force_tier(before));
}

std::vector<Hash> random_hashes(std::size_t count, Prng& prng) {
  std::vector<Hash> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(Hash::from(prng.bytes(32)));
  return out;
}

}  // namespace

TEST_CASE("hash kernels: leaves in lanes are those of one at a time, for every length and address",
          "[codec][rule:K-16]") {
  Prng prng(16);
  const Bytes data = prng.bytes(2000);
  at_every_tier([&] {
    const HashKernels& use = hash_kernels();
    for (std::size_t bytes = 0; bytes <= 520; ++bytes) {
      const std::uint8_t* from[kMaxLanes];
      for (auto& one : from) one = data.data() + prng.below(data.size() - bytes);
      Bytes to(32 * kMaxLanes, 0xEE);
      use.leaves(from, bytes, to.data());
      for (std::size_t i = 0; i < kMaxLanes; ++i) {
        const ByteView got = ByteView(to).subspan(32 * i, 32);
        if (i < use.lanes)
          REQUIRE(wald::base::equal(got, merkle_leaf({from[i], bytes}).view()));
        else
          REQUIRE(got[0] == 0xEE);
      }
    }
  });
}

TEST_CASE("hash kernels: leaves read no byte beside their message", "[codec][rule:K-16]") {
  Prng prng(17);
  // Messages that fill an allocation of their own: the sanitizers watch both ends.
  at_every_tier([&] {
    for (const std::size_t bytes : {2U, 62U, 64U, 126U, 128U, 190U, 254U, 256U, 4096U}) {
      const Bytes one = prng.bytes(bytes);
      const std::uint8_t* from[kMaxLanes];
      for (auto& at : from) at = one.data();
      Bytes to(32 * kMaxLanes);
      hash_kernels().leaves(from, bytes, to.data());
      REQUIRE(wald::base::equal(ByteView(to).first(32), merkle_leaf(one).view()));
    }
  });
}

TEST_CASE("hash kernels: nodes in lanes are those of one at a time, beside each other or apart",
          "[codec][rule:K-16]") {
  Prng prng(18);
  at_every_tier([&] {
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
      for (std::size_t count = 0; count <= 35; ++count) {
        const std::vector<Hash> left = random_hashes(count * step + 1, prng);
        const std::vector<Hash> right = random_hashes(count * step + 1, prng);
        std::vector<Hash> out(count);
        node_hashes(left.data(), right.data(), step, out.data(), count);
        for (std::size_t i = 0; i < count; ++i)
          REQUIRE(out[i] == merkle_node(left[i * step], right[i * step]));
      }
    }
  });
}

TEST_CASE("trees: nodes may be written over their children", "[codec][rule:K-16]") {
  Prng prng(19);
  at_every_tier([&] {
    std::vector<Hash> level = random_hashes(42, prng);
    const std::vector<Hash> before = level;
    node_hashes(level.data(), level.data() + 1, 2, level.data(), 21);
    for (std::size_t i = 0; i < 21; ++i)
      REQUIRE(level[i] == merkle_node(before[2 * i], before[2 * i + 1]));
  });
}

TEST_CASE("trees: equal symbols and equal children are hashed once and still hash right",
          "[codec][rule:K-16]") {
  Prng prng(20);
  at_every_tier([&] {
    for (const std::size_t z : {2U, 4U, 64U, 130U}) {
      // Runs of one of three symbols, so that groups are uniform, mixed, and uniform again.
      const Bytes kinds[3] = {Bytes(z, 0), Bytes(z, 0xFF), prng.bytes(z)};
      std::vector<const std::uint8_t*> symbols;
      while (symbols.size() < 300) {
        const Bytes& kind = kinds[prng.below(3)];
        for (std::size_t run = 1 + prng.below(30); run != 0; --run) symbols.push_back(kind.data());
      }
      const std::vector<Hash> leaves = leaf_hashes(symbols, z);
      for (std::size_t i = 0; i < symbols.size(); ++i)
        REQUIRE(leaves[i] == merkle_leaf({symbols[i], z}));
      REQUIRE(tree_root(leaves) == wald::base::merkle_root(leaves));
    }
  });
}

TEST_CASE("trees: all leaves of two bytes come out of the table right", "[codec][rule:K-16]") {
  Bytes all(2 * 65'536);
  std::vector<const std::uint8_t*> symbols;
  for (std::size_t value = 0; value < 65'536; ++value) {
    all[2 * value] = static_cast<std::uint8_t>(value);
    all[2 * value + 1] = static_cast<std::uint8_t>(value >> 8);
    symbols.push_back(all.data() + 2 * value);
  }
  const std::vector<Hash> leaves = leaf_hashes(symbols, 2);
  CHECK(wald::base::to_hex(leaves[0].view()) ==
        "ab29e6dc16755d0071eba349ebda225d15e4f910cb474549c47e95cb85ecc4d6");
  for (std::size_t value = 0; value < 65'536; ++value)
    REQUIRE(leaves[value] == merkle_leaf({symbols[value], 2}));
  // Few of them do not go through the table.
  REQUIRE(leaf_hashes({symbols[7], symbols[65'535]}, 2) ==
          std::vector<Hash>{leaves[7], leaves[65'535]});
}

TEST_CASE("trees: batched roots and paths are those of the floor, for every count of leaves",
          "[codec][rule:K-16][rule:K-17]") {
  Prng prng(17);
  std::vector<Hash> leaves;
  Frontiers many(9);
  for (std::size_t count = 0; count <= 70; ++count) {
    const Hash want = wald::base::merkle_root(leaves);
    at_every_tier([&] {
      REQUIRE(tree_root(leaves) == want);
      const wald::base::MerkleTree tree = whole_tree(leaves), plain(leaves);
      REQUIRE(tree.root() == want);
      for (std::size_t i = 0; i < count; ++i) REQUIRE(tree.path(i) == plain.path(i));
      for (const auto& root : many.roots()) REQUIRE(root == want);
    });
    leaves.push_back(Hash::from(prng.bytes(32)));
    many.push(std::vector<Hash>(9, leaves.back()));
  }
}

TEST_CASE("trees: paths walked side by side end where each ends alone", "[codec][rule:K-24]") {
  Prng prng(22);
  at_every_tier([&] {
    for (const std::size_t height : {0U, 1U, 2U, 5U, 10U}) {
      for (std::size_t count = 0; count <= 19; ++count) {
        const std::vector<Hash> leaves = random_hashes(count, prng);
        std::vector<wald::shape::MerkleProof> paths(count);
        std::vector<Way> ways;
        std::vector<Hash> want = leaves;
        for (std::size_t i = 0; i < count; ++i) {
          // Some share an index, as the symbols of one target do; some siblings are empty.
          const std::uint64_t index = i % 3 == 0 ? 0 : prng.below(std::uint64_t{1} << height);
          for (std::size_t level = 0; level < height; ++level) {
            const bool empty = prng.below(4) == 0;
            const Hash sibling = empty ? Hash() : random_hashes(1, prng)[0];
            paths[i].push_back(wald::shape::Node{empty, sibling});
            want[i] = (index >> level & 1) != 0 ? merkle_node(sibling, want[i])
                                                : merkle_node(want[i], sibling);
          }
          ways.push_back(Way{static_cast<std::uint32_t>(index), &paths[i]});
        }
        REQUIRE(path_roots(leaves, ways) == want);
      }
    }
  });
}

TEST_CASE("trees: that grow in lockstep do not mix", "[codec][rule:K-17]") {
  Prng prng(21);
  at_every_tier([&] {
    Frontiers many(11);
    std::vector<std::vector<Hash>> leaves(11);
    for (std::size_t count = 0; count < 21; ++count) {
      const std::vector<Hash> next = random_hashes(11, prng);
      for (std::size_t i = 0; i < 11; ++i) leaves[i].push_back(next[i]);
      many.push(next);
    }
    const std::vector<Hash> roots = many.roots();
    for (std::size_t i = 0; i < 11; ++i) REQUIRE(roots[i] == wald::base::merkle_root(leaves[i]));
  });
}
