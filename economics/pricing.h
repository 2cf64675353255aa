// SPDX-License-Identifier: Apache-2.0
// What storage costs and how big a blob becomes (S-1 to S-3, S-6). Bytes and units are u64, prices
// FROST per unit and epoch, 0..10^15. Errors: kBadSize, kBadRange, kOverflow, kCostAboveLimit,
// kBadShards, kBlobTooLarge. Thread rule: pure functions.
#pragma once

#include <optional>

#include "economics/amount.h"
#include "economics/basis_points.h"

namespace wald::economics {

inline constexpr std::uint64_t kMaxPrice = 1'000'000'000'000'000;
inline constexpr std::uint16_t kLeastShards = 4;
inline constexpr std::uint16_t kMostShards = 49'155;

// S-1: ceil(bytes / 2^20), any u64.
Units units(std::uint64_t bytes);

// S-2. Exact.
struct Quote {
  Units units;
  Amount per_epoch;
  Amount total;
};
Outcome<Quote> quote(std::uint64_t size, std::uint64_t price, std::uint64_t epochs,
                     std::uint64_t horizon, std::optional<Amount> max_cost = std::nullopt);

// S-3: write_price * units(encoded). kOverflow.
Outcome<Amount> write_fee(std::uint64_t encoded, std::uint64_t write_price);

// S-6: source symbols of n shards, the encoded length of a blob, and the longest blob.
struct SourceSymbols {
  std::uint32_t primary = 0;    // p = n - 2f
  std::uint32_t secondary = 0;  // s = n - f
};
Outcome<SourceSymbols> source_symbols(std::uint64_t shards);
Outcome<std::uint64_t> encoded_size(std::uint64_t length, std::uint64_t shards);
Outcome<std::uint64_t> max_blob_size(std::uint64_t shards);

}  // namespace wald::economics
