// SPDX-License-Identifier: Apache-2.0
// The codec of one shard count: Walrus RS2, bit for bit (K-3, K-4, K-6 to K-14). Make one Codec per
// count and pass it to everything in encoder.h, decoder.h and recovery.h; it is constant, cheap to
// copy and fit for any thread. Bodies and symbols are bytes; symbol size z is even, 2 to 65,534.
// No function here or there aborts on foreign bytes: a SliverView may hold anything, and each
// function says what it checks. Errors: shape::CodecError.
#pragma once

#include <memory>

#include "codec/shape/bcs.h"

namespace wald::codec {

using base::Bytes;
using base::ByteView;
using base::Hash;
using shape::Axis;
using shape::CodecCode;
using shape::CodecError;
using shape::Metadata;
using shape::Params;
using shape::Result;
using shape::SliverIndex;

class LineCode;

class Codec {
 public:
  explicit Codec(const Params& params);
  // For a shard count from outside: ShardCount.
  static Result<Codec> make(std::uint64_t shards);

  const Params& params() const { return params_; }
  // The code along a sliver of this axis: it expands the sliver, and rebuilds it from symbols.
  const LineCode& along(Axis axis) const;
  // The code across: it rebuilds a blob from slivers of this axis.
  const LineCode& across(Axis axis) const { return along(shape::other(axis)); }

 private:
  struct Lines;
  Params params_;
  std::shared_ptr<const Lines> lines_;
};

// A sliver that lies somewhere in memory, as it came in: nothing is checked yet.
struct SliverView {
  Axis axis = Axis::kPrimary;
  std::uint32_t index = 0;
  std::uint32_t symbol_size = 0;
  ByteView body;
};
SliverView view(Axis axis, const shape::SliverData& data);
shape::SliverData to_data(const SliverView& sliver);  // index and symbol size fit 16 bits (CHECK)

// Index, body length and symbol size against n and len: SliverIndex, SliverLength, SymbolSize, in
// this order; BlobTooLarge. What all functions below that take a view ask for first.
Result<void> check_form(const Params& params, std::uint64_t len, const SliverView& sliver);

// All n symbols of the sliver's row or column, one after the other (K-4); form already checked.
Bytes expand(const Codec& codec, const SliverView& sliver);

// K-14: symbol `index` of the sliver's row or column into `out` (z bytes); form already checked and
// index below n (WALD_CHECK).
void symbol(const Codec& codec, const SliverView& sliver, std::uint32_t index,
            std::span<std::uint8_t> out);

// The Merkle tree over all n symbols of a sliver: its hash, and a path for each symbol. About 64
// bytes times n; keep it for slivers that are asked for often.
class SliverTree {
 public:
  static SliverTree build(const Codec& codec, const SliverView& sliver);  // form already checked
  Hash root() const { return tree_.root(); }
  std::vector<Hash> path(std::uint32_t index) const { return tree_.path(index); }  // index < n

 private:
  explicit SliverTree(base::MerkleTree tree) : tree_(std::move(tree)) {}
  base::MerkleTree tree_;
};

// K-21 for a sliver: its form, then its hash. SliverHash {axis, index} if it is another sliver than
// the one committed to. The metadata are verified already (n entries: WALD_CHECK).
Result<void> verify_sliver(const Codec& codec, const Metadata& metadata, const SliverView& sliver);

}  // namespace wald::codec
