// SPDX-License-Identifier: Apache-2.0
// The shape of an encoded blob: how many shards, rows and columns, how long a symbol and a sliver
// are, and which shard holds which slivers. Rules K-1, K-2, K-4, K-5. Integer arithmetic in 64
// bits; lengths are bytes. A Params exists only for a legal shard count, so what takes one need not
// ask again; an index that is passed in with one must be below n (WALD_CHECK), and is tested by
// whoever reads it from outside. Values without threads.
#pragma once

#include "codec/base/ids.h"
#include "codec/shape/error.h"

namespace wald::shape {

using base::BlobId;
using base::Bytes;
using base::ByteView;
using base::Hash;
using base::PairIndex;
using base::ShardIndex;
using base::SliverIndex;

constexpr std::uint32_t kMinShards = 4;
constexpr std::uint32_t kMaxShards = 49'155;
constexpr std::uint32_t kMaxSymbolSize = 65'534;

// The two kinds of slivers; the values are those of the wire.
enum class Axis : std::uint8_t { kPrimary = 0, kSecondary = 1 };
constexpr Axis other(Axis axis) {
  return axis == Axis::kPrimary ? Axis::kSecondary : Axis::kPrimary;
}

class Params {
 public:
  static Result<Params> make(std::uint64_t shards);  // ShardCount

  std::uint32_t n() const { return n_; }
  std::uint32_t f() const { return (n_ - 1) / 3; }
  std::uint32_t p() const { return n_ - 2 * f(); }  // rows of data = symbols of a secondary sliver
  std::uint32_t s() const { return n_ - f(); }      // columns = symbols of a primary sliver

  // Symbols that a sliver of this axis stores, and how many slivers of it decode a blob.
  std::uint32_t symbols(Axis axis) const { return axis == Axis::kPrimary ? s() : p(); }
  std::uint32_t needed(Axis axis) const { return axis == Axis::kPrimary ? p() : s(); }

  std::uint64_t max_len() const;
  // K-2: even, 2 to 65,534, for a blob of `len` bytes. BlobTooLarge.
  Result<std::uint32_t> symbol_size(std::uint64_t len) const;
  // Body of one sliver. BlobTooLarge.
  Result<std::uint64_t> sliver_bytes(Axis axis, std::uint64_t len) const;

  friend bool operator==(const Params&, const Params&) = default;

 private:
  explicit Params(std::uint32_t n) : n_(n) {}
  std::uint32_t n_;
};

// K-5: the id read as a big-endian integer, mod n.
std::uint32_t rotation_offset(const Params& params, const BlobId& id);
ShardIndex shard_of_pair(const Params& params, const BlobId& id, PairIndex pair);
PairIndex pair_of_shard(const Params& params, const BlobId& id, ShardIndex shard);
// Pair i holds primary i and secondary n-1-i.
SliverIndex sliver_of_pair(const Params& params, Axis axis, PairIndex pair);
PairIndex pair_of_sliver(const Params& params, Axis axis, SliverIndex sliver);
// Both steps at once: what a shard holds of a blob, and who holds a sliver.
SliverIndex sliver_of_shard(const Params& params, const BlobId& id, Axis axis, ShardIndex shard);
ShardIndex shard_of_sliver(const Params& params, const BlobId& id, Axis axis, SliverIndex sliver);

}  // namespace wald::shape
