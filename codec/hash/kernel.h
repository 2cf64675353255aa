// SPDX-License-Identifier: Apache-2.0
// BLAKE2b-256 of the Merkle trees of K-16 in lanes: as many messages of one length at once as the
// tier has lanes, one table of functions per tier. Pointers need no alignment. Plain data: a
// kernel file includes this header and nothing else of ours. Source: RFC 7693.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wald::codec {

constexpr std::size_t kMaxLanes = 8;

struct HashKernels {
  const char* name;
  std::size_t lanes;  // 1 to kMaxLanes
  // H(00 | from[i][0..bytes)) for every lane i, any length; 32 bytes each to `to`.
  void (*leaves)(const std::uint8_t* const* from, std::size_t bytes, std::uint8_t* to);
  // H(01 | left[i * step] | right[i * step]) for every lane i, 32 bytes and 32 bytes, of `groups`
  // groups of nodes one after the other; `step` counts bytes. What a group and those before it
  // read is read before the first byte of its own is written.
  void (*nodes)(const std::uint8_t* left, const std::uint8_t* right, std::size_t step,
                std::size_t groups, std::uint8_t* to);
};

extern const HashKernels kScalarHash;
extern const HashKernels kAvx2Hash;    // x86-64 only
extern const HashKernels kAvx512Hash;  // x86-64 only; F, BW and VL

}  // namespace wald::codec
