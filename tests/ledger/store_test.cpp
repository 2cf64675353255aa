// SPDX-License-Identifier: Apache-2.0
#include "ledger/store.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "tests/support/map_store.h"

using namespace wald;
using ledger::Overlay;

namespace {

using Rows = std::map<base::Bytes, base::Bytes, tests::KeyLess>;
Rows listing(const ledger::Reader& reader, base::ByteView prefix, base::ByteView from) {
  Rows out;
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
    Rows want;
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
    Rows part;
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
  overlay.put(base::Bytes{1, 9}, base::Bytes{9});
  int seen = 0;
  overlay.scan({}, {}, [&](base::ByteView, base::ByteView) { return ++seen < 3; });
  REQUIRE(seen == 3);
}

TEST_CASE("overlay: thousands of changes are found one by one, and absorbed",
          "[ledger][rule:A-10]") {
  base::Prng prng(12);
  tests::MapReader below;
  std::map<base::Bytes, std::optional<base::Bytes>> want;
  const auto key = [&] {
    // Of several lengths, many alike in their first bytes.
    base::Bytes out{4, 7, 7, 7, 7, 7, 7, 7};
    const base::Bytes rest = prng.bytes(1 + prng.below(2));
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
  };
  for (int i = 0; i < 500; ++i) {
    const auto k = key();
    below.rows[k] = prng.bytes(3);
    want[k] = below.rows[k];
  }
  Overlay outer(&below);
  for (int round = 0; round < 400; ++round) {
    Overlay inner(&outer);
    const int most = round % 50 == 0 ? 200 : 6;
    for (int i = 0; i < most; ++i) {
      const auto k = key();
      if (prng.below(4) == 0) {
        inner.erase(k);
        want[k] = std::nullopt;
      } else {
        want[k] = prng.bytes(prng.below(40));
        inner.put(k, *want[k]);
      }
    }
    base::Bytes room;
    for (int i = 0; i < 50; ++i) {
      const auto k = key();
      const auto at = want.find(k);
      const auto expected = at == want.end() ? std::nullopt : at->second;
      REQUIRE(inner.get(k) == expected);
      const auto seen = inner.look(k, room);
      REQUIRE(seen.has_value() == expected.has_value());
      REQUIRE((!seen || base::equal(*seen, *expected)));
    }
    outer.absorb(inner);
  }
  REQUIRE(outer.changes().size() > 1'000);
  const std::size_t count = outer.changes().size();
  below.merge(outer.take_changes());
  REQUIRE(count > 0);
  REQUIRE(outer.changes().empty());
  for (const auto& [k, v] : want) REQUIRE(outer.get(k) == v);
}
