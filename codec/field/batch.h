// SPDX-License-Identifier: Apache-2.0
// Many codewords of one code at once. Symbol i of codeword g starts at pointer[i] + g * stride. The
// batch is cut into tiles whose rows, one a symbol, stay in the second-level cache: long symbols by
// blocks, one codeword each, and their tails many codewords together; short ones whole, side by
// side, so that z = 2 does not pay for 64 bytes per symbol. Internal to the codec.
#pragma once

#include <algorithm>
#include <cstring>

#include "codec/field/pack.h"
#include "codec/raw_bytes.h"

namespace wald::codec {

struct Batch {
  std::size_t count = 1;      // codewords
  std::size_t z = 2;          // symbol bytes, even
  std::size_t in_stride = 0;  // bytes from a symbol to that of the next codeword
  std::size_t out_stride = 0;
};

// Of each symbol of codewords [first, first + count) the bytes [offset, offset + full + tail). A
// row holds the full blocks of all, then their tails.
struct Tile {
  std::size_t first;
  std::size_t count;
  std::size_t offset;
  std::size_t full;   // whole blocks, multiple of 64
  std::size_t tail;   // bytes behind them, below 64: the symbol's own tail
  std::size_t width;  // working bytes of a row, multiple of 64
  // A symbol's bytes are those of its row.
  bool plain() const { return count == 1 && tail == 0; }
  // From a symbol of the first codeword to what the tile has of it.
  std::size_t in(const Batch& batch) const { return first * batch.in_stride + offset; }
  std::size_t out(const Batch& batch) const { return first * batch.out_stride + offset; }
};

// A whole number of blocks; a call costs more than the copy where they are few.
inline void copy_blocks(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes) {
  if (bytes > 4 * kBlock) {
    std::memcpy(to, from, bytes);
    return;
  }
  for (std::size_t i = 0; i < bytes; i += kBlock) std::memcpy(to + i, from + i, kBlock);
}

// Symbol `at` of the tile's codewords into one row of it; null stands for zeros.
inline void load_row(const Tile& tile, const Batch& batch, std::uint8_t* row,
                     const std::uint8_t* at) {
  if (at == nullptr) {
    std::memset(row, 0, tile.width);
    return;
  }
  at += tile.in(batch);
  if (tile.full != 0)
    for (std::size_t g = 0; g < tile.count; ++g)
      copy_blocks(row + g * tile.full, at + g * batch.in_stride, tile.full);
  if (tile.tail != 0)
    pack_tails(row + tile.count * tile.full, at + tile.full, batch.in_stride, tile.count,
               tile.tail);
}

inline void store_row(const Tile& tile, const Batch& batch, const std::uint8_t* row,
                      std::uint8_t* at) {
  if (at == nullptr) return;
  at += tile.out(batch);
  if (tile.full != 0)
    for (std::size_t g = 0; g < tile.count; ++g)
      copy_blocks(at + g * batch.out_stride, row + g * tile.full, tile.full);
  if (tile.tail != 0)
    unpack_tails(row + tile.count * tile.full, at + tile.full, batch.out_stride, tile.count,
                 tile.tail);
}

// Tiles of [offset, offset + full + tail) of all symbols, as many codewords together as fit.
template <class Visit>
void each_group(const Batch& batch, std::size_t width, std::size_t offset, std::size_t full,
                std::size_t tail, Visit visit) {
  const std::size_t together = std::max<std::size_t>(width / (full + tail), 1);
  for (std::size_t g = 0; g < batch.count; g += together) {
    const std::size_t count = std::min(together, batch.count - g);
    visit(Tile{g, count, offset, full, tail, count * full + padded(count * tail)});
  }
}

// From so many bytes on the blocks of a symbol are worth a tile of their own, which reads and
// writes them where they lie.
constexpr std::size_t kApart = 4 * kBlock;

// Rows of a tile are at most `width` bytes wide (a multiple of 64, at most kMaxTails).
template <class Visit>
void each_tile(const Batch& batch, std::size_t width, Visit visit) {
  const std::size_t full = batch.z / kBlock * kBlock, tail = batch.z - full;
  if (full < std::min(width, kApart)) return each_group(batch, width, 0, full, tail, visit);
  // Parts of about equal width, so that none is very narrow.
  const std::size_t parts = (full + width - 1) / width;
  const std::size_t part = padded((full + parts - 1) / parts);
  for (std::size_t g = 0; g < batch.count; ++g)
    for (std::size_t at = 0; at < full; at += part) {
      const std::size_t now = std::min(part, full - at);
      visit(Tile{g, 1, at, now, 0, now});
    }
  if (tail != 0) each_group(batch, width, full, 0, tail, visit);
}

// Row width that keeps `rows` rows in the second-level cache and 64 of them in the first. An odd
// number of blocks, since rows a multiple of 4 KiB apart share one set of the latter.
inline std::size_t tile_width(std::size_t rows) {
  const std::size_t fit = std::min(512 * 1024 / rows, 32 * 1024 / std::min<std::size_t>(rows, 64));
  return std::max<std::size_t>((fit / kBlock - 1) | 1, 1) * kBlock;
}

}  // namespace wald::codec
