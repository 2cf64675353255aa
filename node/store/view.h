// SPDX-License-Identifier: Apache-2.0
// View: one committed version of everything the node keeps: the last checkpoint below, the layers
// of newer blocks above. It never changes and may be read from any thread for as long as it is
// held; it pins no page of LMDB, since every call opens a snapshot of its own and closes it.
//
// A snapshot may be newer than the view: a checkpoint may have been written since. Each checkpoint
// therefore leaves, in memory, the values it replaced (its undo), linked from the generation
// before; a view follows the links from its own generation to the snapshot's and takes the first
// old value it meets. The links point forward only, so they are freed with the last view that could
// need them. A view of a height below the checkpoint reads the undo rows instead (past.h).
//
// A view of a past height has the records alone: no tree, and nothing to prove its answers by.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "codec/base/ids.h"
#include "ledger/store.h"
#include "node/store/past.h"

namespace wald::store {

// What LMDB holds as of one commit.
class Generation {
 public:
  explicit Generation(std::uint64_t id) : id_(id) {}
  std::uint64_t id() const { return id_; }  // LMDB's number of that commit

  // The following generation and the rows it replaced, as they were; nothing if this is the newest.
  struct Next {
    std::shared_ptr<const Generation> generation;
    LayerPtr undo;
  };
  Next next() const {
    const std::lock_guard lock(mutex_);
    return next_;
  }
  void set_next(Next next) const {
    const std::lock_guard lock(mutex_);
    next_ = std::move(next);
  }

 private:
  const std::uint64_t id_;
  mutable std::mutex mutex_;
  mutable Next next_;
};

class View final : public ledger::StateView {
 public:
  View(std::shared_ptr<LmdbEnv> env, std::shared_ptr<const Generation> generation,
       std::vector<LayerPtr> layers, const Tip& tip, std::shared_ptr<const ledger::StateTree> tree)
      : env_(std::move(env)),
        generation_(std::move(generation)),
        layers_(std::move(layers)),
        tip_(tip),
        tree_(std::move(tree)) {}
  // A height that the window of LMDB has. Only the state can be read; reading throws PastGone once
  // the window has moved on.
  View(std::shared_ptr<const Past> past, const Tip& tip) : past_(std::move(past)), tip_(tip) {}

  // Of the state. These and all calls below throw StoreFailure if the disk lies.
  std::optional<base::Bytes> get(base::ByteView key) const override {
    return get(Table::kState, key);
  }
  std::optional<base::ByteView> look(base::ByteView key, base::Bytes& room) const override {
    return look(Table::kState, key, room);
  }
  void scan(base::ByteView prefix, base::ByteView from, const Visit& visit) const override {
    scan(Table::kState, prefix, from, visit);
  }
  bool has_tree() const { return tree_ != nullptr; }
  const ledger::StateTree& tree() const override {
    WALD_CHECK(tree_ != nullptr);
    return *tree_;
  }
  std::shared_ptr<const ledger::StateTree> shared_tree() const { return tree_; }

  std::optional<base::Bytes> get(Table table, base::ByteView key) const;
  std::optional<base::ByteView> look(Table table, base::ByteView key, base::Bytes& room) const;
  void scan(Table table, base::ByteView prefix, base::ByteView from, const Visit& visit) const;
  const Tip& tip() const { return tip_; }
  const std::vector<LayerPtr>& layers() const { return layers_; }  // oldest first

 private:
  bool read_batch(Table table, base::ByteView prefix, const base::Bytes& from,
                  KeyedRows& batch) const;
  // Undo layers between this view's checkpoint and the snapshot's, oldest first.
  std::vector<LayerPtr> undone(std::uint64_t snapshot) const;

  std::shared_ptr<const Past> past_;  // else the three below
  std::shared_ptr<LmdbEnv> env_;
  std::shared_ptr<const Generation> generation_;
  std::vector<LayerPtr> layers_;
  Tip tip_;
  std::shared_ptr<const ledger::StateTree> tree_;  // of the newest version
};

}  // namespace wald::store
