// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/heap.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::uint64_t> made{0};
}

// Takes the place of the library's for this program; arrays and nothrow forms come through it.
void* operator new(std::size_t bytes) {
  made.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(bytes == 0 ? 1 : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace wald::bench {

std::uint64_t heap_allocations() { return made.load(std::memory_order_relaxed); }

}  // namespace wald::bench
