// SPDX-License-Identifier: Apache-2.0
#include "ledger/tree/node.h"

#include <cstring>
#include <memory>
#include <new>

#include "ledger/state_proof.h"

namespace wald::ledger::tree {
namespace {

// Takes one reference away; true if it was the last.
bool drop(Node* node) {
  const std::uint32_t before = node->refs.fetch_sub(1, std::memory_order_acq_rel);
  WALD_CHECK(before != 0);
  return before == 1;
}

void free_leaf(Node* node) {
  Leaf* leaf = static_cast<Leaf*>(node);
  std::destroy_at(leaf);
  ::operator delete(static_cast<void*>(leaf));
}

}  // namespace

void NodePtr::release(Node* node) noexcept {
  if (!drop(node)) return;
  if (node->is_leaf()) return free_leaf(node);
  // Inner nodes nobody refers to any more wait in a list that runs through their dead hashes: no
  // memory is needed to free memory, and no recursion.
  Inner* dead = static_cast<Inner*>(node);
  Inner* waiting = nullptr;
  while (dead != nullptr) {
    for (NodePtr* side : {&dead->left, &dead->right}) {
      Node* child = side->detach();
      if (child == nullptr || !drop(child)) continue;
      if (child->is_leaf()) {
        free_leaf(child);
        continue;
      }
      std::memcpy(static_cast<void*>(&child->hash), &waiting, sizeof waiting);
      waiting = static_cast<Inner*>(child);
    }
    delete dead;
    dead = waiting;
    if (dead != nullptr) std::memcpy(&waiting, &dead->hash, sizeof waiting);
  }
}

NodePtr make_leaf(base::ByteView key, const base::Hash& value_hash) {
  WALD_CHECK(key.size() <= kMaxKeyBytes);
  const base::Hash hash = tree_leaf_hash(key, value_hash);
  void* memory = ::operator new(sizeof(Leaf) + key.size());
  Leaf* leaf = new (memory) Leaf(static_cast<std::uint16_t>(key.size()), hash, value_hash);
  if (!key.empty())
    std::copy(key.begin(), key.end(), static_cast<std::uint8_t*>(memory) + sizeof(Leaf));
  return NodePtr(leaf);
}

NodePtr make_inner(std::uint16_t bit, NodePtr left, NodePtr right) {
  WALD_CHECK(left && right);
  // The bits of a path rise from the root down: this is what bounds every path by the key length.
  WALD_CHECK(bit < left->bit && bit < right->bit);
  const base::Hash hash = tree_inner_hash(bit, left->hash, right->hash);
  return NodePtr(new Inner(bit, hash, std::move(left), std::move(right)));
}

}  // namespace wald::ledger::tree
