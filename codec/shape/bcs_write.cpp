// SPDX-License-Identifier: Apache-2.0
// The writing half of bcs.h.
#include "codec/shape/bcs.h"
#include "codec/shape/bcs_cursor.h"

namespace wald::shape {

MerkleProof to_proof(std::uint64_t count, std::uint64_t index, std::span<const Hash> path) {
  WALD_CHECK(index < count && path.size() == base::merkle_height(count));
  MerkleProof out;
  out.reserve(path.size());
  for (const Hash& sibling : path) {
    const bool appended = (index ^ 1) >= count;  // the one that evens out this level
    WALD_CHECK(!appended || sibling.is_zero());
    out.push_back(Node{appended, sibling});
    index /= 2;
    count = count / 2 + count % 2;
  }
  return out;
}

std::vector<Hash> to_path(const MerkleProof& proof) {
  std::vector<Hash> out;
  out.reserve(proof.size());
  for (const Node& node : proof) out.push_back(node.digest);
  return out;
}

std::string to_text(const SymbolId& id) {
  return std::to_string(id.primary.value()) + "-" + std::to_string(id.secondary.value());
}

namespace bcs {
namespace {

using base::Writer;

void put(Writer& out, SliverIndex index) { out.le(index.value()); }
void put(Writer& out, Axis axis) { out.u8(static_cast<std::uint8_t>(axis)); }

void put(Writer& out, const Node& node) {
  out.u8(node.empty ? 0 : 1);
  if (!node.empty) out.raw(node.digest.view());
}

void put(Writer& out, const MerkleProof& proof) {
  put_uleb(out, proof.size());
  for (const Node& node : proof) put(out, node);
}

void put(Writer& out, const SliverData& data) {
  WALD_CHECK(data.symbol_size != 0);
  put_uleb(out, data.body.size());
  out.raw(data.body).le(data.symbol_size);
  put(out, data.index);
}

void put(Writer& out, const Sliver& sliver) {
  put(out, sliver.axis);
  put(out, sliver.data);
}

void put(Writer& out, const SliverPair& pair) {
  put(out, pair.primary);
  put(out, pair.secondary);
}

void put(Writer& out, const EncodingType&) { out.u8(kEncodingRs2); }

void put(Writer& out, const PairEntry& entry) {
  put(out, Node{false, entry.primary});
  put(out, Node{false, entry.secondary});
}

void put_metadata(Writer& out, std::uint64_t len, const std::vector<PairEntry>& pairs) {
  out.u8(0).u8(kEncodingRs2).le(len);
  put_uleb(out, pairs.size());
  for (const PairEntry& entry : pairs) put(out, entry);
}

void put(Writer& out, const BlobMetadata& value) { put_metadata(out, value.len, value.pairs); }

void put(Writer& out, const Metadata& value) {
  out.raw(value.blob_id.view());
  put_metadata(out, value.len, value.pairs);
}

void put(Writer& out, const DecodingSymbol& value) {
  put(out, value.source);
  put_uleb(out, value.symbol.size());
  out.raw(value.symbol);
}

void put(Writer& out, const RecoverySymbol& value) {
  put(out, value.symbol);
  put(out, value.proof);
}

void put(Writer& out, const GeneralRecoverySymbol& value) {
  put(out, value.target_axis);
  put(out, value.symbol);
  put(out, value.target);
  put(out, value.proof);
}

void put(Writer& out, const RecoverySymbolPair& value) {
  put(out, value.primary);
  put(out, value.secondary);
}

void put(Writer& out, const InconsistencyProof& value) {
  put(out, value.target_axis);
  put(out, value.target);
  put_uleb(out, value.symbols.size());
  for (const RecoverySymbol& symbol : value.symbols) put(out, symbol);
}

void put(Writer& out, const SymbolId& value) {
  put(out, value.primary);
  put(out, value.secondary);
}

template <class T>
Bytes bytes_of(const T& value) {
  Writer out;
  put(out, value);
  return std::move(out).bytes();
}

}  // namespace

Bytes to_bytes(const Node& value) { return bytes_of(value); }
Bytes to_bytes(const MerkleProof& value) { return bytes_of(value); }
Bytes to_bytes(const SliverData& value) { return bytes_of(value); }
Bytes to_bytes(const Sliver& value) { return bytes_of(value); }
Bytes to_bytes(const SliverPair& value) { return bytes_of(value); }
Bytes to_bytes(const EncodingType& value) { return bytes_of(value); }
Bytes to_bytes(const PairEntry& value) { return bytes_of(value); }
Bytes to_bytes(const BlobMetadata& value) { return bytes_of(value); }
Bytes to_bytes(const Metadata& value) { return bytes_of(value); }
Bytes to_bytes(const DecodingSymbol& value) { return bytes_of(value); }
Bytes to_bytes(const RecoverySymbol& value) { return bytes_of(value); }
Bytes to_bytes(const GeneralRecoverySymbol& value) { return bytes_of(value); }
Bytes to_bytes(const RecoverySymbolPair& value) { return bytes_of(value); }
Bytes to_bytes(const InconsistencyProof& value) { return bytes_of(value); }
Bytes to_bytes(const SymbolId& value) { return bytes_of(value); }

Bytes without_id(const Metadata& value) {
  Writer out;
  put_metadata(out, value.len, value.pairs);
  return std::move(out).bytes();
}

}  // namespace bcs
}  // namespace wald::shape
