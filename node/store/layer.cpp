// SPDX-License-Identifier: Apache-2.0
#include "node/store/layer.h"

#include <algorithm>
#include <cstring>

#include "codec/base/check.h"
#include "codec/base/strong.h"
#include "node/os/random.h"

namespace wald::store {
namespace {

constexpr std::size_t kFewRows = 64;  // overwritten ones that are not worth a copy

// Of table and key; salted anew in every process, so that nobody can choose keys that meet. Never
// leaves memory, and no order follows from it.
std::uint64_t hash_of(const RowPlace& at) {
  static const std::uint64_t kSalt = [] {
    std::uint64_t salt = 0;
    const auto bytes = os::random_bytes<8>();
    std::memcpy(&salt, bytes.data(), sizeof salt);
    return salt | 1;
  }();
  const auto mix = [](std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  std::uint64_t hash =
      mix(kSalt ^ at.key.size(), 0x9E3779B97F4A7C15u + static_cast<unsigned>(at.table));
  for (std::size_t i = 0; i < at.key.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at.key.data() + i, std::min<std::size_t>(8, at.key.size() - i));
    hash = mix(hash ^ word, kSalt ^ 0xE7037ED1A0B428DBu);
  }
  return hash;
}

}  // namespace

bool before(const RowPlace& a, const RowPlace& b) {
  if (a.table != b.table) return a.table < b.table;
  return std::lexicographical_compare(a.key.begin(), a.key.end(), b.key.begin(), b.key.end());
}

Layer::Head Layer::head_of(const Row& row) {
  Head head = static_cast<Head>(row.table);
  for (std::size_t i = 0; i < 15; ++i)
    head = head << 8 | (i < row.key.size() ? row.key[i] : std::uint8_t{0});
  return head;
}

bool Layer::before_row(std::size_t i, const Layer& other, std::size_t k) const {
  if (heads_[i] != other.heads_[k]) return heads_[i] < other.heads_[k];
  return before(place(rows_[i]), place(other.rows_[k]));
}

Layer::Layer(std::vector<Row> rows) : places_(0, HashOf{this}, SameRow{this}) {
  const auto owned = std::make_shared<const std::vector<Row>>(std::move(rows));
  owners_.push_back(owned);
  held_ = owned->size();
  // Sorted by the first bytes; a row is looked at only where these say nothing.
  std::vector<std::pair<Head, RowPtr>> order;
  order.reserve(owned->size());
  for (const Row& row : *owned) order.emplace_back(head_of(row), &row);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : before(place(a.second), place(b.second));
  });
  rows_.reserve(owned->size());
  heads_.reserve(owned->size());
  hashes_.reserve(owned->size());
  for (const auto& [head, row] : order) {
    WALD_CHECK(rows_.empty() || before(place(rows_.back()), place(row)));
    rows_.push_back(row);
    heads_.push_back(head);
    hashes_.push_back(hash_of(place(row)));
  }
  index();
}

void Layer::index() {
  WALD_CHECK(hashes_.size() == rows_.size());
  const auto count = base::narrow<std::uint32_t>(rows_.size());
  places_.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) places_.insert(i);
}

// Half of what is held is dead at the least, so over its life a row is copied about as often as
// one is overwritten.
void Layer::drop_overwritten() {
  if (held_ <= 2 * rows_.size() + kFewRows) return;
  auto own = std::make_shared<std::vector<Row>>();
  own->reserve(rows_.size());  // its rows stay where they are
  for (RowPtr& row : rows_) {
    own->push_back(*row);
    row = &own->back();
  }
  held_ = own->size();
  owners_.assign(1, std::move(own));
}

LayerPtr Layer::merge(const Layer& older, const Layer& newer) {
  auto out = std::make_shared<Layer>();
  out->owners_ = older.owners_;
  out->owners_.insert(out->owners_.end(), newer.owners_.begin(), newer.owners_.end());
  out->held_ = older.held_ + newer.held_;
  out->rows_.reserve(older.size() + newer.size());
  out->heads_.reserve(older.size() + newer.size());
  out->hashes_.reserve(older.size() + newer.size());
  const auto take = [&](const Layer& from, std::size_t i) {
    out->rows_.push_back(from.rows_[i]);
    out->heads_.push_back(from.heads_[i]);
    out->hashes_.push_back(from.hashes_[i]);
  };
  std::size_t a = 0;
  for (std::size_t i = 0; i < newer.size(); ++i) {
    while (a < older.size() && older.before_row(a, newer, i)) take(older, a++);
    if (a < older.size() && !newer.before_row(i, older, a)) ++a;
    take(newer, i);
  }
  while (a < older.size()) take(older, a++);
  out->drop_overwritten();
  out->index();
  return out;
}

std::size_t Layer::lower_bound(Table table, base::ByteView key) const {
  const auto at = std::lower_bound(
      rows_.begin(), rows_.end(), RowPlace{table, key},
      [](RowPtr row, const RowPlace& wanted) { return before(place(row), wanted); });
  return static_cast<std::size_t>(at - rows_.begin());
}

const Row* Layer::find(Table table, base::ByteView key) const {
  if (rows_.empty()) return nullptr;
  const auto at = places_.find(Wanted{hash_of({table, key}), {table, key}});
  return at == places_.end() ? nullptr : rows_[*at];
}

bool Layer::SameRow::operator()(const Wanted& wanted, std::uint32_t row) const {
  return layer->hashes_[row] == wanted.hash && layer->rows_[row]->table == wanted.place.table &&
         base::equal(layer->rows_[row]->key, wanted.place.key);
}

}  // namespace wald::store
