// SPDX-License-Identifier: Apache-2.0
// Past: the undo rows that LMDB keeps, and the state as of a past height that they give (EN-25).
// A checkpoint that writes the blocks up to C adds, for each record that block h changed, the row
// (key | h) -> its value before h. The value as of H is that of the first row of the key above H;
// where there is none the record did not change since, and it is the one in the state. Both are
// read in one snapshot, so a reading is true at whatever checkpoint it happens, as long as no row
// above H is gone.
//
// Rows: kUndo, key | height u64 -> 0 (there was no record) or 1 | value; kUndoHeights, height u64
// -> time u64 | root 32, of each height that can be read, consecutive up to the checkpoint (all
// big-endian). Their first one is the floor: rows at or below it are never looked at, and a walk
// round the table erases them, a few thousand with each checkpoint and four for each row written.
// A store whose last height has no row in kUndoHeights was written without this: the window begins
// anew at its checkpoint.
//
// Thread rule: load() and begin() before others read; write() by the checkpoint's thread; all else
// on any.
#pragma once

#include <atomic>
#include <memory>

#include "codec/base/ids.h"
#include "node/store/lmdb_env.h"

namespace wald::store {

struct Tip {
  base::Height height;
  base::TimeMs time;
  base::Hash root;
};

// What a block changed.
struct PushedBlock {
  Tip tip;
  LayerPtr layer;
};

// The version being read fell out of the window meanwhile.
class PastGone : public std::runtime_error {
 public:
  PastGone(base::Height height, base::Height oldest);
  base::Height height() const { return height_; }
  base::Height oldest() const { return oldest_; }

 private:
  base::Height height_;
  base::Height oldest_;
};

struct KeyedRows {
  std::vector<std::pair<base::Bytes, base::Bytes>> rows;
  base::Bytes next_from;
};

class Past {
 public:
  // `blocks`: how far back from the newest height; 0: not at all.
  Past(std::shared_ptr<LmdbEnv> env, std::uint64_t blocks)
      : env_(std::move(env)), blocks_(blocks) {}

  bool on() const { return blocks_ > 0; }
  void load(const Tip& checkpoint);
  void begin(base::Height first) { floor_ = first.value(); }  // of an empty store
  // The oldest height that can be read when `newest` is the last block.
  base::Height oldest(base::Height newest) const;

  // In the transaction that writes these blocks, behind its other rows; `before` has the records
  // as they were. Readers of what it erases are stopped from now on. `tight`: room is short, and
  // the window becomes shorter.
  void write(LmdbEnv::Write& txn, const std::vector<PushedBlock>& blocks, const Layer& before,
             bool tight);

  // All below: of a height at or above the floor and not above the last checkpoint; they throw
  // PastGone where it is not any more.
  std::optional<Tip> tip(base::Height height) const;
  std::optional<base::Bytes> get(base::ByteView key, base::Height height) const;
  // The next records with this prefix from `from` on; true: there may be more from `next_from` on.
  bool read_rows(base::ByteView prefix, const base::Bytes& from, base::Height height,
                 KeyedRows& out) const;

 private:
  void require(base::Height height) const;
  std::size_t write_undo(LmdbEnv::Write& txn, const std::vector<PushedBlock>& blocks,
                         const Layer& before, std::uint64_t floor) const;
  void sweep(LmdbEnv::Write& txn, std::size_t rows);

  std::shared_ptr<LmdbEnv> env_;
  const std::uint64_t blocks_;
  std::atomic<std::uint64_t> floor_{0};
  // Of the writer: a row of a height to put before the blocks, since the window begins anew.
  std::optional<Tip> first_;
  // No row lies at or below this height; where the walk is, and the floor when it set out.
  std::uint64_t swept_ = 0;
  base::Bytes sweep_from_;
  std::uint64_t sweep_floor_ = 0;
};

}  // namespace wald::store
