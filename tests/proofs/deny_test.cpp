// SPDX-License-Identifier: Apache-2.0
#include "proofs/deny.h"

#include <catch2/catch.hpp>

#include "tests/proofs/support.h"

using namespace wald;
using namespace wald::proofs;
using namespace wald::proofs::test;

TEST_CASE("deny list: every entry is proven, with its length and no other", "[proofs][rule:L-14]") {
  base::Prng random(5);
  for (const std::size_t count : {1u, 2u, 3u, 5u, 16u, 33u}) {
    std::vector<DenyEntry> entries;
    for (std::size_t i = 0; i < count; ++i)
      entries.push_back({random_id<base::BlobId>(random), 1 + random.below(1000)});
    const auto list = DenyList::make(entries);
    REQUIRE(list.has_value());
    std::uint64_t size = 0;
    for (const DenyEntry& entry : entries) {
      size += entry.length;
      const auto proof = list->prove(entry.blob);
      REQUIRE(proof.has_value());
      REQUIRE(verify_denied(list->root(), entry.blob, entry.length, *proof));
      REQUIRE_FALSE(verify_denied(list->root(), entry.blob, entry.length + 1, *proof));
      REQUIRE_FALSE(verify_denied(list->root(), filled<base::BlobId>(1), entry.length, *proof));
      REQUIRE_FALSE(verify_denied(filled<base::Hash>(1), entry.blob, entry.length, *proof));
    }
    REQUIRE(list->size() == size);
    REQUIRE_FALSE(list->prove(filled<base::BlobId>(1)).has_value());
  }
}

TEST_CASE("deny list: a proof that is changed, cut or longer shows nothing",
          "[proofs][rule:L-14]") {
  const auto list = DenyList::make({{filled<base::BlobId>(3), 30},
                                    {filled<base::BlobId>(1), 10},
                                    {filled<base::BlobId>(2), 20}});
  const auto blob = filled<base::BlobId>(2);
  const base::Bytes proof = *list->prove(blob);
  for (std::size_t bit = 0; bit < proof.size() * 8; ++bit) {
    base::Bytes changed = proof;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1u << (bit % 8)));
    // A count of 4 has the same tree as one of 3: the empty place is nobody's.
    const bool same_tree = changed[4] == 4 || changed[4] == 3;
    if (bit / 8 >= 4 && bit / 8 < 8 && same_tree && changed != proof) continue;
    REQUIRE_FALSE(verify_denied(list->root(), blob, 20, changed));
  }
  for (std::size_t length = 0; length < proof.size(); ++length)
    REQUIRE_FALSE(verify_denied(list->root(), blob, 20, base::ByteView(proof).first(length)));
  base::Bytes longer = proof;
  longer.push_back(0);
  REQUIRE_FALSE(verify_denied(list->root(), blob, 20, longer));
}

TEST_CASE("deny list: order does not matter, repeats and overflowing sums are refused",
          "[proofs][rule:L-14]") {
  const DenyEntry a{filled<base::BlobId>(1), 10}, b{filled<base::BlobId>(2), 20};
  REQUIRE(DenyList::make({a, b})->root() == DenyList::make({b, a})->root());
  REQUIRE_FALSE(DenyList::make({a, b, {a.blob, 11}}).has_value());
  REQUIRE_FALSE(DenyList::make({a, {b.blob, UINT64_MAX - 9}}).has_value());
  REQUIRE(DenyList::make({a, {b.blob, UINT64_MAX - 10}})->size() == UINT64_MAX);
  REQUIRE(DenyList::make({})->root().is_zero());
  REQUIRE(DenyList::make({})->size() == 0);
}
