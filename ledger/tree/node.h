// SPDX-License-Identifier: Apache-2.0
// Nodes of the state tree: immutable once made, counted by reference, shared between versions of
// the tree and between threads. An inner node takes 56 bytes, a leaf 72 and its key. Dropping the
// last reference frees what hangs below without recursion, so a deep tree cannot exhaust a stack.
// Thread rule: any thread may copy and drop a NodePtr of its own.
#pragma once

#include <atomic>
#include <utility>

#include "codec/base/ids.h"
#include "ledger/tree/bits.h"

namespace wald::ledger::tree {

class NodePtr;

struct Node {
  Node(std::uint16_t b, std::uint16_t k, const base::Hash& h) : bit(b), klen(k), hash(h) {}
  bool is_leaf() const { return bit == kNoBit; }

  mutable std::atomic<std::uint32_t> refs{1};
  std::uint16_t bit;   // of an inner node; kNoBit marks a leaf
  std::uint16_t klen;  // of a leaf
  base::Hash hash;
};

class NodePtr {
 public:
  NodePtr() = default;
  explicit NodePtr(Node* adopted) : node_(adopted) {}
  NodePtr(const NodePtr& other) : node_(other.node_) { retain(); }
  NodePtr(NodePtr&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  NodePtr& operator=(NodePtr other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~NodePtr() {
    if (node_ != nullptr) release(node_);
  }

  const Node* get() const { return node_; }
  const Node* operator->() const { return node_; }
  explicit operator bool() const { return node_ != nullptr; }
  Node* detach() { return std::exchange(node_, nullptr); }

 private:
  // Relaxed: whoever copies holds a reference already.
  void retain() const {
    if (node_ != nullptr) node_->refs.fetch_add(1, std::memory_order_relaxed);
  }
  static void release(Node* node) noexcept;
  Node* node_ = nullptr;
};

struct Inner : Node {
  Inner(std::uint16_t b, const base::Hash& h, NodePtr l, NodePtr r)
      : Node(b, 0, h), left(std::move(l)), right(std::move(r)) {}
  NodePtr left;   // keys with a 0 in `bit`
  NodePtr right;  // keys with a 1
};

// The key follows the object in the same allocation.
struct Leaf : Node {
  Leaf(std::uint16_t k, const base::Hash& h, const base::Hash& v)
      : Node(kNoBit, k, h), value_hash(v) {}
  base::ByteView key() const { return {reinterpret_cast<const std::uint8_t*>(this + 1), klen}; }
  base::Hash value_hash;
};

static_assert(sizeof(Inner) == 56 && sizeof(Leaf) == 72);

inline const Inner& as_inner(const Node& node) { return static_cast<const Inner&>(node); }
inline const Leaf& as_leaf(const Node& node) { return static_cast<const Leaf&>(node); }

NodePtr make_leaf(base::ByteView key, const base::Hash& value_hash);
NodePtr make_inner(std::uint16_t bit, NodePtr left, NodePtr right);

}  // namespace wald::ledger::tree
