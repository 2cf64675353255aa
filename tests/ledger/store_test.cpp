// SPDX-License-Identifier: Apache-2.0
#include "ledger/store.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "tests/support/map_store.h"

using namespace wald;
using ledger::Overlay;

namespace {
std::map<base::Bytes, base::Bytes> listing(const ledger::Reader& reader, base::ByteView prefix,
                                           base::ByteView from) {
  std::map<base::Bytes, base::Bytes> out;
  base::Bytes last;
  reader.scan(prefix, from, [&](base::ByteView k, base::ByteView v) {
    base::Bytes key(k.begin(), k.end());
    REQUIRE((out.empty() || last < key));
    last = key;
    out.emplace(std::move(key), base::Bytes(v.begin(), v.end()));
    return true;
  });
  return out;
}
}  // namespace

TEST_CASE("overlay: two nested overlays show what a plain map shows", "[ledger][rule:A-10]") {
  base::Prng prng(11);
  for (int round = 0; round < 200; ++round) {
    tests::MapReader below;
    std::map<base::Bytes, base::Bytes> want;
    const auto key = [&] {
      return base::Bytes{static_cast<std::uint8_t>(prng.below(3)),
                         static_cast<std::uint8_t>(prng.below(6))};
    };
    for (int i = 0; i < 8; ++i) {
      const auto k = key();
      below.rows[k] = want[k] = prng.bytes(3);
    }
    Overlay outer(&below);
    Overlay inner(&outer);
    const auto change = [&](Overlay& o) {
      for (int i = 0; i < 6; ++i) {
        const auto k = key();
        if (prng.below(3) == 0) {
          o.erase(k);
          want.erase(k);
        } else {
          want[k] = prng.bytes(2);
          o.put(k, want[k]);
        }
      }
    };
    change(outer);
    change(inner);
    REQUIRE(listing(inner, {}, {}) == want);
    const base::Bytes prefix{1};
    const base::Bytes from{1, 3};
    std::map<base::Bytes, base::Bytes> part;
    for (const auto& [k, v] : want)
      if (k[0] == 1 && k >= from) part[k] = v;
    REQUIRE(listing(inner, prefix, from) == part);
    for (const auto& [k, v] : want) REQUIRE(inner.get(k) == v);
    outer.absorb(inner);
    below.merge(outer.changes());
    REQUIRE(below.rows == want);
  }
}

TEST_CASE("overlay: a scan stops when told", "[ledger]") {
  tests::MapReader below;
  for (std::uint8_t i = 0; i < 5; ++i) below.rows[{1, i}] = {i};
  Overlay overlay(&below);
  overlay.put(base::Bytes{1, 9}, {9});
  int seen = 0;
  overlay.scan({}, {}, [&](base::ByteView, base::ByteView) { return ++seen < 3; });
  REQUIRE(seen == 3);
}
