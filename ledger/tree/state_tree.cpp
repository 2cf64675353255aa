// SPDX-License-Identifier: Apache-2.0
#include "ledger/tree/state_tree.h"

namespace wald::ledger {
namespace tree {

void Joiner::join_last() {
  NodePtr right = std::move(open_.back());
  open_.pop_back();
  open_.back() = make_inner(bits_.back(), std::move(open_.back()), std::move(right));
  bits_.pop_back();
}

void Joiner::push(NodePtr subtree) {
  if (!open_.empty()) {
    WALD_CHECK(pending_ != kNoBit);
    while (!bits_.empty() && bits_.back() > pending_) join_last();
    // Equal bits would mean keys with 0, 1 and 0 there, in this order.
    WALD_CHECK(bits_.empty() || bits_.back() < pending_);
    bits_.push_back(pending_);
  }
  pending_ = kNoBit;
  open_.push_back(std::move(subtree));
}

NodePtr Joiner::finish() {
  if (open_.empty()) return {};
  while (!bits_.empty()) join_last();
  WALD_CHECK(open_.size() == 1);
  return std::move(open_.front());
}

namespace {

using base::ByteView;
using base::Hash;

const Node* step(const Node* at, ByteView key) {
  const Inner& inner = as_inner(*at);
  return (bit_at(key, inner.bit) ? inner.right : inner.left).get();
}

// A node may lie across two lines of the cache, a leaf's key in those behind it.
void fetch(const Node* node) {
  const char* const at = reinterpret_cast<const char*>(node);
  __builtin_prefetch(at);
  __builtin_prefetch(at + 64);
}

// The one leaf that the bits of `key` lead to.
const Leaf& leaf_for(const Node* at, ByteView key) {
  while (!at->is_leaf()) at = step(at, key);
  return as_leaf(*at);
}

// The same for many keys, side by side: nearly every step misses the cache, and misses that do not
// wait for each other overlap.
std::vector<const Leaf*> leaves_for(const Node* root, std::span<const StateTree::Change> changes) {
  constexpr std::size_t kLanes = 16;
  std::vector<const Leaf*> out;
  out.reserve(changes.size());
  while (!changes.empty()) {
    const auto group = changes.first(std::min(kLanes, changes.size()));
    std::array<const Node*, kLanes> at;
    at.fill(root);
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t i = 0; i < group.size(); ++i) {
        if (at[i]->is_leaf()) continue;
        // The sibling's hash is asked for when the path is joined again.
        const Inner& inner = as_inner(*at[i]);
        const bool right = bit_at(group[i].key, inner.bit);
        fetch(inner.left.get());
        fetch(inner.right.get());
        at[i] = (right ? inner.right : inner.left).get();
        moved = true;
      }
    }
    for (std::size_t i = 0; i < group.size(); ++i) out.push_back(&as_leaf(*at[i]));
    changes = changes.subspan(group.size());
  }
  return out;
}

// A change that does something, and where it belongs: the first bit in which its key differs from
// the leaf its bits lead to. kNoBit: it changes that leaf itself.
struct Placed {
  const StateTree::Change* change;
  std::uint16_t differs;
};

// Splits an old tree at the places where it changes and hands the pieces, old and new, to a Joiner
// in key order.
class Merge {
 public:
  explicit Merge(std::vector<Placed> placed) : placed_(std::move(placed)) {}
  NodePtr run(const NodePtr& root);

 private:
  // The changes [from, to) that reach the edge above `node`, or, without a node, new leaves in a
  // row; `bit` is the first one in which all this differs from what comes before it.
  struct Work {
    const NodePtr* node;
    std::size_t from;
    std::size_t to;
    std::uint16_t bit;
  };
  void new_leaves(std::size_t from, std::size_t to);
  void split(const Work& work);
  void enter(const NodePtr& node, std::size_t from, std::size_t to);
  ByteView key(std::size_t i) const { return placed_[i].change->key; }

  std::vector<Placed> placed_;
  std::vector<Work> stack_;  // what is still to do, the first on top
  Joiner joiner_;
};

NodePtr Merge::run(const NodePtr& root) {
  stack_.push_back({root ? &root : nullptr, 0, placed_.size(), kNoBit});
  while (!stack_.empty()) {
    const Work work = stack_.back();
    stack_.pop_back();
    joiner_.separate(work.bit);
    if (work.node == nullptr)
      new_leaves(work.from, work.to);
    else if (work.from == work.to)
      joiner_.push(*work.node);
    else
      split(work);
  }
  return joiner_.finish();
}

void Merge::new_leaves(std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to; ++i) {
    if (i > from) joiner_.separate(first_difference(key(i - 1), key(i)));
    WALD_CHECK(placed_[i].change->value_hash);
    joiner_.push(make_leaf(key(i), *placed_[i].change->value_hash));
  }
}

// All keys of `work` and all below its node agree up to the edge. A key that differs before the
// node's bit leaves on the edge, to the left or to the right of the whole node; the others enter.
void Merge::split(const Work& work) {
  const std::uint16_t bit = (*work.node)->bit;
  std::size_t enters = work.from;
  while (enters < work.to && placed_[enters].differs < bit &&
         !bit_at(key(enters), placed_[enters].differs))
    ++enters;
  std::size_t leaves = enters;
  while (leaves < work.to && placed_[leaves].differs >= bit) ++leaves;
  if (leaves < work.to) {
    WALD_CHECK(placed_[leaves].differs < bit && bit_at(key(leaves), placed_[leaves].differs));
    stack_.push_back({nullptr, leaves, work.to, placed_[leaves].differs});
  }
  new_leaves(work.from, enters);
  if (enters > work.from) joiner_.separate(placed_[enters - 1].differs);
  enter(*work.node, enters, leaves);
}

void Merge::enter(const NodePtr& node, std::size_t from, std::size_t to) {
  if (from == to) return joiner_.push(node);
  if (node->is_leaf()) {
    WALD_CHECK(to - from == 1);  // keys are distinct
    const auto& value_hash = placed_[from].change->value_hash;
    if (value_hash) joiner_.push(make_leaf(key(from), *value_hash));
    return;
  }
  const Inner& inner = as_inner(*node.get());
  std::size_t ones = from;
  while (ones < to && !bit_at(key(ones), inner.bit)) ++ones;
  stack_.push_back({&inner.right, ones, to, inner.bit});
  stack_.push_back({&inner.left, from, ones, kNoBit});
}

bool ascending(ByteView a, ByteView b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace
}  // namespace tree

using base::ByteView;
using base::Hash;
using tree::Leaf;

StateTree StateTree::apply(std::span<const Change> changes) const {
  std::vector<tree::Placed> placed;
  placed.reserve(changes.size());
  std::vector<const Leaf*> leaves(changes.size(), nullptr);
  if (root_) leaves = tree::leaves_for(root_.get(), changes);
  std::size_t size = size_;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Change& change = changes[i];
    WALD_CHECK(change.key.size() <= tree::kMaxKeyBytes);
    WALD_CHECK(i == 0 || tree::ascending(changes[i - 1].key, change.key));
    const Leaf* leaf = leaves[i];
    if (leaf != nullptr && base::equal(leaf->key(), change.key)) {
      if (change.value_hash == leaf->value_hash) continue;
      if (!change.value_hash) --size;
      placed.push_back({&change, tree::kNoBit});
    } else if (change.value_hash) {
      const std::uint16_t differs =
          leaf != nullptr ? tree::first_difference(leaf->key(), change.key) : 0;
      WALD_CHECK(differs != tree::kNoBit);
      ++size;
      placed.push_back({&change, differs});
    }
  }
  if (placed.empty()) return *this;
  return StateTree(tree::Merge(std::move(placed)).run(root_), size);
}

std::optional<Hash> StateTree::value_hash(ByteView key) const {
  if (!root_) return std::nullopt;
  const Leaf& leaf = tree::leaf_for(root_.get(), key);
  if (!base::equal(leaf.key(), key)) return std::nullopt;
  return leaf.value_hash;
}

TreeProof StateTree::prove(ByteView key) const {
  TreeProof proof;
  if (!root_) return proof;
  const tree::Node* at = root_.get();
  while (!at->is_leaf()) {
    const tree::Inner& inner = tree::as_inner(*at);
    const bool right = tree::bit_at(key, inner.bit);
    proof.steps.push_back({inner.bit, (right ? inner.left : inner.right)->hash});
    at = (right ? inner.right : inner.left).get();
  }
  std::reverse(proof.steps.begin(), proof.steps.end());
  const Leaf& leaf = tree::as_leaf(*at);
  proof.leaf = TreeLeaf{base::Bytes(leaf.key().begin(), leaf.key().end()), leaf.value_hash};
  return proof;
}

void StateTree::Builder::add(ByteView key, const Hash& value_hash) {
  WALD_CHECK(key.size() <= tree::kMaxKeyBytes);
  if (count_ > 0) {
    WALD_CHECK(tree::ascending(last_, key));
    joiner_.separate(tree::first_difference(last_, key));
  }
  joiner_.push(tree::make_leaf(key, value_hash));
  last_.assign(key.begin(), key.end());
  ++count_;
}

StateTree StateTree::Builder::finish() {
  const std::size_t count = std::exchange(count_, 0);
  return StateTree(std::exchange(joiner_, {}).finish(), count);
}

}  // namespace wald::ledger
