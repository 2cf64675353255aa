// SPDX-License-Identifier: Apache-2.0
// StateStore: the state and what is indexed beside it, as checkpoints in LMDB with layers of newer
// blocks in memory (EN-3). push() adds a block that is already durable in the block log; readers
// see it at once. checkpoint() writes all pushed blocks in one sorted transaction with full sync; a
// crash before, within or after it loses nothing, since the log is replayed from the checkpoint's
// height.
//
// Rows: state records by key of 1 to 503 bytes, other tables by key of 1 to 511 bytes. In LMDB each
// value ends in its check (lmdb_env.h). One meta row: "WALDSTOR" 8 | version u32 | chain 32
// | height u64 | time u64 | root 32 | extra (little-endian; extra belongs to the caller).
//
// The tree over the state lives in memory: open() rebuilds it from the records and refuses a store
// whose root is not the one written.
//
// The state as of a past height inside the window is a view too: above the checkpoint by the layers
// of the blocks, which are kept one by one until then, below it by the undo rows (past.h).
//
// Thread rule: push() by the state thread; checkpoint() by one thread at a time, beside it; view(),
// usage() and due() on any. StoreFailure from any of them is final for the process.
#pragma once

#include "node/store/view.h"

namespace wald::store {

struct StateStoreOptions {
  std::string dir;  // the folder of the data file
  base::ChainId chain;
  std::uint64_t map_bytes = std::uint64_t{64} << 30;  // 1 GiB on test chains
  // Due when one of these has gathered.
  std::size_t checkpoint_rows = 100'000;
  std::size_t checkpoint_bytes = 128u << 20;  // of changed keys and values
  std::uint64_t checkpoint_ms = 10'000;
  std::uint64_t history_blocks = 10'000;  // how far back views of the past go; 0: there are none
};

class StateStore {
 public:
  static os::IoResult<std::unique_ptr<StateStore>> open(const StateStoreOptions& options);

  // Told of every StoreFailure before it is thrown; set it once, before others read.
  void on_failure(std::function<void(const std::string&)> alarm) {
    env_->on_failure(std::move(alarm));
  }

  // The newest version. Before the first block: empty, height 0.
  std::shared_ptr<const View> view() const;

  // The heights that can be read; of an empty store 0 and 0.
  struct Window {
    base::Height oldest;
    base::Height newest;
  };
  Window window() const;
  // The version behind this block; the window, if the height lies outside of it. In a view of a
  // past height only the state can be read, and none proves anything.
  base::Result<std::shared_ptr<const View>, Window> view_at(base::Height height) const;

  // `tree` is that of the state after the block. Heights follow each other; after open() the first
  // one is checkpoint height + 1, or anything in an empty store. Rows of a table at most once each.
  void push(const Tip& tip, std::shared_ptr<const ledger::StateTree> tree,
            const ledger::Changes& changes, std::vector<Row> other_rows);

  bool due(std::uint64_t monotonic_ms) const;
  // So much was pushed that memory asks for a checkpoint at once, as when a long log is replayed.
  bool crowded() const;
  // Writes what was pushed before the call; nothing to write is success.
  void checkpoint(base::ByteView extra, std::uint64_t monotonic_ms);

  // Of the last checkpoint: replay the log from the next height on. Nothing: the store is empty.
  std::optional<Tip> checkpoint_tip() const;
  base::Bytes checkpoint_extra() const;

  struct Usage {
    std::uint64_t map_bytes;
    std::uint64_t used_bytes;
    std::size_t rows_in_memory;  // overwritten ones that are still there among them
    std::uint32_t percent() const {
      return static_cast<std::uint32_t>(used_bytes * 100 / map_bytes);
    }
  };
  Usage usage() const;
  void grow(std::uint64_t map_bytes) { env_->grow(map_bytes); }  // between blocks
  int clear_stale_readers() { return env_->clear_stale_readers(); }

 private:
  explicit StateStore(const StateStoreOptions& options) : options_(options) {}
  os::IoResult<void> load();
  Window window_now() const;  // with the mutex
  std::shared_ptr<const Generation> write(const LayerPtr& merged,
                                          const std::vector<PushedBlock>& blocks, const Tip& tip,
                                          base::ByteView extra,
                                          const std::shared_ptr<const Generation>& made_from);

  StateStoreOptions options_;
  std::shared_ptr<LmdbEnv> env_;
  std::shared_ptr<Past> past_;
  std::mutex checkpoint_mutex_;
  mutable std::mutex mutex_;  // guards all below
  std::shared_ptr<const Generation> generation_;
  // Pushed and in no checkpoint: changed rows and bytes, and since when.
  struct Pending {
    std::uint64_t blocks = 0;
    std::size_t rows = 0;
    std::size_t bytes = 0;
  };
  Pending pending_;
  std::optional<std::uint64_t> pending_since_ms_;
  std::vector<PushedBlock> blocks_;  // above checkpoint_tip_, ascending; none without history
  std::size_t frozen_ = 0;           // lowest layers of view_, which a checkpoint is writing
  std::shared_ptr<const View> view_;
  std::optional<Tip> checkpoint_tip_;
  base::Bytes checkpoint_extra_;
};

// Adds a layer to a stack and merges neighbours until each is at least twice as large as the next:
// a stack of n rows has at most log2(n) layers, and each row is moved as often. The lowest `frozen`
// layers stay as they are.
void add_layer(std::vector<LayerPtr>& stack, LayerPtr layer, std::size_t frozen = 0);

}  // namespace wald::store
