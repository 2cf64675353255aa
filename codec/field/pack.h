// SPDX-License-Identifier: Apache-2.0
// Wire symbols to working blocks and back (K-7). On the wire a symbol is full 64-byte blocks of 32
// low and 32 high bytes and a shorter tail split in halves; in work every block is full, so full
// blocks are copied and the tails of neighbouring symbols share blocks, word after word. Nothing
// beside the bytes named is read or written.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wald::codec {

constexpr std::size_t kBlock = 64;
constexpr std::size_t padded(std::size_t bytes) { return (bytes + kBlock - 1) / kBlock * kBlock; }

// Most bytes of tails that are packed at once.
constexpr std::size_t kMaxTails = 4096;

// `count` tails of t bytes each, t even and below 64, `stride` bytes apart, into or out of
// padded(count * t) bytes of blocks; count * t <= kMaxTails. Words past the last tail come out as
// zeros.
void pack_tails(std::uint8_t* blocks, const std::uint8_t* first, std::size_t stride,
                std::size_t count, std::size_t t);
void unpack_tails(const std::uint8_t* blocks, std::uint8_t* first, std::size_t stride,
                  std::size_t count, std::size_t t);

}  // namespace wald::codec
