// SPDX-License-Identifier: Apache-2.0
// The state as a plain map, for tests of the store: what changes make of it, and what a view shows.
#pragma once

#include <catch2/catch.hpp>
#include <map>

#include "codec/base/hash.h"
#include "codec/base/prng.h"
#include "ledger/tree/state_tree.h"
#include "node/store/view.h"
#include "tests/support/map_store.h"

namespace wald::store {

using Model = std::map<base::Bytes, base::Bytes>;

inline void bring_along(Model& model, const tests::ChangeMap& changes) {
  for (const auto& [key, value] : changes) {
    if (value)
      model[key] = *value;
    else
      model.erase(key);
  }
}

inline std::shared_ptr<const ledger::StateTree> tree_after(const View& view,
                                                           const tests::ChangeMap& map) {
  std::vector<ledger::StateTree::Change> changes;
  changes.reserve(map.size());
  for (const auto& [key, value] : map)
    changes.push_back({key, value ? std::optional(base::blake2b(*value)) : std::nullopt});
  return std::make_shared<const ledger::StateTree>(view.tree().apply(changes));
}

// At most so many, a quarter of them erasures; key_of() makes a key of a number below `keys`.
inline tests::ChangeMap random_changes(base::Prng& prng, std::uint64_t keys, std::uint64_t most,
                                       base::Bytes (*key_of)(std::uint64_t)) {
  tests::ChangeMap out;
  for (std::uint64_t n = prng.below(most) + 1; n > 0; --n) {
    std::optional<base::Bytes> value;
    if (prng.below(4) != 0) value = prng.bytes(prng.below(60));
    out[key_of(prng.below(keys))] = value;
  }
  return out;
}

inline Model all_of(const View& view, base::ByteView prefix = {}, base::ByteView from = {}) {
  Model out;
  base::Bytes last;
  view.scan(prefix, from, [&](base::ByteView key, base::ByteView value) {
    const base::Bytes k(key.begin(), key.end());
    REQUIRE((out.empty() || last < k));
    last = k;
    out[k] = base::Bytes(value.begin(), value.end());
    return true;
  });
  return out;
}

}  // namespace wald::store
