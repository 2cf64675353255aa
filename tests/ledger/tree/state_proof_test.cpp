// SPDX-License-Identifier: Apache-2.0
#include "ledger/state_proof.h"

#include <catch2/catch.hpp>
#include <map>

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

using Values = std::map<Bytes, Bytes>;

Values some_values(Prng& prng, std::size_t count) {
  Values out;
  for (std::size_t i = 0; i < count; ++i) out[some_key(prng)] = prng.bytes(prng.below(5));
  return out;
}

StateTree tree_of(const Values& values) {
  StateTree::Builder builder;
  for (const auto& [key, value] : values) builder.add(key, base::blake2b(value));
  return builder.finish();
}

}  // namespace

TEST_CASE("state proof: every key is proved present or absent, never both",
          "[ledger][tree][rule:A-38]") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Prng prng(seed);
    const Values values = some_values(prng, seed);
    const StateTree tree = tree_of(values);
    for (int i = 0; i < 200; ++i) {
      const Bytes key = i % 3 == 0 ? prng.bytes(prng.below(6)) : some_key(prng);
      const TreeProof proof = tree.prove(key);
      const auto found = values.find(key);
      REQUIRE(parse_proof(encode(proof)) == proof);
      if (found == values.end()) {
        REQUIRE(verify(tree.root(), key, proof) == Verdict::kAbsent);
        REQUIRE(verify(tree.root(), key, std::nullopt, proof) == Verdict::kAbsent);
        REQUIRE(verify(tree.root(), key, Bytes{1}, proof) == Verdict::kInvalid);
      } else {
        REQUIRE(verify(tree.root(), key, proof) == Verdict::kPresent);
        REQUIRE(verify(tree.root(), key, found->second, proof) == Verdict::kPresent);
        REQUIRE(verify(tree.root(), key, std::nullopt, proof) == Verdict::kInvalid);
        Bytes other = found->second;
        other.push_back(0);
        REQUIRE(verify(tree.root(), key, other, proof) == Verdict::kInvalid);
      }
    }
  }
}

TEST_CASE("state proof: no proof of one tree convinces under another root",
          "[ledger][tree][rule:A-38]") {
  Prng prng(40);
  const StateTree a = tree_of(some_values(prng, 20));
  const StateTree b = tree_of(some_values(prng, 21));
  for (int i = 0; i < 100; ++i) {
    const Bytes key = some_key(prng);
    REQUIRE(verify(b.root(), key, a.prove(key)) == Verdict::kInvalid);
    REQUIRE(verify(a.root(), key, TreeProof()) == Verdict::kInvalid);
    REQUIRE(verify(Hash(), key, a.prove(key)) == Verdict::kInvalid);
  }
  REQUIRE(verify(Hash(), Bytes{1}, TreeProof()) == Verdict::kAbsent);
}

TEST_CASE("state proof: with any byte changed a proof shows nothing, or it does not parse",
          "[ledger][tree][rule:A-38]") {
  Prng prng(41);
  const Values values = some_values(prng, 25);
  const StateTree tree = tree_of(values);
  for (int i = 0; i < 30; ++i) {
    const Bytes key = some_key(prng);
    const Bytes bytes = encode(tree.prove(key));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      Bytes other = bytes;
      other[at] ^= static_cast<std::uint8_t>(1u << prng.below(8));
      const auto proof = parse_proof(other);
      REQUIRE((!proof || verify(tree.root(), key, *proof) == Verdict::kInvalid));
    }
  }
}

TEST_CASE("state proof: steps dropped, doubled, swapped or borrowed show nothing",
          "[ledger][tree][rule:A-38]") {
  Prng prng(42);
  const StateTree tree = tree_of(some_values(prng, 30));
  for (int i = 0; i < 60; ++i) {
    const Bytes key = some_key(prng);
    const TreeProof proof = tree.prove(key);
    REQUIRE(proof.steps.size() >= 2);
    for (std::size_t at = 0; at < proof.steps.size(); ++at) {
      const auto place = proof.steps.begin() + static_cast<std::ptrdiff_t>(at);
      TreeProof other = proof;
      other.steps.erase(other.steps.begin() + (place - proof.steps.begin()));
      REQUIRE(verify(tree.root(), key, other) == Verdict::kInvalid);
      other = proof;
      other.steps.insert(other.steps.begin() + (place - proof.steps.begin()), *place);
      REQUIRE(verify(tree.root(), key, other) == Verdict::kInvalid);
      if (at == 0) continue;
      other = proof;
      std::swap(other.steps[at], other.steps[at - 1]);
      REQUIRE(verify(tree.root(), key, other) == Verdict::kInvalid);
    }
  }
}

TEST_CASE("state proof: absence is shown only by the leaf that the key's own bits lead to",
          "[ledger][tree][rule:A-38]") {
  Prng prng(43);
  const Values values = some_values(prng, 20);
  const StateTree tree = tree_of(values);
  for (int i = 0; i < 100; ++i) {
    const Bytes key = some_key(prng);
    const TreeProof own = tree.prove(key);
    for (const auto& record : values) {
      const TreeProof other = tree.prove(record.first);
      if (other == own) continue;
      REQUIRE(verify(tree.root(), key, other) == Verdict::kInvalid);
    }
  }
}

TEST_CASE("state proof: bytes that are not exactly one proof are refused",
          "[ledger][tree][rule:A-38]") {
  Prng prng(44);
  const StateTree tree = tree_of(some_values(prng, 12));
  const Bytes bytes = encode(tree.prove(some_key(prng)));
  for (std::size_t cut = 1; cut < bytes.size(); ++cut)
    REQUIRE_FALSE(parse_proof(ByteView(bytes).first(cut)));
  Bytes longer = bytes;
  longer.push_back(0);
  REQUIRE_FALSE(parse_proof(longer));
  REQUIRE(parse_proof({}) == TreeProof());

  const auto with_steps = [](std::size_t klen, const std::vector<std::uint16_t>& bits) {
    base::Writer out;
    out.le(static_cast<std::uint16_t>(klen)).raw(Bytes(klen, 0)).raw(Hash().view());
    out.le(static_cast<std::uint16_t>(bits.size()));
    for (const std::uint16_t bit : bits) out.le(bit).raw(Hash().view());
    return std::move(out).bytes();
  };
  REQUIRE(parse_proof(with_steps(2, {15, 3, 0})));
  REQUIRE_FALSE(parse_proof(with_steps(2, {16, 3, 0})));
  REQUIRE_FALSE(parse_proof(with_steps(2, {15, 3, 3})));
  REQUIRE_FALSE(parse_proof(with_steps(2, {3, 15})));
  REQUIRE(parse_proof(with_steps(511, {})));
  REQUIRE_FALSE(parse_proof(with_steps(512, {})));
}

TEST_CASE("state proof: a malformed proof that never was bytes is invalid too",
          "[ledger][tree][rule:A-38]") {
  TreeProof proof;
  proof.steps.push_back({0, Hash()});
  REQUIRE(verify(Hash(), Bytes{1}, proof) == Verdict::kInvalid);
  proof.leaf = TreeLeaf{Bytes(600, 0), Hash()};
  REQUIRE(verify(Hash(), Bytes{1}, proof) == Verdict::kInvalid);
}
