// SPDX-License-Identifier: Apache-2.0
// Memory of which every byte is written once it is there: no zeros first, and in large pages where
// it is large and the system has some. A page of 4 KiB costs 1.6 us when it is first touched, which
// for the slivers of a blob is a third of the time of encoding; one of 2 MiB costs a third of its
// share. What lies in it does not depend on this.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace wald::codec {

// Room for so many bytes; std::bad_alloc if there is none.
void* take_room(std::size_t bytes);
void give_room(void* at, std::size_t bytes) noexcept;  // the same number

template <class T>
struct RawAllocator : std::allocator<T> {
  template <class U>
  struct rebind {
    using other = RawAllocator<U>;
  };
  T* allocate(std::size_t count) {
    static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__ && sizeof(T) == 1);
    return static_cast<T*>(take_room(count));
  }
  void deallocate(T* at, std::size_t count) noexcept { give_room(at, count); }
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
