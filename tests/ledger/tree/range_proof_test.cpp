// SPDX-License-Identifier: Apache-2.0
#include "ledger/range_proof.h"

#include <catch2/catch.hpp>
#include <set>

#include "codec/base/prng.h"
#include "ledger/tree/state_tree.h"
#include "tests/ledger/tree/some_key.h"

using namespace wald;
using namespace wald::ledger;
using base::Bytes;
using base::ByteView;
using base::Hash;
using base::Prng;
using tests::some_key;

namespace {

std::set<Bytes> some_keys(Prng& prng, std::size_t count) {
  std::set<Bytes> out;
  for (std::size_t i = 0; i < count; ++i) out.insert(some_key(prng));
  return out;
}

StateTree tree_of(const std::set<Bytes>& keys) {
  StateTree::Builder builder;
  for (const Bytes& key : keys) builder.add(key, base::blake2b(key));
  return builder.finish();
}

std::vector<Bytes> keys_of(std::span<const TreeLeaf> leaves) {
  std::vector<Bytes> out;
  for (const TreeLeaf& leaf : leaves) out.push_back(leaf.key);
  return out;
}

struct Range {
  Bytes from;
  std::optional<Bytes> to;
  std::optional<ByteView> end() const { return to ? std::optional<ByteView>(*to) : std::nullopt; }
};

Range some_range(Prng& prng) {
  Range r{prng.below(3) == 0 ? prng.bytes(prng.below(3)) : some_key(prng), std::nullopt};
  if (prng.below(4) == 0) return r;
  Bytes to = some_key(prng);
  if (to == r.from) to.push_back(0);
  if (to < r.from) std::swap(to, r.from);
  r.to = to;
  return r;
}

std::vector<Bytes> want(const std::set<Bytes>& keys, const Range& r) {
  std::vector<Bytes> out;
  for (const Bytes& key : keys)
    if (r.from <= key && (!r.to || key < *r.to)) out.push_back(key);
  return out;
}

}  // namespace

TEST_CASE("range proof: it shows exactly the records of any range", "[ledger][tree][rule:A-38]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Prng prng(seed);
    const std::set<Bytes> keys = some_keys(prng, seed - 1);
    const StateTree tree = tree_of(keys);
    for (int i = 0; i < 60; ++i) {
      const Range r = some_range(prng);
      const RangeProof proof = tree.prove_range(r.from, r.end());
      REQUIRE(parse_range_proof(encode(proof)) == proof);
      const auto shown = verify_range(tree.root(), r.from, r.end(), proof);
      REQUIRE(shown);
      REQUIRE(keys_of(*shown) == want(keys, r));
      for (const TreeLeaf& leaf : *shown) REQUIRE(leaf.value_hash == base::blake2b(leaf.key));
      REQUIRE(proof.leaves.size() <= shown->size() + 2);
    }
  }
}

TEST_CASE("range proof: what verifies under the root shows the truth, whatever was changed",
          "[ledger][tree][rule:A-38]") {
  Prng prng(50);
  const std::set<Bytes> keys = some_keys(prng, 40);
  const StateTree tree = tree_of(keys);
  std::size_t refused = 0;
  for (int i = 0; i < 300; ++i) {
    const Range r = some_range(prng);
    RangeProof proof = tree.prove_range(r.from, r.end());
    const auto pick = [&](const auto& list) {
      return static_cast<std::ptrdiff_t>(prng.below(list.size()));
    };
    switch (prng.below(5)) {
      case 0:
        proof.leaves.erase(proof.leaves.begin() + pick(proof.leaves));
        break;
      case 1:
        if (!proof.left.empty()) proof.left.erase(proof.left.begin() + pick(proof.left));
        break;
      case 2:
        if (!proof.right.empty()) proof.right.erase(proof.right.begin() + pick(proof.right));
        break;
      case 3:
        proof.leaves[static_cast<std::size_t>(pick(proof.leaves))].value_hash = Hash();
        break;
      default: {
        // An honest proof of another range.
        const Range other = some_range(prng);
        proof = tree.prove_range(other.from, other.end());
      }
    }
    const auto shown = verify_range(tree.root(), r.from, r.end(), proof);
    if (!shown)
      ++refused;
    else
      REQUIRE(keys_of(*shown) == want(keys, r));
  }
  REQUIRE(refused > 150);
}

TEST_CASE("range proof: with any byte changed it is refused", "[ledger][tree][rule:A-38]") {
  Prng prng(51);
  const StateTree tree = tree_of(some_keys(prng, 30));
  for (int i = 0; i < 10; ++i) {
    const Range r = some_range(prng);
    const Bytes bytes = encode(tree.prove_range(r.from, r.end()));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      Bytes other = bytes;
      other[at] ^= static_cast<std::uint8_t>(1u << prng.below(8));
      const auto proof = parse_range_proof(other);
      REQUIRE((!proof || !verify_range(tree.root(), r.from, r.end(), *proof)));
    }
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
      REQUIRE_FALSE(parse_range_proof(ByteView(bytes).first(cut)));
    Bytes longer = bytes;
    longer.push_back(0);
    REQUIRE_FALSE(parse_range_proof(longer));
  }
}

TEST_CASE("range proof: of an empty tree it is empty, of an empty range it is refused",
          "[ledger][tree][rule:A-38]") {
  const RangeProof nothing;
  REQUIRE(StateTree().prove_range({}, std::nullopt) == nothing);
  REQUIRE(verify_range(Hash(), {}, std::nullopt, nothing));
  const StateTree tree = tree_of({{1}, {2}});
  REQUIRE_FALSE(verify_range(tree.root(), {}, std::nullopt, nothing));
  const Bytes one{1};
  const RangeProof at_one = tree.prove_range(one, one);
  REQUIRE_FALSE(verify_range(tree.root(), one, ByteView(one), at_one));
  // Bounds longer than any record.
  Bytes far(20000, 0);
  far.front() = 1;
  far.back() = 1;
  const RangeProof beyond = tree.prove_range(far, std::nullopt);
  const auto rest = verify_range(tree.root(), far, std::nullopt, beyond);
  REQUIRE((rest && keys_of(*rest) == std::vector<Bytes>{{2}}));
  RangeProof deep = tree.prove_range(one, std::nullopt);
  deep.left.push_back({8 * tree::kMaxKeyBytes, Hash()});
  REQUIRE_FALSE(verify_range(tree.root(), one, std::nullopt, deep));
}
