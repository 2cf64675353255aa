// SPDX-License-Identifier: Apache-2.0
// The work on symbol bytes that is worth SIMD, as a table of functions, one table per tier (K-10).
// All lengths are multiples of 64 bytes; each 64-byte block holds 32 words, low bytes
// first, then high bytes (K-7). Pointers need no alignment; source and destination are equal or
// apart. This header is plain data: a kernel file includes it and nothing else of ours.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wald::codec {

// One constant: its products with every value of each of the four nibbles of a word.
struct MulTable {
  std::uint8_t low[4][16];   // low byte of the product, by nibble (lowest first) and its value
  std::uint8_t high[4][16];  // high byte
  std::uint16_t constant;    // the constant itself, a field word
};

struct Kernels {
  const char* name;
  void (*add)(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes);  // to ^= from
  void (*mul)(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes, const MulTable* c);
  void (*mul_add)(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes,
                  const MulTable* c);  // to ^= c * from
  // Butterflies of the inverse (b ^= a; a ^= c*b) and the forward transform (a ^= c*b; b ^= a).
  void (*inverse)(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c);
  void (*forward)(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c);
};

extern const Kernels kScalarKernels;
extern const Kernels kAvx2Kernels;  // x86-64 only

}  // namespace wald::codec
