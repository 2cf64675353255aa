// SPDX-License-Identifier: Apache-2.0
#include "codec/crc.h"

#include <isa-l.h>

#include "codec/base/check.h"

namespace wald::codec {

std::uint32_t crc32c(base::ByteView bytes) {
  std::uint32_t state = 0xFFFFFFFFU;
  while (!bytes.empty()) {
    // The library counts in int; pieces chain through the state.
    const std::size_t piece = std::min<std::size_t>(bytes.size(), std::size_t{1} << 30);
    const int count = static_cast<int>(piece);
    WALD_CHECK(count > 0);
    // It takes a pointer to non-const and only reads.
    state = crc32_iscsi(const_cast<unsigned char*>(bytes.data()), count, state);
    bytes = bytes.subspan(piece);
  }
  return ~state;
}

std::uint64_t crc64(base::ByteView bytes, std::uint64_t before) {
  return bytes.empty() ? before : crc64_ecma_refl(before, bytes.data(), bytes.size());
}

}  // namespace wald::codec
