// SPDX-License-Identifier: Apache-2.0
#include "node/store/view.h"

#include <algorithm>

namespace wald::store {
namespace {

constexpr std::size_t kBatchRows = 256;
constexpr std::size_t kBatchBytes = 1u << 20;

bool has_prefix(base::ByteView key, base::ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}
bool less(base::ByteView a, base::ByteView b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

// A layer being walked within one table and prefix.
struct Walk {
  const Layer* layer;
  std::size_t at;

  const Row* row(Table table, base::ByteView prefix) const {
    if (at >= layer->size()) return nullptr;
    const Row& row = *layer->rows()[at];
    return row.table == table && has_prefix(row.key, prefix) ? &row : nullptr;
  }
};

}  // namespace

std::vector<LayerPtr> View::undone(std::uint64_t snapshot) const {
  std::vector<LayerPtr> out;
  if (generation_->id() >= snapshot) return out;
  std::shared_ptr<const Generation> at = generation_;
  while (at->id() < snapshot) {
    const Generation::Next next = at->next();
    WALD_CHECK(next.generation != nullptr);  // set before the commit that made the snapshot
    out.push_back(next.undo);
    at = next.generation;
  }
  return out;
}

std::optional<base::Bytes> View::get(Table table, base::ByteView key) const {
  base::Bytes room;
  const auto value = look(table, key, room);
  if (!value) return std::nullopt;
  if (value->data() == room.data()) return room;
  return base::Bytes(value->begin(), value->end());
}

std::optional<base::ByteView> View::look(Table table, base::ByteView key, base::Bytes& room) const {
  const auto in_room = [&](base::ByteView value) {
    room.assign(value.begin(), value.end());
    return base::ByteView(room);
  };
  if (past_) {
    WALD_CHECK(table == Table::kState);
    const auto value = past_->get(key, tip_.height);
    return value ? std::optional(in_room(*value)) : std::nullopt;
  }
  // A layer stays as long as this view, an undo layer may end before.
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer)
    if (const Row* row = (*layer)->find(table, key)) return row->value;
  const LmdbEnv::Read read(*env_);
  for (const LayerPtr& undo : undone(read.id()))
    if (const Row* row = undo->find(table, key))
      return row->value ? std::optional(in_room(*row->value)) : std::nullopt;
  const auto value = read.look(table, key);
  return value ? std::optional(in_room(*value)) : std::nullopt;
}

// Sources in the order of who is believed: newest layer .. oldest layer, oldest undo .. newest
// undo, then LMDB. At each step the smallest key is taken from the first source that has it.
bool View::read_batch(Table table, base::ByteView prefix, const base::Bytes& from,
                      KeyedRows& batch) const {
  if (past_) {
    WALD_CHECK(table == Table::kState);
    return past_->read_rows(prefix, from, tip_.height, batch);
  }
  const LmdbEnv::Read read(*env_);
  const std::vector<LayerPtr> undos = undone(read.id());
  std::vector<Walk> walks;
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer)
    walks.push_back({layer->get(), (*layer)->lower_bound(table, from)});
  for (const LayerPtr& undo : undos) walks.push_back({undo.get(), undo->lower_bound(table, from)});
  LmdbEnv::Cursor cursor(read, table, from);
  std::size_t bytes = 0;
  for (;;) {
    const Row* first = nullptr;
    for (const Walk& walk : walks) {
      const Row* row = walk.row(table, prefix);
      if (row != nullptr && (first == nullptr || less(row->key, first->key))) first = row;
    }
    const bool disk = cursor.valid() && has_prefix(cursor.key(), prefix);
    if (first == nullptr && !disk) return false;
    const bool disk_first = first == nullptr || (disk && less(cursor.key(), first->key));
    const base::ByteView at = disk_first ? cursor.key() : base::ByteView(first->key);
    const base::Bytes key(at.begin(), at.end());
    if (batch.rows.size() == kBatchRows || bytes > kBatchBytes) {
      batch.next_from = key;
      return true;
    }
    if (disk_first)
      batch.rows.emplace_back(key, base::Bytes(cursor.value().begin(), cursor.value().end()));
    else if (first->value)
      batch.rows.emplace_back(key, *first->value);
    if (disk_first || first->value) bytes += key.size() + batch.rows.back().second.size();
    for (Walk& walk : walks) {
      const Row* row = walk.row(table, prefix);
      if (row != nullptr && row->key == key) ++walk.at;
    }
    if (disk && base::equal(cursor.key(), key)) cursor.next();
  }
}

void View::scan(Table table, base::ByteView prefix, base::ByteView from, const Visit& visit) const {
  const base::ByteView start = less(prefix, from) ? from : prefix;
  base::Bytes at(start.begin(), start.end());
  for (bool more = true; more;) {
    KeyedRows batch;
    more = read_batch(table, prefix, at, batch);
    for (const auto& [key, value] : batch.rows)
      if (!visit(key, value)) return;
    at = std::move(batch.next_from);
  }
}

}  // namespace wald::store
