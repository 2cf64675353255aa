// SPDX-License-Identifier: Apache-2.0
// The byte forms that cross the wire (K-19): BCS, as Walrus writes it. One to_bytes and one
// from_bytes per row of the table. Reading is strict: minimal lengths, known tags, nothing left
// over; no allocation goes by a length that the input does not hold. Errors: Bcs {kind, offset},
// and EmptyHash {pair} in metadata. What was read is well formed, not yet true: see commitment.h.
#pragma once

#include <optional>

#include "codec/shape/commitment.h"

namespace wald::shape {

// A node of a path as it is written. Empty and a digest of 32 zeros hash alike, but differ in
// bytes.
struct Node {
  bool empty = false;
  Hash digest;  // zeros if empty
  friend bool operator==(const Node&, const Node&) = default;
};
using MerkleProof = std::vector<Node>;  // from leaf to root

// The path of leaf `index` among `count` as an honest writer puts it: appended nodes are Empty.
MerkleProof to_proof(std::uint64_t count, std::uint64_t index, std::span<const Hash> path);
// The hashes to walk.
std::vector<Hash> to_path(const MerkleProof& proof);

struct SliverData {
  Bytes body;
  std::uint16_t symbol_size = 0;
  SliverIndex index;
  friend bool operator==(const SliverData&, const SliverData&) = default;
};
struct Sliver {
  Axis axis = Axis::kPrimary;
  SliverData data;
  friend bool operator==(const Sliver&, const Sliver&) = default;
};
struct SliverPair {
  SliverData primary;
  SliverData secondary;
  friend bool operator==(const SliverPair&, const SliverPair&) = default;
};
struct DecodingSymbol {
  SliverIndex source;  // the sliver that the symbol was taken from
  Bytes symbol;
  friend bool operator==(const DecodingSymbol&, const DecodingSymbol&) = default;
};
struct RecoverySymbol {
  DecodingSymbol symbol;
  MerkleProof proof;  // in the tree of the source sliver
  friend bool operator==(const RecoverySymbol&, const RecoverySymbol&) = default;
};
struct GeneralRecoverySymbol {
  Axis target_axis = Axis::kPrimary;  // the source sliver is of the other axis
  DecodingSymbol symbol;
  SliverIndex target;
  MerkleProof proof;
  friend bool operator==(const GeneralRecoverySymbol&, const GeneralRecoverySymbol&) = default;
};
struct RecoverySymbolPair {
  RecoverySymbol primary;
  RecoverySymbol secondary;
  friend bool operator==(const RecoverySymbolPair&, const RecoverySymbolPair&) = default;
};
struct InconsistencyProof {
  Axis target_axis = Axis::kPrimary;
  SliverIndex target;
  std::vector<RecoverySymbol> symbols;
  friend bool operator==(const InconsistencyProof&, const InconsistencyProof&) = default;
};
// EncodingType: one legal value, kEncodingRs2.
struct EncodingType {
  friend bool operator==(const EncodingType&, const EncodingType&) = default;
};
// BlobMetadata: what the id commits to, without the id.
struct BlobMetadata {
  std::uint64_t len = 0;
  std::vector<PairEntry> pairs;
  friend bool operator==(const BlobMetadata&, const BlobMetadata&) = default;
};
// One symbol of the matrix, by both slivers through it. Text: `primary-secondary`, decimal.
struct SymbolId {
  SliverIndex primary;
  SliverIndex secondary;
  friend bool operator==(const SymbolId&, const SymbolId&) = default;
};
std::string to_text(const SymbolId& id);
std::optional<SymbolId> parse_symbol_id(std::string_view text);  // strict: one text per id

namespace bcs {

Bytes to_bytes(const Node& value);
Bytes to_bytes(const MerkleProof& value);
Bytes to_bytes(const SliverData& value);
Bytes to_bytes(const Sliver& value);
Bytes to_bytes(const SliverPair& value);
Bytes to_bytes(const EncodingType& value);
Bytes to_bytes(const PairEntry& value);  // SliverPairMetadata, 66 bytes
Bytes to_bytes(const BlobMetadata& value);
Bytes to_bytes(const Metadata& value);  // BlobMetadataWithId
Bytes to_bytes(const DecodingSymbol& value);
Bytes to_bytes(const RecoverySymbol& value);
Bytes to_bytes(const GeneralRecoverySymbol& value);
Bytes to_bytes(const RecoverySymbolPair& value);
Bytes to_bytes(const InconsistencyProof& value);
Bytes to_bytes(const SymbolId& value);

// For each of the types above, MerkleProof included.
template <class T>
Result<T> from_bytes(ByteView bytes);

// BCS(BlobMetadata) of metadata whose id is kept elsewhere.
Bytes without_id(const Metadata& value);

}  // namespace bcs
}  // namespace wald::shape
