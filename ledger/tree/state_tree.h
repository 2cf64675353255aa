// SPDX-License-Identifier: Apache-2.0
// The authenticated tree over all records of the state: a binary crit-bit tree whose root is
// a function of the set of (key, H(value)) alone. A StateTree is one version of it: a value that
// never changes, cheap to copy, sharing with other versions all nodes that are equal. Interior
// nodes live in memory only and are rebuilt at start.
//
// Keys: at most 511 bytes, of which none is a prefix of another (the caller's rule; CHECKed where
// the tree could not tell two keys apart). Memory: 128 bytes per record and its key, plus what the
// allocator adds. A batch of k changes to n records costs one hash per node that is new, about
// k log2(n/k) + 2k. No step recurses: a path may be 4,088 nodes deep.
// Thread rule: any thread may read, copy and drop any version; apply leaves its own version as is.
#pragma once

#include <span>

#include "ledger/range_proof.h"
#include "ledger/state_proof.h"
#include "ledger/tree/node.h"

namespace wald::ledger {

namespace tree {

// Joins subtrees that come in key order into the one crit-bit tree over them. Between two of them
// stands the first bit in which their keys differ; each inner node is made, and hashed, once.
class Joiner {
 public:
  // The next subtree differs from the last one first in `bit`. Several calls between two subtrees
  // tell of keys that vanished: the smallest bit counts.
  void separate(std::uint16_t bit) { pending_ = std::min(pending_, bit); }
  void push(NodePtr subtree);
  NodePtr finish();  // null, if nothing was pushed

 private:
  void join_last();
  std::vector<NodePtr> open_;        // the right edge of the tree so far
  std::vector<std::uint16_t> bits_;  // bits_[i] joins open_[i] and open_[i + 1]; rising
  std::uint16_t pending_ = kNoBit;
};

}  // namespace tree

class StateTree {
 public:
  struct Change {
    base::ByteView key;
    std::optional<base::Hash> value_hash;  // nothing: the key is erased, if it is there
  };

  // Takes records in strictly ascending key order (CHECK) and holds no more than the tree itself.
  class Builder {
   public:
    void add(base::ByteView key, const base::Hash& value_hash);
    StateTree finish();

   private:
    tree::Joiner joiner_;
    base::Bytes last_;
    std::size_t count_ = 0;
  };

  StateTree() = default;

  // Changes in strictly ascending key order (CHECK). Equal to applying them one by one.
  StateTree apply(std::span<const Change> changes) const;

  base::Hash root() const { return root_ ? root_->hash : base::Hash(); }
  std::size_t size() const { return size_; }
  std::optional<base::Hash> value_hash(base::ByteView key) const;
  // Present or absent, for any key, also one that no record could have.
  TreeProof prove(base::ByteView key) const;
  // All records with from <= key < to, or to the end; the caller keeps the range to a page's size.
  RangeProof prove_range(base::ByteView from, std::optional<base::ByteView> to) const;

 private:
  StateTree(tree::NodePtr root, std::size_t size) : root_(std::move(root)), size_(size) {}
  tree::NodePtr root_;
  std::size_t size_ = 0;
};

}  // namespace wald::ledger
