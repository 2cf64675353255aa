// SPDX-License-Identifier: Apache-2.0
#include "node/storage/symbol_list.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"

using namespace wald;

namespace {

std::vector<shape::GeneralRecoverySymbol> sample(base::Prng& prng, std::size_t count) {
  std::vector<shape::GeneralRecoverySymbol> out(count);
  for (auto& symbol : out) {
    symbol.target_axis = prng.below(2) == 0 ? shape::Axis::kPrimary : shape::Axis::kSecondary;
    symbol.symbol.source = base::SliverIndex(static_cast<std::uint16_t>(prng.below(1000)));
    symbol.symbol.symbol = prng.bytes(static_cast<std::size_t>(prng.below(300)));
    symbol.target = base::SliverIndex(static_cast<std::uint16_t>(prng.below(1000)));
    for (std::uint64_t i = prng.below(5); i > 0; --i) {
      shape::Node node;
      node.empty = prng.below(2) == 0;
      if (!node.empty) node.digest = base::Hash::from(prng.bytes(32));
      symbol.proof.push_back(node);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("symbol list: what is written is read back, and nothing shorter or longer",
          "[node][storage][rule:K-19]") {
  base::Prng prng(5);
  for (const std::size_t count : {0u, 1u, 2u, 7u, 130u}) {
    const auto symbols = sample(prng, count);
    base::Bytes bytes = storage::to_bytes(symbols);
    REQUIRE(storage::symbols_from_bytes(bytes).value() == symbols);
    const base::ByteView all(bytes);
    for (std::size_t cut = 0; cut < std::min<std::size_t>(bytes.size(), 900); ++cut)
      REQUIRE_FALSE(storage::symbols_from_bytes(all.first(cut)).ok());
    bytes.push_back(0);
    REQUIRE_FALSE(storage::symbols_from_bytes(bytes).ok());
  }
}

TEST_CASE("symbol list: mutated bytes are refused or mean exactly what they say",
          "[node][storage][rule:K-19]") {
  base::Prng prng(6);
  const base::Bytes good = storage::to_bytes(sample(prng, 3));
  for (int i = 0; i < 2'000; ++i) {
    base::Bytes bytes = good;
    bytes[prng.below(bytes.size())] = static_cast<std::uint8_t>(prng.next());
    const auto read = storage::symbols_from_bytes(bytes);
    if (read.ok()) REQUIRE(storage::to_bytes(*read) == bytes);
  }
  // A count or length without bytes behind it allocates nothing and is refused.
  REQUIRE_FALSE(storage::symbols_from_bytes(base::Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0x0F}).ok());
  REQUIRE_FALSE(storage::symbols_from_bytes(base::Bytes{0x80, 0x00}).ok());
}
