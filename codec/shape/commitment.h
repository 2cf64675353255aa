// SPDX-License-Identifier: Apache-2.0
// Commitments: sliver hashes -> pair entries -> root -> blob id, and the paths that open them. No
// field arithmetic: whether a sliver has a given hash is the codec's question, whether a symbol, an
// entry or an id belongs to another is answered here. Rules K-16, K-18, K-21 (metadata), K-24.
// Foreign metadata and paths may be handed to every verify_ function. Values without threads.
#pragma once

#include <array>

#include "codec/base/merkle.h"
#include "codec/shape/layout.h"

namespace wald::shape {

// The encoding type of every blob: RS2.
constexpr std::uint8_t kEncodingRs2 = 1;

// Hashes of the two slivers of one pair.
struct PairEntry {
  Hash primary;
  Hash secondary;

  std::array<std::uint8_t, 64> bytes() const;
  Hash leaf() const;  // as a leaf of the tree over all pairs
  const Hash& hash(Axis axis) const { return axis == Axis::kPrimary ? primary : secondary; }
  friend bool operator==(const PairEntry&, const PairEntry&) = default;
};

// What a node keeps of every blob. `pairs` has n entries, in pair order, once verified.
struct Metadata {
  BlobId blob_id;
  std::uint64_t len = 0;
  std::vector<PairEntry> pairs;
  friend bool operator==(const Metadata&, const Metadata&) = default;
};

// H(01 | len u64 | root): K-18.
BlobId blob_id(const Hash& root, std::uint64_t len);
Hash pairs_root(std::span<const PairEntry> pairs);
// The metadata whose id follows from the rest.
Metadata make_metadata(std::uint64_t len, std::vector<PairEntry> pairs);

// K-21, in its order: MetadataCount, BlobTooLarge, BlobIdMismatch.
Result<void> verify_metadata(const Params& params, const Metadata& metadata);

// Hash of one sliver; the metadata has n entries and the index is below n (WALD_CHECK).
const Hash& sliver_hash(const Params& params, const Metadata& metadata, Axis axis,
                        SliverIndex sliver);

// Tree over the n pair entries, to prove single ones against the root.
base::MerkleTree pairs_tree(std::span<const PairEntry> pairs);
// Siblings from the entry to the root: SymbolIndex {pair, n}, ProofLength, ProofMismatch.
Result<void> verify_pair(const Params& params, const Hash& root, std::uint32_t pair,
                         const PairEntry& entry, std::span<const Hash> path);
// The same up to the blob id: BlobIdMismatch where the path ends in another root.
Result<void> verify_pair(const Params& params, const BlobId& id, std::uint64_t len,
                         std::uint32_t pair, const PairEntry& entry, std::span<const Hash> path);

// K-24: what is asked of a symbol and its path, by their lengths, before anything is hashed.
// SymbolIndex, SymbolLength, ProofLength, in that order; `symbol_size` is that of the blob.
Result<void> check_symbol(const Params& params, std::uint32_t symbol_size, std::uint32_t index,
                          std::size_t symbol, std::size_t path);
// K-24: symbol `index` of the sliver with this hash. Then ProofMismatch.
Result<void> verify_symbol(const Params& params, std::uint32_t symbol_size, const Hash& sliver,
                           std::uint32_t index, ByteView symbol, std::span<const Hash> path);

}  // namespace wald::shape
