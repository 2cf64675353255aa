// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/heap.h"

#include <cstdlib>
#include <new>

namespace {
thread_local std::uint64_t made = 0;
}

// These take the place of the library's for this program; arrays come through them.
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  ++made;
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

std::uint64_t heap_allocations() { return made; }

}  // namespace wald::bench
