// SPDX-License-Identifier: Apache-2.0
// A Reader over an ordered map: the state of tests and of the simulator.
#pragma once

#include <map>

#include "ledger/store.h"

namespace wald::tests {

class MapReader : public ledger::Reader {
 public:
  std::map<base::Bytes, base::Bytes> rows;

  std::optional<base::Bytes> get(base::ByteView key) const override {
    const auto at = rows.find(base::Bytes(key.begin(), key.end()));
    if (at == rows.end()) return std::nullopt;
    return at->second;
  }
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override {
    const base::Bytes low(prefix.begin(), prefix.end());
    auto at = rows.lower_bound(std::max(low, base::Bytes(from.begin(), from.end())));
    for (; at != rows.end(); ++at) {
      if (at->first.size() < low.size() || !std::equal(low.begin(), low.end(), at->first.begin()))
        return;
      if (!visit(at->first, at->second)) return;
    }
  }
  void merge(const ledger::Overlay::Changes& changes) {
    for (const auto& [key, value] : changes) {
      if (value)
        rows.insert_or_assign(key, *value);
      else
        rows.erase(key);
    }
  }
};

}  // namespace wald::tests
