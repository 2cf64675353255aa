// SPDX-License-Identifier: Apache-2.0
#include "ledger/tree/node.h"

#include <array>
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

// Nodes come and go by tens of thousands a block, mostly of few sizes: what one version of the tree
// gives back the next one takes. Free places hang in a list for each size, which threads share by
// adding one place or taking all; so no place comes back while somebody looks at it.
struct Free {
  Free* next;
};
constexpr std::size_t kStep = 8;
constexpr std::size_t kSizes = 27;  // up to 208 bytes; larger ones come from the heap
constexpr std::size_t kAtOnce = 64;

std::array<std::atomic<Free*>, kSizes> given_back;

void give_all_back(std::size_t size, Free* first, Free* last) {
  last->next = given_back[size].load(std::memory_order_relaxed);
  while (!given_back[size].compare_exchange_weak(last->next, first, std::memory_order_release,
                                                 std::memory_order_relaxed)) {
  }
}

// Of this thread. Without a destructor, so that nodes may be made until its very end.
struct Own {
  std::array<Free*, kSizes> free;
};
thread_local Own own;
struct AtEnd {
  ~AtEnd() {
    for (std::size_t size = 0; size < kSizes; ++size)
      while (Free* const one = own.free[size]) {
        own.free[size] = one->next;
        give_all_back(size, one, one);
      }
  }
};

void refill(std::size_t size) {
  thread_local const AtEnd at_end;
  static_cast<void>(at_end);
  own.free[size] = given_back[size].exchange(nullptr, std::memory_order_acquire);
  if (own.free[size] != nullptr) return;
  auto* const places = static_cast<std::uint8_t*>(::operator new(kAtOnce* size* kStep));
  for (std::size_t i = 0; i < kAtOnce; ++i)
    own.free[size] = new (places + i * size * kStep) Free{own.free[size]};
}

void* take_place(std::size_t bytes) {
  const std::size_t size = (bytes + kStep - 1) / kStep;
  if (!base::kMemoryIsKept || size >= kSizes) return ::operator new(bytes);
  if (own.free[size] == nullptr) refill(size);
  return std::exchange(own.free[size], own.free[size]->next);
}

void give_back(void* place, std::size_t bytes) {
  const std::size_t size = (bytes + kStep - 1) / kStep;
  if (!base::kMemoryIsKept || size >= kSizes) return ::operator delete(place);
  Free* const free = new (place) Free{nullptr};
  give_all_back(size, free, free);
}

void free_leaf(Node* node) {
  Leaf* leaf = static_cast<Leaf*>(node);
  const std::size_t bytes = sizeof(Leaf) + leaf->klen;
  std::destroy_at(leaf);
  give_back(leaf, bytes);
}

void free_inner(Inner* inner) {
  std::destroy_at(inner);
  give_back(inner, sizeof(Inner));
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
      std::memcpy(static_cast<void*>(&child->hash), &waiting, sizeof(std::uintptr_t));
      waiting = static_cast<Inner*>(child);
    }
    free_inner(dead);
    dead = waiting;
    if (dead != nullptr) std::memcpy(&waiting, &dead->hash, sizeof(std::uintptr_t));
  }
}

NodePtr make_leaf(base::ByteView key, const base::Hash& value_hash) {
  WALD_CHECK(key.size() <= kMaxKeyBytes);
  const base::Hash hash = tree_leaf_hash(key, value_hash);
  void* memory = take_place(sizeof(Leaf) + key.size());
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
  return NodePtr(new (take_place(sizeof(Inner)))
                     Inner(bit, hash, std::move(left), std::move(right)));
}

}  // namespace wald::ledger::tree
