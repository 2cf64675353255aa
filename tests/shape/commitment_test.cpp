// SPDX-License-Identifier: Apache-2.0
#include "codec/shape/commitment.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/base/text.h"

using namespace wald::shape;
using wald::base::from_hex;
using wald::base::merkle_leaf;
using wald::base::MerkleTree;
using wald::base::Prng;
using wald::base::to_hex;

namespace {

// The matrix of the worked example of K-18, written out by hand.
const std::vector<std::vector<std::string>> kMatrix = {
    {"ed8f01db", "e4140b1d", "89a9817b", "80328bbd"},
    {"8a000000", "00000000", "00000000", "8a000000"},
    {"a2a203ac", "ac400436", "44a664d2", "4a446348"},
    {"c52d0277", "48540f2b", "cd0fe5a9", "4076e8f5"},
};

Bytes cell(std::size_t r, std::size_t c) { return *from_hex(kMatrix[r][c]); }

MerkleTree line(bool row, std::size_t at) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < 4; ++i)
    leaves.push_back(merkle_leaf(row ? cell(at, i) : cell(i, at)));
  return MerkleTree(std::move(leaves));
}

std::vector<PairEntry> example() {
  std::vector<PairEntry> out;
  for (std::size_t i = 0; i < 4; ++i)
    out.push_back(PairEntry{line(true, i).root(), line(false, 3 - i).root()});
  return out;
}

Metadata any_metadata(std::uint64_t n, std::uint64_t len) {
  Prng prng(n);
  std::vector<PairEntry> pairs;
  for (std::uint64_t i = 0; i < n; ++i)
    pairs.push_back(PairEntry{Hash::from(prng.bytes(32)), Hash::from(prng.bytes(32))});
  return make_metadata(len, std::move(pairs));
}

}  // namespace

TEST_CASE("blob id: the worked example comes out", "[shape][rule:K-18][rule:K-16]") {
  CHECK(to_hex(merkle_leaf(cell(0, 0)).view()).substr(0, 8) == "5d80e8b9");
  const auto pairs = example();
  CHECK(to_hex(pairs[0].primary.view()).substr(0, 8) == "4bbc9fb6");
  CHECK(to_hex(pairs_root(pairs).view()).substr(0, 8) == "735f0e82");
  const Metadata metadata = make_metadata(13, pairs);
  CHECK(to_hex(metadata.blob_id.view()) ==
        "e99fd78e7a357a5f2833bb93f92ffe81bca7bf9d9b903df5bcb72c3c3fc9f10f");
  CHECK(blob_id(pairs_root(pairs), 14) != metadata.blob_id);
  const Params params = Params::make(4).value();
  CHECK(verify_metadata(params, metadata).ok());
  CHECK(sliver_hash(params, metadata, Axis::kPrimary, SliverIndex(2)) == line(true, 2).root());
  CHECK(sliver_hash(params, metadata, Axis::kSecondary, SliverIndex(2)) == line(false, 2).root());
}

TEST_CASE("metadata: count, then length, then id are refused", "[shape][rule:K-21]") {
  const Params params = Params::make(10).value();
  Metadata good = any_metadata(10, 77);
  CHECK(verify_metadata(params, good).ok());

  Metadata bad = any_metadata(9, 77);
  CHECK(verify_metadata(params, bad).error().code == CodecCode::kMetadataCount);
  CHECK(verify_metadata(params, bad).error().numbers == std::vector<std::uint64_t>{9, 10});

  bad = any_metadata(10, params.max_len() + 1);
  CHECK(verify_metadata(params, bad).error().code == CodecCode::kBlobTooLarge);
  CHECK(verify_metadata(params, any_metadata(10, params.max_len())).ok());

  bad = good;
  bad.len = 78;
  CHECK(verify_metadata(params, bad).error().code == CodecCode::kBlobIdMismatch);
  bad = good;
  std::swap(bad.pairs[3].primary, bad.pairs[3].secondary);
  CHECK(verify_metadata(params, bad).error().code == CodecCode::kBlobIdMismatch);
}

TEST_CASE("verify_pair: an entry opens against root and id, a changed one does not",
          "[shape][rule:K-18]") {
  const Params params = Params::make(7).value();
  const Metadata m = any_metadata(7, 100);
  const MerkleTree tree = pairs_tree(m.pairs);
  CHECK(tree.root() == pairs_root(m.pairs));
  for (std::uint32_t i = 0; i < 7; ++i) {
    const auto path = tree.path(i);
    CHECK(verify_pair(params, tree.root(), i, m.pairs[i], path).ok());
    CHECK(verify_pair(params, m.blob_id, m.len, i, m.pairs[i], path).ok());
    const std::uint32_t next = (i + 1) % 7;
    CHECK(verify_pair(params, tree.root(), next, m.pairs[i], path).error().code ==
          CodecCode::kProofMismatch);
    CHECK(verify_pair(params, m.blob_id, m.len + 1, i, m.pairs[i], path).error().code ==
          CodecCode::kBlobIdMismatch);
    CHECK(verify_pair(params, m.blob_id, m.len, i, m.pairs[next], path).error().code ==
          CodecCode::kBlobIdMismatch);
  }
  CHECK(verify_pair(params, tree.root(), 7, m.pairs[0], tree.path(0)).error().code ==
        CodecCode::kSymbolIndex);
  auto path = tree.path(0);
  path.emplace_back();
  CHECK(verify_pair(params, m.blob_id, m.len, 0, m.pairs[0], path).error().code ==
        CodecCode::kProofLength);
}

TEST_CASE("verify_symbol: index, length, path length and path are refused in this order",
          "[shape][rule:K-24]") {
  const Params params = Params::make(4).value();
  const MerkleTree tree = line(true, 1);
  for (std::uint32_t c = 0; c < 4; ++c) {
    const Bytes symbol = cell(1, c);
    const auto path = tree.path(c);
    CHECK(verify_symbol(params, 4, tree.root(), c, symbol, path).ok());

    CHECK(verify_symbol(params, 4, tree.root(), 4, {}, {}).error().code == CodecCode::kSymbolIndex);
    const Bytes shorter(symbol.begin(), symbol.end() - 1);
    const auto length = verify_symbol(params, 4, tree.root(), c, shorter, {});
    CHECK(length.error().code == CodecCode::kSymbolLength);
    CHECK(length.error().numbers == std::vector<std::uint64_t>{3, 4});
    const std::vector<Hash> cut(path.begin(), path.end() - 1);
    const auto proof = verify_symbol(params, 4, tree.root(), c, symbol, cut);
    CHECK(proof.error().code == CodecCode::kProofLength);
    CHECK(proof.error().numbers == std::vector<std::uint64_t>{1, 2});
    Bytes changed = symbol;
    changed[2] ^= 1;
    CHECK(verify_symbol(params, 4, tree.root(), c, changed, path).error().code ==
          CodecCode::kProofMismatch);
    // Row 1 holds equal symbols at 0 and 3 and at 1 and 2, but at other places of the tree.
    CHECK(verify_symbol(params, 4, tree.root(), 3 - c, symbol, path).error().code ==
          CodecCode::kProofMismatch);
  }
}
