// SPDX-License-Identifier: Apache-2.0
#include "codec/shape/layout.h"

namespace wald::shape {

Result<Params> Params::make(std::uint64_t shards) {
  if (shards < kMinShards || shards > kMaxShards)
    return fail(CodecCode::kShardCount, shards, kMinShards, kMaxShards);
  const Params params(static_cast<std::uint32_t>(shards));
  WALD_CHECK(params.p() >= 2 && params.s() > params.f() && params.p() > params.f());
  return params;
}

std::uint64_t Params::max_len() const { return std::uint64_t{p()} * s() * kMaxSymbolSize; }

Result<std::uint32_t> Params::symbol_size(std::uint64_t len) const {
  if (len > max_len()) return fail(CodecCode::kBlobTooLarge, len, max_len());
  const std::uint64_t cells = std::uint64_t{p()} * s();
  const std::uint64_t bytes = std::max<std::uint64_t>(len, 1);
  std::uint64_t z = bytes / cells + (bytes % cells != 0 ? 1 : 0);
  z += z % 2;
  WALD_CHECK(z >= 2 && z <= kMaxSymbolSize);
  return static_cast<std::uint32_t>(z);
}

Result<std::uint64_t> Params::sliver_bytes(Axis axis, std::uint64_t len) const {
  TRY_ASSIGN(const std::uint64_t z, symbol_size(len));
  return z * symbols(axis);
}

std::uint32_t rotation_offset(const Params& params, const BlobId& id) {
  std::uint32_t offset = 0;
  for (const std::uint8_t byte : id.bytes()) offset = (offset * 256 + byte) % params.n();
  return offset;
}

ShardIndex shard_of_pair(const Params& params, const BlobId& id, PairIndex pair) {
  WALD_CHECK(pair.value() < params.n());
  const std::uint32_t shard = (pair.value() + rotation_offset(params, id)) % params.n();
  return ShardIndex(static_cast<std::uint16_t>(shard));
}

PairIndex pair_of_shard(const Params& params, const BlobId& id, ShardIndex shard) {
  WALD_CHECK(shard.value() < params.n());
  const std::uint32_t back = params.n() - rotation_offset(params, id);
  return PairIndex(static_cast<std::uint16_t>((shard.value() + back) % params.n()));
}

SliverIndex sliver_of_pair(const Params& params, Axis axis, PairIndex pair) {
  WALD_CHECK(pair.value() < params.n());
  const std::uint32_t at = axis == Axis::kPrimary ? pair.value() : params.n() - 1 - pair.value();
  return SliverIndex(static_cast<std::uint16_t>(at));
}

PairIndex pair_of_sliver(const Params& params, Axis axis, SliverIndex sliver) {
  // The mirror is its own inverse.
  return PairIndex(sliver_of_pair(params, axis, PairIndex(sliver.value())).value());
}

SliverIndex sliver_of_shard(const Params& params, const BlobId& id, Axis axis, ShardIndex shard) {
  return sliver_of_pair(params, axis, pair_of_shard(params, id, shard));
}

ShardIndex shard_of_sliver(const Params& params, const BlobId& id, Axis axis, SliverIndex sliver) {
  return shard_of_pair(params, id, pair_of_sliver(params, axis, sliver));
}

}  // namespace wald::shape
