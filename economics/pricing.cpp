// SPDX-License-Identifier: Apache-2.0
#include "economics/pricing.h"

#include "codec/base/mutant.h"
#include "economics/governance.h"

namespace wald::economics {
namespace {

constexpr std::uint64_t kUnitBits = 20;
constexpr std::uint64_t kMaxSymbol = 65'534;  // largest even u16

}  // namespace

Units units(std::uint64_t bytes) {
  const std::uint64_t whole = bytes >> kUnitBits;
  if (base::mutate("I18")) return Units(whole);
  const bool rest = (bytes & ((std::uint64_t{1} << kUnitBits) - 1)) != 0;
  return Units(whole + (rest ? 1 : 0));
}

Outcome<Quote> quote(std::uint64_t size, std::uint64_t price, std::uint64_t epochs,
                     std::uint64_t horizon, std::optional<Amount> max_cost) {
  if (size == 0) return base::Err{Refusal::kBadSize};
  if (epochs == 0 || epochs > horizon) return base::Err{Refusal::kBadRange};
  Quote quoted;
  quoted.units = units(size);
  TRY_ASSIGN(const std::uint64_t each,
             mul_div(price, quoted.units.value(), 1, Round::kDown, kMaxAmount));
  quoted.per_epoch = Amount::of(each);
  TRY_ASSIGN(quoted.total, quoted.per_epoch.mul_div(epochs, 1, Round::kDown));
  WALD_CHECK(quoted.units.value() >= 1 && quoted.per_epoch <= quoted.total);
  if (max_cost && quoted.total > *max_cost) return base::Err{Refusal::kCostAboveLimit};
  return quoted;
}

Outcome<Amount> write_fee(std::uint64_t encoded, std::uint64_t write_price) {
  TRY_ASSIGN(const std::uint64_t fee,
             mul_div(write_price, units(encoded).value(), 1, Round::kDown, kMaxAmount));
  return Amount::of(fee);
}

Outcome<SourceSymbols> source_symbols(std::uint64_t shards) {
  if (shards < kLeastShards || shards > kMostShards) return base::Err{Refusal::kBadShards};
  const auto n = static_cast<std::uint32_t>(shards);
  const std::uint32_t f = max_faulty(static_cast<std::uint16_t>(n));
  return SourceSymbols{n - 2 * f, n - f};
}

Outcome<std::uint64_t> encoded_size(std::uint64_t length, std::uint64_t shards) {
  TRY_ASSIGN(const SourceSymbols source, source_symbols(shards));
  const std::uint64_t cells = std::uint64_t{source.primary} * source.secondary;
  const std::uint64_t bytes = length == 0 ? 1 : length;
  std::uint64_t symbol = (bytes - 1) / cells + 1;
  symbol += symbol % 2;
  if (symbol > kMaxSymbol) return base::Err{Refusal::kBlobTooLarge};
  WALD_CHECK(cells >= 1 && symbol >= 2);
  const std::uint64_t pair = (source.primary + source.secondary) * symbol;
  return shards * (pair + 64 * shards + 32);  // below 2^50 for every legal input
}

Outcome<std::uint64_t> max_blob_size(std::uint64_t shards) {
  TRY_ASSIGN(const SourceSymbols source, source_symbols(shards));
  return kMaxSymbol * source.primary * source.secondary;
}

}  // namespace wald::economics
