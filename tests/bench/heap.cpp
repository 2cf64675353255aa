// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/heap.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::uint64_t> made{0};
}

// These take the place of the library's for this program; arrays come through them.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  made.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(bytes == 0 ? 1 : bytes);
}
void* operator new(std::size_t bytes) {
  void* const memory = operator new(bytes, std::nothrow);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace wald::bench {

std::uint64_t heap_allocations() { return made.load(std::memory_order_relaxed); }

}  // namespace wald::bench
