// SPDX-License-Identifier: Apache-2.0
#include "ledger/store.h"

#include <algorithm>

#include "codec/base/check.h"

namespace wald::ledger {
namespace {

bool begins_with(base::ByteView key, base::ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

bool less(base::ByteView a, base::ByteView b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

std::optional<base::Bytes> Overlay::get(base::ByteView key) const {
  const auto at = changes_.find(key);
  return at != changes_.end() ? at->second : below_.get(key);
}

std::optional<base::ByteView> Overlay::look(base::ByteView key, base::Bytes& room) const {
  const auto at = changes_.find(key);
  if (at == changes_.end()) return below_.look(key, room);
  if (!at->second) return std::nullopt;
  return base::ByteView(*at->second);
}

void Overlay::put(base::ByteView key, base::Bytes value) { write(key, std::move(value)); }

void Overlay::erase(base::ByteView key) { write(key, std::nullopt); }

void Overlay::write(base::ByteView key, std::optional<base::Bytes> value) {
  WALD_CHECK(!key.empty() && key.size() <= 511);
  WALD_CHECK(!failed_);
  auto at = changes_.lower_bound(key);
  const bool known = at != changes_.end() && base::equal(at->first, key);
  if (!known) at = changes_.emplace_hint(at, base::Bytes(key.begin(), key.end()), std::nullopt);
  if (wanted_ != nullptr && wanted_(key[0])) {
    const auto noted = journal_.lower_bound(key);
    if (noted == journal_.end() || !base::equal(noted->first, key))
      journal_.emplace_hint(noted, at->first,
                            known ? std::exchange(at->second, std::nullopt) : below_.get(key));
  }
  at->second = std::move(value);
}

void Overlay::absorb(Overlay& child) {
  WALD_CHECK(&child.below_ == this && !child.failed_);
  while (!child.changes_.empty()) {
    auto node = child.changes_.extract(child.changes_.begin());
    const auto at = changes_.lower_bound(node.key());
    if (at != changes_.end() && at->first == node.key())
      at->second = std::move(node.mapped());
    else
      changes_.insert(at, std::move(node));
  }
}

// A merge of two ascending streams: pending changes win over what lies below.
void Overlay::scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const {
  const base::ByteView start = less(prefix, from) ? from : prefix;
  auto mine = changes_.lower_bound(start);
  const auto end = changes_.end();
  bool stopped = false;
  const auto flush_below = [&](base::ByteView limit, bool bounded) {
    while (!stopped && mine != end && begins_with(mine->first, prefix) &&
           (!bounded || less(mine->first, limit))) {
      if (mine->second && !visit(mine->first, *mine->second)) stopped = true;
      ++mine;
    }
  };
  below_.scan(prefix, start, [&](base::ByteView key, base::ByteView value) {
    flush_below(key, true);
    if (stopped) return false;
    if (mine != end && base::equal(mine->first, key)) {
      if (mine->second && !visit(mine->first, *mine->second)) stopped = true;
      ++mine;
    } else if (!visit(key, value)) {
      stopped = true;
    }
    return !stopped;
  });
  if (!stopped) flush_below({}, false);
}

}  // namespace wald::ledger
