// SPDX-License-Identifier: Apache-2.0
// Memory of which every byte is written once it is there: no zeros first.
#pragma once

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
