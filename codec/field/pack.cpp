// SPDX-License-Identifier: Apache-2.0
#include "codec/field/pack.h"

#include <algorithm>
#include <cstring>

#include "codec/base/check.h"

namespace wald::codec {
namespace {

// Calls copy(place in the blocks, distance of its high byte's half, place in the symbol, distance,
// run) for the longest runs of words that are contiguous on both sides.
template <class Copy>
void runs(std::size_t first, std::size_t z, Copy copy) {
  WALD_CHECK(z % 2 == 0);
  const std::size_t full = z / kBlock;
  for (std::size_t word = 0; word < z / 2;) {
    const std::size_t block = word / 32;
    const std::size_t half = block < full ? 32 : z % kBlock / 2;
    const std::size_t at = first + word;
    const std::size_t run = std::min(half - word % 32, 32 - at % 32);
    copy(at / 32 * kBlock + at % 32, block * kBlock + word % 32, half, run);
    word += run;
  }
}

// Bytes of [offset, offset + bytes) that are full blocks of a symbol of z; the rest is its tail.
std::size_t full_bytes(std::size_t z, std::size_t offset, std::size_t bytes) {
  WALD_CHECK(offset % kBlock == 0 && bytes % kBlock == 0 && offset + bytes <= padded(z));
  const std::size_t end = z / kBlock * kBlock;
  return std::min(bytes, end - std::min(end, offset));
}

}  // namespace

void pack(std::uint8_t* blocks, std::size_t first, const std::uint8_t* symbol, std::size_t z) {
  runs(first, z, [&](std::size_t to, std::size_t from, std::size_t half, std::size_t run) {
    std::memcpy(blocks + to, symbol + from, run);
    std::memcpy(blocks + to + 32, symbol + from + half, run);
  });
}

void unpack(const std::uint8_t* blocks, std::size_t first, std::uint8_t* symbol, std::size_t z) {
  runs(first, z, [&](std::size_t from, std::size_t to, std::size_t half, std::size_t run) {
    std::memcpy(symbol + to, blocks + from, run);
    std::memcpy(symbol + to + half, blocks + from + 32, run);
  });
}

void pack_part(std::uint8_t* blocks, const std::uint8_t* symbol, std::size_t z, std::size_t offset,
               std::size_t bytes) {
  const std::size_t full = full_bytes(z, offset, bytes);
  std::memcpy(blocks, symbol + offset, full);
  if (full == bytes) return;
  const std::size_t half = z % kBlock / 2;
  std::memcpy(blocks + full, symbol + offset + full, half);
  std::memcpy(blocks + full + 32, symbol + offset + full + half, half);
}

void unpack_part(const std::uint8_t* blocks, std::uint8_t* symbol, std::size_t z,
                 std::size_t offset, std::size_t bytes) {
  const std::size_t full = full_bytes(z, offset, bytes);
  std::memcpy(symbol + offset, blocks, full);
  if (full == bytes) return;
  const std::size_t half = z % kBlock / 2;
  std::memcpy(symbol + offset + full, blocks + full, half);
  std::memcpy(symbol + offset + full + half, blocks + full + 32, half);
}

}  // namespace wald::codec
