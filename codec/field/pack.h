// SPDX-License-Identifier: Apache-2.0
// Wire symbols to working blocks and back (K-7). On the wire a symbol is full 64-byte blocks of 32
// low and 32 high bytes and a shorter tail split in halves; in work every block is full, and short
// symbols may share one. z is the symbol size in bytes, even. Words keep their order.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wald::codec {

constexpr std::size_t kBlock = 64;
constexpr std::size_t padded(std::size_t bytes) { return (bytes + kBlock - 1) / kBlock * kBlock; }

// A whole symbol to or from the words [first, first + z/2) of the blocks.
void pack(std::uint8_t* blocks, std::size_t first, const std::uint8_t* symbol, std::size_t z);
void unpack(const std::uint8_t* blocks, std::size_t first, std::uint8_t* symbol, std::size_t z);

// The part of a symbol that fills `bytes` of blocks from `offset` of its own blocks on; both are
// multiples of 64 and end at or before padded(z). Words past the tail are left as they are.
void pack_part(std::uint8_t* blocks, const std::uint8_t* symbol, std::size_t z, std::size_t offset,
               std::size_t bytes);
void unpack_part(const std::uint8_t* blocks, std::uint8_t* symbol, std::size_t z,
                 std::size_t offset, std::size_t bytes);

}  // namespace wald::codec
