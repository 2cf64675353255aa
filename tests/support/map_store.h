// SPDX-License-Identifier: Apache-2.0
// A Reader over an ordered map: the state of tests and of the simulator.
#pragma once

#include <map>

#include "ledger/store.h"

namespace wald::tests {

// Keys as they lie, so that a look-up copies none.
struct KeyLess {
  using is_transparent = void;
  bool operator()(base::ByteView a, base::ByteView b) const {
    return base::as_text(a) < base::as_text(b);
  }
};

// Changes that a test puts together.
using ChangeMap = std::map<base::Bytes, std::optional<base::Bytes>>;
inline ledger::Changes changes_of(const ChangeMap& map) {
  std::vector<ledger::Change> out;
  out.reserve(map.size());
  for (const auto& [key, value] : map) {
    out.push_back({key, std::nullopt});
    if (value) out.back().value = *value;
  }
  return ledger::Changes(out);
}

class MapReader : public ledger::Reader {
 public:
  std::map<base::Bytes, base::Bytes, KeyLess> rows;

  std::optional<base::Bytes> get(base::ByteView key) const override {
    const auto at = rows.find(key);
    if (at == rows.end()) return std::nullopt;
    return at->second;
  }
  std::optional<base::ByteView> look(base::ByteView key, base::Bytes&) const override {
    const auto at = rows.find(key);
    if (at == rows.end()) return std::nullopt;
    return base::ByteView(at->second);
  }
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override {
    auto at = rows.lower_bound(KeyLess()(prefix, from) ? from : prefix);
    for (; at != rows.end(); ++at) {
      if (at->first.size() < prefix.size() ||
          !std::equal(prefix.begin(), prefix.end(), at->first.begin()))
        return;
      if (!visit(at->first, at->second)) return;
    }
  }
  void merge(const ledger::Changes& changes) {
    for (const auto& [key, value] : changes) {
      base::Bytes own(key.begin(), key.end());
      if (value)
        rows[std::move(own)].assign(value->begin(), value->end());
      else
        rows.erase(own);
    }
  }
};

}  // namespace wald::tests
