// SPDX-License-Identifier: Apache-2.0
#include "node/store/past.h"

#include <algorithm>

namespace wald::store {
namespace {

constexpr std::size_t kHeight = sizeof(std::uint64_t);
constexpr std::size_t kBatchRows = 256;
constexpr std::size_t kBatchBytes = 1u << 20;
constexpr std::size_t kBatchSteps = 4'096;
constexpr std::size_t kSweepChunk = 4'096;
constexpr std::size_t kSweepPerRow = 4;
constexpr std::uint64_t kGiveWay = 2;  // heights for each new one, where room is short

base::Bytes height_key(std::uint64_t height) { return base::Writer().be(height).bytes(); }

base::Bytes undo_key(base::ByteView key, std::uint64_t height) {
  return base::Writer().raw(key).be(height).bytes();
}

base::ByteView record_of(base::ByteView undo_key) {
  WALD_CHECK(undo_key.size() > kHeight);
  return undo_key.first(undo_key.size() - kHeight);
}
std::uint64_t height_of(base::ByteView undo_key) {
  return base::Reader(undo_key.last(kHeight)).be<std::uint64_t>().value();
}

base::Bytes undo_value(const std::optional<base::Bytes>& value) {
  base::Writer out;
  out.u8(value ? 1 : 0);
  if (value) out.raw(*value);
  return std::move(out).bytes();
}
std::optional<base::Bytes> value_of(base::ByteView undo_value) {
  WALD_CHECK(!undo_value.empty());
  if (undo_value[0] == 0) return std::nullopt;
  return base::Bytes(undo_value.begin() + 1, undo_value.end());
}

bool has_prefix(base::ByteView key, base::ByteView prefix) {
  return key.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}
bool less(base::ByteView a, base::ByteView b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

// The records under a prefix that changed above a height, in the order of their keys, each at the
// row that has its value as of that height. No key is a prefix of another, so the rows of
// one lie together, and in the order of the records.
class Changed {
 public:
  Changed(const LmdbEnv::Read& read, base::ByteView prefix, const base::Bytes& from,
          std::uint64_t height)
      : prefix_(prefix), from_(from), height_(height), cursor_(read, Table::kUndo, from) {
    settle();
  }

  bool valid() const { return cursor_.valid() && has_prefix(record_of(cursor_.key()), prefix_); }
  bool settled() const { return settled_; }  // else it looked at too many rows on the way
  base::ByteView key() const { return record_of(cursor_.key()); }
  std::optional<base::Bytes> value() const { return value_of(cursor_.value()); }
  void next() {
    skip();
    settle();
  }

 private:
  void skip() { cursor_.seek(undo_key(key(), UINT64_MAX)); }  // no block has that height
  void settle() {
    for (std::size_t steps = 0; valid(); ++steps) {
      settled_ = steps < kBatchSteps;
      if (!settled_) return;
      if (less(key(), from_))
        skip();
      else if (height_of(cursor_.key()) <= height_)
        cursor_.seek(undo_key(key(), height_ + 1));
      else
        return;
    }
  }

  base::ByteView prefix_;
  const base::Bytes& from_;
  std::uint64_t height_;
  LmdbEnv::Cursor cursor_;
  bool settled_ = true;
};

}  // namespace

PastGone::PastGone(base::Height height, base::Height oldest)
    : std::runtime_error("height " + std::to_string(height.value()) +
                         " is no longer kept; the oldest is " + std::to_string(oldest.value())),
      height_(height),
      oldest_(oldest) {}

void Past::load(const Tip& checkpoint) {
  floor_ = checkpoint.height.value();
  const LmdbEnv::Read read(*env_);
  const bool whole =
      on() && read.get(Table::kUndoHeights, height_key(checkpoint.height.value())).has_value();
  if (whole) {
    const LmdbEnv::Cursor first(read, Table::kUndoHeights, {});
    WALD_CHECK(first.valid());
    floor_ = height_of(first.key());
  } else {
    first_ = checkpoint;
  }
  const LmdbEnv::Cursor any(read, Table::kUndo, {});
  if (!any.valid()) swept_ = floor_;
}

base::Height Past::oldest(base::Height newest) const {
  const std::uint64_t far = newest.value() > blocks_ ? newest.value() - blocks_ : 0;
  return base::Height(std::max(far, std::min(floor_.load(), newest.value())));
}

void Past::require(base::Height height) const {
  const std::uint64_t floor = floor_;
  if (height.value() < floor) throw PastGone(height, base::Height(floor));
}

std::size_t Past::write_undo(LmdbEnv::Write& txn, const std::vector<PushedBlock>& blocks,
                             const Layer& before, std::uint64_t floor) const {
  struct Change {
    RowPtr row;
    std::uint64_t height;
  };
  std::vector<Change> changes;
  for (const PushedBlock& block : blocks)
    for (const RowPtr row : block.layer->rows())
      if (row->table == Table::kState) changes.push_back({row, block.tip.height.value()});
  std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return a.row->key != b.row->key ? less(a.row->key, b.row->key) : a.height < b.height;
  });
  std::size_t rows = 0;
  const std::optional<base::Bytes>* was = nullptr;  // of the key at hand, before its next change
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& [row, height] = changes[i];
    if (i == 0 || changes[i - 1].row->key != row->key) {
      const Row* old = before.find(Table::kState, row->key);
      WALD_CHECK(old != nullptr);
      was = &old->value;
    }
    if (height > floor) {
      txn.put(Table::kUndo, undo_key(row->key, height), undo_value(*was));
      ++rows;
    }
    was = &row->value;
  }
  return rows;
}

void Past::write(LmdbEnv::Write& txn, const std::vector<PushedBlock>& blocks, const Layer& before,
                 bool tight) {
  const auto put_height = [&](const Tip& tip) {
    txn.put(Table::kUndoHeights, height_key(tip.height.value()),
            base::Writer().be(tip.time.value()).raw(tip.root.view()).bytes());
  };
  if (first_) {  // heights of a window that is over
    const auto all = [](base::ByteView) { return true; };
    while (!txn.sweep(Table::kUndoHeights, {}, kSweepChunk, all).empty()) continue;
    if (on()) put_height(*first_);
    first_.reset();
  }
  if (blocks.empty()) return sweep(txn, 0);
  const std::uint64_t newest = blocks.back().tip.height.value();
  const std::uint64_t old_floor = floor_;
  std::uint64_t floor = std::max(old_floor, newest > blocks_ ? newest - blocks_ : 0);
  if (tight) floor = std::max(floor, std::min(newest, old_floor + kGiveWay * blocks.size()));
  for (const PushedBlock& block : blocks) put_height(block.tip);
  const std::size_t rows = write_undo(txn, blocks, before, floor);
  for (std::uint64_t height = old_floor; height < floor; ++height)
    txn.erase(Table::kUndoHeights, height_key(height));
  floor_ = floor;
  sweep(txn, rows);
}

void Past::sweep(LmdbEnv::Write& txn, std::size_t rows) {
  const std::uint64_t floor = floor_;
  if (swept_ >= floor) return;
  for (std::size_t looked = 0; looked <= kSweepPerRow * rows; looked += kSweepChunk) {
    if (sweep_from_.empty()) sweep_floor_ = floor;
    sweep_from_ = txn.sweep(Table::kUndo, sweep_from_, kSweepChunk,
                            [&](base::ByteView key) { return height_of(key) <= floor; });
    if (!sweep_from_.empty()) continue;
    swept_ = sweep_floor_;
    return;
  }
}

std::optional<Tip> Past::tip(base::Height height) const {
  const LmdbEnv::Read read(*env_);
  const auto value = read.get(Table::kUndoHeights, height_key(height.value()));
  require(height);
  if (!value) return std::nullopt;
  base::Reader in(*value);
  const auto time = in.be<std::uint64_t>();
  const auto root = in.id<base::Hash>();
  WALD_CHECK(time && root);
  return Tip{height, base::TimeMs(*time), *root};
}

std::optional<base::Bytes> Past::get(base::ByteView key, base::Height height) const {
  if (key.empty() || key.size() > kMaxStateKey) return std::nullopt;
  const LmdbEnv::Read read(*env_);
  const LmdbEnv::Cursor undo(read, Table::kUndo, undo_key(key, height.value() + 1));
  const bool changed = undo.valid() && undo.key().size() == key.size() + kHeight &&
                       base::equal(record_of(undo.key()), key);
  auto value = changed ? value_of(undo.value()) : read.get(Table::kState, key);
  require(height);
  return value;
}

bool Past::read_rows(base::ByteView prefix, const base::Bytes& from, base::Height height,
                     KeyedRows& out) const {
  const LmdbEnv::Read read(*env_);
  LmdbEnv::Cursor now(read, Table::kState, from);
  Changed changed(read, prefix, from, height.value());
  std::size_t bytes = 0;
  const auto emit = [&](base::ByteView key, base::ByteView value) {
    out.rows.emplace_back(base::Bytes(key.begin(), key.end()),
                          base::Bytes(value.begin(), value.end()));
    bytes += key.size() + value.size();
  };
  bool more = false;
  for (std::size_t steps = 0;; ++steps) {
    const bool there = now.valid() && has_prefix(now.key(), prefix);
    const bool other = changed.valid();
    if (!there && !other) break;
    const bool now_first = there && (!other || less(now.key(), changed.key()));
    if (!changed.settled() || steps == kBatchSteps || out.rows.size() == kBatchRows ||
        bytes > kBatchBytes) {
      const base::ByteView next = now_first ? now.key() : changed.key();
      out.next_from.assign(next.begin(), next.end());
      more = true;
      break;
    }
    if (now_first) {
      emit(now.key(), now.value());
      now.next();
      continue;
    }
    if (const auto value = changed.value()) emit(changed.key(), *value);
    if (there && base::equal(now.key(), changed.key())) now.next();
    changed.next();
  }
  require(height);
  return more;
}

}  // namespace wald::store
