// SPDX-License-Identifier: Apache-2.0
#include "codec/base/merkle.h"

#include <catch2/catch.hpp>

#include "codec/base/text.h"

using namespace wald::base;

namespace {
std::vector<Hash> leaves(std::size_t count) {
  std::vector<Hash> out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto b = static_cast<std::uint8_t>(i);
    out.push_back(merkle_leaf({&b, 1}));
  }
  return out;
}
}  // namespace

TEST_CASE("merkle: the constants of K-16 come out", "[base][rule:K-16]") {
  const Bytes zero(2, 0);
  REQUIRE(to_hex(merkle_leaf(zero).view()) ==
          "ab29e6dc16755d0071eba349ebda225d15e4f910cb474549c47e95cb85ecc4d6");
  REQUIRE(to_hex(merkle_node(Hash(), Hash()).view()) ==
          "086dabbfde6914778334b717e94921e353b7cc3f103cd2d19c5a825f30c067cc");
  REQUIRE(merkle_root({}) == Hash());
  REQUIRE(merkle_root(leaves(1)) == leaves(1)[0]);
}

TEST_CASE("merkle: streaming equals the levelled tree at every size", "[base][rule:K-17]") {
  for (std::size_t n = 0; n < 70; ++n) {
    const auto in = leaves(n);
    REQUIRE(MerkleTree(in).root() == merkle_root(in));
  }
}

TEST_CASE("merkle: every path verifies, and no other place or length does", "[base][rule:K-24]") {
  for (const std::size_t n : {1u, 2u, 3u, 7u, 10u, 33u}) {
    const auto in = leaves(n);
    const MerkleTree tree(in);
    for (std::size_t i = 0; i < n; ++i) {
      auto path = tree.path(i);
      REQUIRE(merkle_verify(tree.root(), n, in[i], i, path));
      REQUIRE_FALSE(merkle_verify(tree.root(), n, in[i], n, path));
      if (n > 1) {
        REQUIRE_FALSE(merkle_verify(tree.root(), n, in[i], i ^ 1, path));
        path.pop_back();
      } else {
        path.emplace_back();
      }
      REQUIRE_FALSE(merkle_verify(tree.root(), n, in[i], i, path));
    }
  }
}
