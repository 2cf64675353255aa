// SPDX-License-Identifier: Apache-2.0
#include "codec/raw_bytes.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace wald::codec {
namespace {

constexpr std::size_t kLargePage = 2 << 20;

// A large page is asked for only where all of it belongs to the room, so that it takes no memory
// that would not be written anyway.
bool is_large(std::size_t bytes) { return bytes >= 2 * kLargePage; }

}  // namespace

void* take_room(std::size_t bytes) {
  if (!is_large(bytes)) return ::operator new(bytes);
  void* at = ::operator new(bytes, std::align_val_t(kLargePage));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // Advice: where it is not taken, pages are small.
  static_cast<void>(::madvise(at, bytes / kLargePage * kLargePage, MADV_HUGEPAGE));
#endif
  return at;
}

void give_room(void* at, std::size_t bytes) noexcept {
  if (is_large(bytes))
    ::operator delete(at, std::align_val_t(kLargePage));
  else
    ::operator delete(at);
}

}  // namespace wald::codec
