// SPDX-License-Identifier: Apache-2.0
#include "ledger/store.h"

#include <algorithm>
#include <cstring>

#include "codec/base/check.h"

namespace wald::ledger {
namespace {

bool begins_with(base::ByteView key, base::ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

constexpr std::size_t kFew = 32;  // changes that a map finds as fast as the index

}  // namespace

std::uint64_t hash_of(base::ByteView key) {
  std::uint64_t hash = key.size() * 0x9E3779B97F4A7C15u;
  for (std::size_t i = 0; i < key.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, key.data() + i, std::min<std::size_t>(8, key.size() - i));
    hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
    hash ^= hash >> 32;
  }
  return hash;
}

KeyIndex::Entry* KeyIndex::find(base::ByteView key) const {
  if (empty()) return nullptr;
  const std::uint64_t hash = hash_of(key);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at].entry != nullptr; at = (at + 1) & mask)
    if (slots_[at].hash == hash && base::equal(slots_[at].entry->first, key))
      return slots_[at].entry;
  return nullptr;
}

void KeyIndex::add(Entry& entry) {
  if (2 * (used_ + 1) > slots_.size()) {
    const auto old = std::exchange(
        slots_, std::vector<Slot>(std::max<std::size_t>(4 * kFew, 2 * slots_.size())));
    for (const Slot& slot : old)
      if (slot.entry != nullptr) place(slot);
  }
  place({hash_of(entry.first), &entry});
  ++used_;
}

void KeyIndex::place(const Slot& slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = slot.hash & mask;
  while (slots_[at].entry != nullptr) at = (at + 1) & mask;
  slots_[at] = slot;
}

const Overlay::Entry* Overlay::find(base::ByteView key) const {
  if (!index_.empty()) return index_.find(key);
  const auto at = changes_.find(key);
  return at == changes_.end() ? nullptr : &*at;
}

Overlay::Entry* Overlay::find(base::ByteView key) {
  return const_cast<Entry*>(std::as_const(*this).find(key));
}

void Overlay::insert_indexed(Entry& entry) {
  if (!index_.empty()) return index_.add(entry);
  if (changes_.size() <= kFew) return;
  for (Entry& each : changes_) index_.add(each);
}

std::optional<base::Bytes> Overlay::get(base::ByteView key) const {
  const Entry* known = find(key);
  return known != nullptr ? known->second : below_.get(key);
}

std::optional<base::ByteView> Overlay::look(base::ByteView key, base::Bytes& room) const {
  const Entry* known = find(key);
  if (known == nullptr) return below_.look(key, room);
  if (!known->second) return std::nullopt;
  return base::ByteView(*known->second);
}

void Overlay::put(base::ByteView key, base::Bytes value) { write(key, std::move(value)); }

void Overlay::erase(base::ByteView key) { write(key, std::nullopt); }

void Overlay::write(base::ByteView key, std::optional<base::Bytes> value) {
  WALD_CHECK(!key.empty() && key.size() <= 511);
  WALD_CHECK(!failed_);
  Entry* at = find(key);
  const bool known = at != nullptr;
  if (!known) {
    at = &*changes_.emplace_hint(changes_.lower_bound(key), base::Bytes(key.begin(), key.end()),
                                 std::nullopt);
    insert_indexed(*at);
  }
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
  child.index_ = {};
  while (!child.changes_.empty()) {
    auto node = child.changes_.extract(child.changes_.begin());
    if (Entry* known = find(node.key()))
      known->second = std::move(node.mapped());
    else
      insert_indexed(*changes_.insert(std::move(node)).position);
  }
}

// A merge of two ascending streams: pending changes win over what lies below.
void Overlay::scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const {
  const base::ByteView start = KeyLess()(prefix, from) ? from : prefix;
  auto mine = changes_.lower_bound(start);
  const auto end = changes_.end();
  bool stopped = false;
  const auto flush_below = [&](base::ByteView limit, bool bounded) {
    while (!stopped && mine != end && begins_with(mine->first, prefix) &&
           (!bounded || KeyLess()(mine->first, limit))) {
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
