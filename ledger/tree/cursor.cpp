// SPDX-License-Identifier: Apache-2.0
// Walking a version of the state tree in key order, and the range proof made on the way.
#include "ledger/tree/state_tree.h"

namespace wald::ledger {
namespace tree {
namespace {

using base::ByteView;

bool less(ByteView a, ByteView b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

// Stands on a leaf, with the way to it.
class Cursor {
 public:
  struct Turn {
    const Inner* inner;
    bool right;
  };

  // On the last leaf below `key`; without one, on the first leaf.
  Cursor(const Node* root, ByteView key) {
    // No record is longer than that, so what follows cannot matter; and bit numbers stay in range.
    key = key.first(std::min(key.size(), kMaxKeyBytes + 1));
    blind(root, key);
    const std::uint16_t differs = first_difference(leaf_->key(), key);
    const Node* at = leaf_;
    while (!way_.empty() && way_.back().inner->bit > differs) {
      at = way_.back().inner;
      way_.pop_back();
    }
    // All below `at` lies on one side of `key`, or `at` is the leaf that agrees with it.
    const bool below = differs == kNoBit ? less(leaf_->key(), key) : bit_at(key, differs);
    descend(at, below);
    if (!below) step(false);
  }

  const Leaf& leaf() const { return *leaf_; }
  const std::vector<Turn>& way() const { return way_; }

  // To the next leaf on that side; false and unmoved, if this is the last one there.
  bool step(bool right) {
    std::size_t keep = way_.size();
    while (keep > 0 && way_[keep - 1].right == right) --keep;
    if (keep == 0) return false;
    way_.resize(keep);
    Turn& turn = way_.back();
    turn.right = right;
    descend((right ? turn.inner->right : turn.inner->left).get(), !right);
    return true;
  }

 private:
  void blind(const Node* at, ByteView key) {
    while (!at->is_leaf()) {
      const Inner& inner = as_inner(*at);
      way_.push_back({&inner, bit_at(key, inner.bit)});
      at = (way_.back().right ? inner.right : inner.left).get();
    }
    leaf_ = &as_leaf(*at);
  }
  void descend(const Node* at, bool right) {
    while (!at->is_leaf()) {
      const Inner& inner = as_inner(*at);
      way_.push_back({&inner, right});
      at = (right ? inner.right : inner.left).get();
    }
    leaf_ = &as_leaf(*at);
  }

  std::vector<Turn> way_;
  const Leaf* leaf_ = nullptr;
};

}  // namespace
}  // namespace tree

RangeProof StateTree::prove_range(base::ByteView from, std::optional<base::ByteView> to) const {
  RangeProof proof;
  if (!root_) return proof;
  tree::Cursor at(root_.get(), from);
  for (const auto& turn : at.way())
    if (turn.right) proof.left.push_back({turn.inner->bit, turn.inner->left->hash});
  do {
    const base::ByteView key = at.leaf().key();
    proof.leaves.push_back({base::Bytes(key.begin(), key.end()), at.leaf().value_hash});
    if (to && !tree::less(key, *to)) break;
  } while (at.step(true));
  for (auto turn = at.way().rbegin(); turn != at.way().rend(); ++turn)
    if (!turn->right) proof.right.push_back({turn->inner->bit, turn->inner->right->hash});
  return proof;
}

}  // namespace wald::ledger
