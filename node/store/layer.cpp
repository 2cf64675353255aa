// SPDX-License-Identifier: Apache-2.0
#include "node/store/layer.h"

#include <algorithm>

#include "codec/base/check.h"

namespace wald::store {

bool before(const RowPlace& a, const RowPlace& b) {
  if (a.table != b.table) return a.table < b.table;
  return std::lexicographical_compare(a.key.begin(), a.key.end(), b.key.begin(), b.key.end());
}

Layer::Layer(std::vector<RowPtr> rows) : rows_(std::move(rows)) {
  const auto less = [](const RowPtr& a, const RowPtr& b) { return before(place(a), place(b)); };
  if (!std::is_sorted(rows_.begin(), rows_.end(), less))
    std::sort(rows_.begin(), rows_.end(), less);
  for (std::size_t i = 1; i < rows_.size(); ++i)
    WALD_CHECK(before(place(rows_[i - 1]), place(rows_[i])));
}

LayerPtr Layer::merge(const Layer& older, const Layer& newer) {
  auto out = std::make_shared<Layer>();
  out->rows_.reserve(older.size() + newer.size());
  auto a = older.rows_.begin();
  for (const RowPtr& row : newer.rows_) {
    while (a != older.rows_.end() && before(place(*a), place(row))) out->rows_.push_back(*a++);
    if (a != older.rows_.end() && !before(place(row), place(*a))) ++a;
    out->rows_.push_back(row);
  }
  out->rows_.insert(out->rows_.end(), a, older.rows_.end());
  return out;
}

std::size_t Layer::lower_bound(Table table, base::ByteView key) const {
  const auto at = std::lower_bound(
      rows_.begin(), rows_.end(), RowPlace{table, key},
      [](const RowPtr& row, const RowPlace& wanted) { return before(place(row), wanted); });
  return static_cast<std::size_t>(at - rows_.begin());
}

const Row* Layer::find(Table table, base::ByteView key) const {
  const std::size_t at = lower_bound(table, key);
  if (at == rows_.size() || before({table, key}, place(rows_[at]))) return nullptr;
  return rows_[at].get();
}

}  // namespace wald::store
