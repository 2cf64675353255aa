// SPDX-License-Identifier: Apache-2.0
// Memory of which every byte is written once it is there: no zeros first. It begins with a line of
// the cache, so that a block of 64 bytes of it lies in one line and not in two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace wald::codec {

template <class T>
struct RawAllocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = RawAllocator<U>;
  };
  static constexpr std::align_val_t kLine{64};
  static T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kLine));
  }
  static void deallocate(T* at, std::size_t) { ::operator delete(at, kLine); }
  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Args>
  void construct(U* at, Args&&... args) {
    ::new (static_cast<void*>(at)) U(std::forward<Args>(args)...);
  }
};
using RawBytes = std::vector<std::uint8_t, RawAllocator<std::uint8_t>>;

}  // namespace wald::codec
