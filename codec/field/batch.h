// SPDX-License-Identifier: Apache-2.0
// Many codewords of one code at once. Symbol i of codeword g starts at pointer[i] + g * stride. The
// batch is cut into tiles: long symbols by blocks, one codeword each; short ones are packed side by
// side, so that z = 2 does not pay for 64 bytes per symbol. Internal to the codec.
#pragma once

#include <algorithm>
#include <cstring>

#include "codec/field/pack.h"

namespace wald::codec {

struct Batch {
  std::size_t count = 1;      // codewords
  std::size_t z = 2;          // symbol bytes, even
  std::size_t in_stride = 0;  // bytes from a symbol to that of the next codeword
  std::size_t out_stride = 0;
};

struct Tile {
  std::size_t first;   // codeword
  std::size_t count;   // codewords; more than one only if whole
  bool whole;          // all of each symbol, side by side
  std::size_t offset;  // else the part of the symbol from here on
  std::size_t width;   // working bytes of a row, multiple of 64
};

// Symbol `at` of the tile's codewords into one row of it; null stands for zeros.
inline void load_row(const Tile& tile, const Batch& batch, std::uint8_t* row,
                     const std::uint8_t* at) {
  if (at == nullptr) {
    std::memset(row, 0, tile.width);
    return;
  }
  at += tile.first * batch.in_stride;
  if (!tile.whole) return pack_part(row, at, batch.z, tile.offset, tile.width);
  for (std::size_t g = 0; g < tile.count; ++g)
    pack(row, g * (batch.z / 2), at + g * batch.in_stride, batch.z);
}

inline void store_row(const Tile& tile, const Batch& batch, const std::uint8_t* row,
                      std::uint8_t* at) {
  if (at == nullptr) return;
  at += tile.first * batch.out_stride;
  if (!tile.whole) return unpack_part(row, at, batch.z, tile.offset, tile.width);
  for (std::size_t g = 0; g < tile.count; ++g)
    unpack(row, g * (batch.z / 2), at + g * batch.out_stride, batch.z);
}

// Rows of a tile are at most `width` bytes wide (a multiple of 64).
template <class Visit>
void each_tile(const Batch& batch, std::size_t width, Visit visit) {
  if (batch.z >= width || batch.count == 1) {
    for (std::size_t g = 0; g < batch.count; ++g)
      for (std::size_t at = 0; at < padded(batch.z); at += width)
        visit(Tile{g, 1, false, at, std::min(width, padded(batch.z) - at)});
    return;
  }
  const std::size_t together = width / batch.z;
  for (std::size_t g = 0; g < batch.count; g += together) {
    const std::size_t count = std::min(together, batch.count - g);
    visit(Tile{g, count, true, 0, padded(count * batch.z)});
  }
}

// Row width that keeps `rows` rows in the second-level cache.
inline std::size_t tile_width(std::size_t rows) {
  const std::size_t fit = 512 * 1024 / rows / kBlock * kBlock;
  return std::clamp<std::size_t>(fit, kBlock, 2048);
}

}  // namespace wald::codec
