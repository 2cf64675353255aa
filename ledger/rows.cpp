// SPDX-License-Identifier: Apache-2.0
#include "ledger/rows.h"

#include <cstddef>
#include <new>

#include "codec/base/check.h"

namespace wald::ledger {
namespace {

bool begins_with(base::ByteView key, base::ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

__extension__ typedef unsigned __int128 U128;
constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;

// The first bytes as a number: smaller ones come first, equal ones say nothing.
std::uint64_t head_of(base::ByteView key) {
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < 8; ++i) head = head << 8 | (i < key.size() ? key[i] : 0u);
  return head;
}

}  // namespace

std::uint64_t hash_of(base::ByteView key) {
  // Where the process lies is not known outside of it, so nobody can choose keys that collide.
  static const std::uint64_t seed = reinterpret_cast<std::uintptr_t>(&seed) * kSpread;
  std::uint64_t hash = seed ^ key.size();
  for (std::size_t i = 0; i < key.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, key.data() + i, std::min<std::size_t>(8, key.size() - i));
    const U128 product = U128{hash ^ word} * kSpread;
    hash = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  return hash;
}

// The bytes follow.
struct Memory::Piece {
  Piece* before;
  std::size_t size;  // with this
};

// Pieces that nobody uses: small ones for transactions, large ones for blocks, at most so many of
// each. It needs no destructor, so that it outlives all that lives in a thread.
struct Memory::Pool {
  static constexpr std::size_t kSmall = 8 * 1024;
  static constexpr std::size_t kLarge = 1024 * 1024;
  static constexpr std::size_t kMost = 16;

  struct Shelf {
    Piece* free = nullptr;
    std::size_t count = 0;
  };
  Shelf small;
  Shelf large;
  bool closed = false;

  Shelf* shelf_of(std::size_t size) {
    if (size == kSmall) return &small;
    return size == kLarge ? &large : nullptr;
  }
  Piece* give(std::size_t size) {
    Shelf* const shelf = shelf_of(size);
    if (shelf != nullptr && shelf->free != nullptr) {
      --shelf->count;
      return std::exchange(shelf->free, shelf->free->before);
    }
    return new (::operator new(size)) Piece{nullptr, size};
  }
  void take_back(Piece* piece) {
    Shelf* const shelf = shelf_of(piece->size);
    if (shelf == nullptr || shelf->count == kMost || closed) {
      ::operator delete(static_cast<void*>(piece));
      return;
    }
    piece->before = std::exchange(shelf->free, piece);
    ++shelf->count;
  }
  void close() {
    closed = true;
    for (Shelf* const shelf : {&small, &large})
      while (Piece* const piece = shelf->free) {
        shelf->free = piece->before;
        ::operator delete(static_cast<void*>(piece));
      }
  }
};

Memory::Pool& Memory::pool() {
  struct AtEnd {
    Pool* pool;
    ~AtEnd() { pool->close(); }
  };
  thread_local Pool of_thread;
  thread_local const AtEnd at_end{&of_thread};
  static_cast<void>(at_end);
  return of_thread;
}

void* Memory::take(std::size_t bytes) {
  constexpr std::size_t kAlign = alignof(std::max_align_t);
  const std::size_t wanted = (bytes + kAlign - 1) / kAlign * kAlign;
  if (last_ == nullptr || last_->size - used_ < wanted) {
    std::size_t size = Pool::kSmall;
    if (last_ != nullptr) size = std::min(Pool::kLarge, 2 * last_->size);
    Piece* const made = pool().give(std::max(size, sizeof(Piece) + wanted));
    made->before = std::exchange(last_, made);
    used_ = sizeof(Piece);
  }
  std::uint8_t* const at = reinterpret_cast<std::uint8_t*>(last_) + used_;
  used_ += wanted;
  return at;
}

base::ByteView Memory::copy(base::ByteView bytes) {
  if (bytes.empty()) return {};
  void* const to = take(bytes.size());
  std::memcpy(to, bytes.data(), bytes.size());
  return {static_cast<const std::uint8_t*>(to), bytes.size()};
}

void Memory::clear() {
  while (last_ != nullptr) {
    Piece* const piece = std::exchange(last_, last_->before);
    pool().take_back(piece);
  }
  used_ = 0;
}

Changes::Changes(std::span<const Change> ascending) {
  if (ascending.empty()) return;
  const auto data = std::make_shared<Data>();
  std::size_t size = 0;
  for (const Change& change : ascending)
    size += change.key.size() + (change.value ? change.value->size() : 0);
  data->bytes.reserve(size);  // views of it follow
  data->list.reserve(ascending.size());
  const auto copy = [&](base::ByteView bytes) {
    const std::size_t at = data->bytes.size();
    data->bytes.insert(data->bytes.end(), bytes.begin(), bytes.end());
    return base::ByteView(data->bytes.data() + at, bytes.size());
  };
  for (const Change& change : ascending) {
    WALD_CHECK(data->list.empty() || KeyLess()(data->list.back().key, change.key));
    const base::ByteView key = copy(change.key);
    data->list.push_back({key, std::nullopt});
    if (change.value) data->list.back().value = copy(*change.value);
  }
  WALD_CHECK(data->bytes.size() == size);
  list_ = data->list;
  data_ = data;
}

const Change* Changes::find(base::ByteView key) const {
  const auto at = std::lower_bound(
      list_.begin(), list_.end(), key,
      [](const Change& change, base::ByteView wanted) { return KeyLess()(change.key, wanted); });
  return at != list_.end() && base::equal(at->key, key) ? &*at : nullptr;
}

Rows::Row* Rows::find(base::ByteView key) const {
  if (!many_) {
    for (Row* row = last_; row != nullptr; row = row->before)
      if (row->key.size() == key.size() &&
          std::memcmp(row->key.data(), key.data(), key.size()) == 0)
        return row;
    return nullptr;
  }
  const std::uint64_t hash = hash_of(key);
  const auto& slots = many_->slots;
  const std::size_t mask = slots.size() - 1;
  for (std::size_t at = hash & mask; slots[at].row != nullptr; at = (at + 1) & mask)
    if (slots[at].hash == hash && base::equal(slots[at].row->key, key)) return slots[at].row;
  return nullptr;
}

Rows::Row& Rows::add(base::ByteView key) {
  WALD_CHECK(!key.empty());
  Row& row = *new (memory_.take(sizeof(Row))) Row();
  row.key = memory_.copy(key);
  row.before = std::exchange(last_, &row);
  ++size_;
  if (many_) {
    enter(row);
  } else if (size_ > kFew) {
    many_ = std::make_unique<Many>();
    for (Row* each = last_; each != nullptr; each = each->before) enter(*each);
  }
  return row;
}

void Rows::enter(Row& row) {
  auto& slots = many_->slots;
  if (2 * (size_ + 1) > slots.size()) {
    const auto old =
        std::exchange(slots, std::vector<Slot>(std::max<std::size_t>(8 * kFew, 2 * slots.size())));
    for (const Slot& slot : old)
      if (slot.row != nullptr) place(slots, slot);
  }
  place(slots, {hash_of(row.key), &row});
  row.next_waiting = std::exchange(many_->waiting[row.key[0]], &row);
}

void Rows::place(std::vector<Slot>& slots, const Slot& slot) {
  const std::size_t mask = slots.size() - 1;
  std::size_t at = slot.hash & mask;
  while (slots[at].row != nullptr) at = (at + 1) & mask;
  slots[at] = slot;
}

void Rows::put_in_order(Many& many, std::size_t table) {
  for (Row* row = std::exchange(many.waiting[table], nullptr); row != nullptr;
       row = row->next_waiting)
    many.order.emplace(row->key, row);
}

void Rows::set(Row& row, const std::optional<base::ByteView>& value) {
  if (!value) {
    row.value.reset();
    return;
  }
  const std::size_t size = value->size();
  if (size > row.room) {
    row.place = static_cast<std::uint8_t*>(memory_.take(size));
    row.room = size;
  }
  // It may be a view of what lies there.
  if (size > 0) std::memmove(row.place, value->data(), size);
  row.value = base::ByteView(row.place, size);
}

void Rows::note(Row& row, const std::optional<base::ByteView>& value) {
  row.noted = value;
  row.is_noted = true;
  row.place = nullptr;
  row.room = 0;
}

void Rows::clear() {
  many_.reset();
  last_ = nullptr;
  size_ = 0;
  memory_.clear();
}

void Rows::list(std::vector<Change>& room) const {
  room.clear();
  if (!many_) {
    for (const Row* row = last_; row != nullptr; row = row->before)
      room.push_back({row->key, row->value});
    std::sort(room.begin(), room.end(),
              [](const Change& a, const Change& b) { return KeyLess()(a.key, b.key); });
    return;
  }
  struct Head {
    std::uint64_t head;
    const Row* row;
  };
  std::vector<Head> heads;
  heads.reserve(size_);
  for (const Row* row = last_; row != nullptr; row = row->before)
    heads.push_back({head_of(row->key), row});
  std::sort(heads.begin(), heads.end(), [](const Head& a, const Head& b) {
    return a.head != b.head ? a.head < b.head : KeyLess()(a.row->key, b.row->key);
  });
  room.reserve(size_);
  for (const Head& head : heads) room.push_back({head.row->key, head.row->value});
}

Rows::Cursor::Cursor(const Rows& rows, base::ByteView prefix, base::ByteView from)
    : prefix_(prefix) {
  const base::ByteView start = KeyLess()(prefix, from) ? from : prefix;
  if (rows.many_) {
    Many& many = *rows.many_;
    if (!prefix.empty())
      put_in_order(many, prefix[0]);
    else
      for (std::size_t table = 0; table < many.waiting.size(); ++table) put_in_order(many, table);
    order_ = &many.order;
    next_ = order_->lower_bound(start);
  } else {
    for (const Row* row = rows.last_; row != nullptr; row = row->before)
      if (begins_with(row->key, prefix) && !KeyLess()(row->key, start)) few_[count_++] = row;
    std::sort(few_.begin(), few_.begin() + static_cast<std::ptrdiff_t>(count_),
              [](const Row* a, const Row* b) { return KeyLess()(a->key, b->key); });
  }
  show();
}

void Rows::Cursor::show() {
  if (order_ != nullptr)
    row_ = next_ != order_->end() && begins_with(next_->first, prefix_) ? next_->second : nullptr;
  else
    row_ = at_ < count_ ? few_[at_] : nullptr;
}

void Rows::Cursor::next() {
  if (order_ != nullptr)
    ++next_;
  else
    ++at_;
  show();
}

}  // namespace wald::ledger
