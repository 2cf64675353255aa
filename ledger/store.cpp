// SPDX-License-Identifier: Apache-2.0
#include "ledger/store.h"

#include <algorithm>
#include <new>

#include "codec/base/check.h"

namespace wald::ledger {

std::optional<base::Bytes> Overlay::get(base::ByteView key) const {
  const Row* known = rows_.find(key);
  if (known == nullptr) return below_.get(key);
  if (!known->value) return std::nullopt;
  return base::Bytes(known->value->begin(), known->value->end());
}

std::optional<base::ByteView> Overlay::look(base::ByteView key, base::Bytes& room) const {
  const Row* known = rows_.find(key);
  return known != nullptr ? known->value : below_.look(key, room);
}

void Overlay::put(base::ByteView key, base::ByteView value) { write(key, value); }

void Overlay::erase(base::ByteView key) { write(key, std::nullopt); }

void Overlay::write(base::ByteView key, const std::optional<base::ByteView>& value) {
  WALD_CHECK(!key.empty() && key.size() <= 511);
  WALD_CHECK(!failed_);
  Row* known = rows_.find(key);
  if (wanted_ != nullptr && wanted_(key[0]) && (known == nullptr || !known->is_noted))
    known = &noted_row(known, key);
  else if (known == nullptr)
    known = &rows_.add(key);
  rows_.set(*known, value);
}

// The row, its value noted as it was.
Overlay::Row& Overlay::noted_row(Row* known, base::ByteView key) {
  std::optional<base::ByteView> was;
  if (known != nullptr) {
    was = known->value;
  } else {
    // What lies below may be written before the journal is drained.
    base::Bytes room;
    was = below_.look(key, room);
    if (was) was = rows_.copy(*was);
    known = &rows_.add(key);
  }
  rows_.note(*known, was);
  known->next_noted = std::exchange(noted_, known);
  ++noted_count_;
  return *known;
}

Overlay::Journal Overlay::drain_journal() {
  if (noted_count_ == 0) return {};
  const std::size_t count = std::exchange(noted_count_, 0);
  auto* const list = static_cast<Noted*>(rows_.take(count * sizeof(Noted)));
  std::size_t at = 0;
  for (Row* row = std::exchange(noted_, nullptr); row != nullptr; row = row->next_noted) {
    new (list + at++) Noted{row->key, row->noted};
    row->is_noted = false;
  }
  WALD_CHECK(at == count);
  std::sort(list, list + count,
            [](const Noted& a, const Noted& b) { return KeyLess()(a.key, b.key); });
  return {list, count};
}

void Overlay::absorb(Overlay& child) {
  WALD_CHECK(&child.below_ == this && !child.failed_);
  for (const Row* row = child.rows_.last(); row != nullptr; row = row->before) {
    Row* known = rows_.find(row->key);
    if (known == nullptr) known = &rows_.add(row->key);
    rows_.set(*known, row->value);
  }
  child.rows_.clear();
  child.noted_ = nullptr;
  child.noted_count_ = 0;
}

bool Overlay::wrote(std::uint8_t table) const {
  for (const Row* row = rows_.last(); row != nullptr; row = row->before)
    if (row->key[0] == table) return true;
  return false;
}

Changes Overlay::changes() const {
  std::vector<Change> room;
  return Changes(list(room));
}

Changes Overlay::take_changes() {
  Changes out = changes();
  rows_.clear();
  noted_ = nullptr;
  noted_count_ = 0;
  return out;
}

// A merge of two ascending streams: pending changes win over what lies below.
void Overlay::scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const {
  const base::ByteView start = KeyLess()(prefix, from) ? from : prefix;
  Rows::Cursor mine(rows_, prefix, start);
  bool stopped = false;
  const auto flush_below = [&](base::ByteView limit, bool bounded) {
    for (; !stopped && mine.row() != nullptr && (!bounded || KeyLess()(mine.row()->key, limit));
         mine.next())
      if (mine.row()->value && !visit(mine.row()->key, *mine.row()->value)) stopped = true;
  };
  below_.scan(prefix, start, [&](base::ByteView key, base::ByteView value) {
    flush_below(key, true);
    if (stopped) return false;
    if (mine.row() != nullptr && base::equal(mine.row()->key, key)) {
      if (mine.row()->value && !visit(key, *mine.row()->value)) stopped = true;
      mine.next();
    } else if (!visit(key, value)) {
      stopped = true;
    }
    return !stopped;
  });
  if (!stopped) flush_below({}, false);
}

}  // namespace wald::ledger
