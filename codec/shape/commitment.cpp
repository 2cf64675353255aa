// SPDX-License-Identifier: Apache-2.0
#include "codec/shape/commitment.h"

namespace wald::shape {
namespace {

// The root that a path leads to; the path has the right length and the index is below the count.
Hash walk(Hash at, std::uint32_t index, std::span<const Hash> path) {
  for (const Hash& sibling : path) {
    at = index % 2 == 0 ? base::merkle_node(at, sibling) : base::merkle_node(sibling, at);
    index /= 2;
  }
  WALD_CHECK(index == 0);
  return at;
}

Result<void> check_length(const Params& params, std::size_t path) {
  const unsigned want = base::merkle_height(params.n());
  if (path != want) return fail(CodecCode::kProofLength, path, want);
  return {};
}

Result<void> check_path(const Params& params, std::uint32_t index, std::span<const Hash> path) {
  if (index >= params.n()) return fail(CodecCode::kSymbolIndex, index, params.n());
  return check_length(params, path.size());
}

}  // namespace

std::array<std::uint8_t, 64> PairEntry::bytes() const {
  std::array<std::uint8_t, 64> out;
  std::copy(primary.bytes().begin(), primary.bytes().end(), out.begin());
  std::copy(secondary.bytes().begin(), secondary.bytes().end(), out.begin() + 32);
  return out;
}

Hash PairEntry::leaf() const { return base::merkle_leaf(bytes()); }

BlobId blob_id(const Hash& root, std::uint64_t len) {
  base::Writer in;
  in.u8(kEncodingRs2).le(len).raw(root.view());
  WALD_CHECK(in.size() == 41);
  return BlobId(base::blake2b(in.bytes()).bytes());
}

Hash pairs_root(std::span<const PairEntry> pairs) {
  base::MerkleFrontier frontier;
  for (const PairEntry& entry : pairs) frontier.push(entry.leaf());
  return frontier.root();
}

Metadata make_metadata(std::uint64_t len, std::vector<PairEntry> pairs) {
  const BlobId id = blob_id(pairs_root(pairs), len);
  return Metadata{id, len, std::move(pairs)};
}

Result<void> verify_metadata(const Params& params, const Metadata& metadata) {
  if (metadata.pairs.size() != params.n())
    return fail(CodecCode::kMetadataCount, metadata.pairs.size(), params.n());
  if (metadata.len > params.max_len())
    return fail(CodecCode::kBlobTooLarge, metadata.len, params.max_len());
  if (blob_id(pairs_root(metadata.pairs), metadata.len) != metadata.blob_id)
    return fail(CodecCode::kBlobIdMismatch);
  return {};
}

const Hash& sliver_hash(const Params& params, const Metadata& metadata, Axis axis,
                        SliverIndex sliver) {
  WALD_CHECK(metadata.pairs.size() == params.n());
  return metadata.pairs[pair_of_sliver(params, axis, sliver).value()].hash(axis);
}

base::MerkleTree pairs_tree(std::span<const PairEntry> pairs) {
  std::vector<Hash> leaves;
  leaves.reserve(pairs.size());
  for (const PairEntry& entry : pairs) leaves.push_back(entry.leaf());
  return base::MerkleTree(std::move(leaves));
}

Result<void> verify_pair(const Params& params, const Hash& root, std::uint32_t pair,
                         const PairEntry& entry, std::span<const Hash> path) {
  TRY(check_path(params, pair, path));
  if (walk(entry.leaf(), pair, path) != root) return fail(CodecCode::kProofMismatch, pair);
  return {};
}

Result<void> verify_pair(const Params& params, const BlobId& id, std::uint64_t len,
                         std::uint32_t pair, const PairEntry& entry, std::span<const Hash> path) {
  TRY(check_path(params, pair, path));
  if (blob_id(walk(entry.leaf(), pair, path), len) != id) return fail(CodecCode::kBlobIdMismatch);
  return {};
}

Result<void> check_symbol(const Params& params, std::uint32_t symbol_size, std::uint32_t index,
                          std::size_t symbol, std::size_t path) {
  if (index >= params.n()) return fail(CodecCode::kSymbolIndex, index, params.n());
  if (symbol != symbol_size) return fail(CodecCode::kSymbolLength, symbol, symbol_size);
  return check_length(params, path);
}

Result<void> verify_symbol(const Params& params, std::uint32_t symbol_size, const Hash& sliver,
                           std::uint32_t index, ByteView symbol, std::span<const Hash> path) {
  TRY(check_symbol(params, symbol_size, index, symbol.size(), path.size()));
  if (walk(base::merkle_leaf(symbol), index, path) != sliver)
    return fail(CodecCode::kProofMismatch, index);
  return {};
}

}  // namespace wald::shape
