// SPDX-License-Identifier: Apache-2.0
// The work on symbol bytes that is worth SIMD, as a table of functions, one table per tier (K-10).
// All lengths are multiples of 64 bytes; each 64-byte block holds 32 words, low bytes first, then
// high bytes (K-7). Pointers need no alignment; source and destination are equal or apart. This
// header is plain data: a kernel file includes it and nothing else of ours.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wald::codec {

// One constant as a matrix of 16 x 16 bits, in four parts: low from low, high from high, high from
// low, low from high byte. Byte 7 - i of a part is the row of output bit i, its bit j that of input
// bit j. Of words as they are, or of words in pairs.
struct alignas(32) Matrix {
  std::uint64_t part[4];
};

// One constant: its products with every value of each of the four nibbles of a word, and the same
// as a matrix.
struct alignas(64) MulTable {
  std::uint8_t low[4][16];   // low byte of the product, by nibble (lowest first) and its value
  std::uint8_t high[4][16];  // high byte
  Matrix matrix;
  std::uint16_t constant;  // the constant itself, a field word
};

// Words in pairs: a word is x + b*y, x and y of the subfield of 256 elements and b = 0x0100. y is
// its high byte; x is the low one plus this matrix times y, and so the other way round. Constants
// below 256 are of the subfield: they take both halves through one matrix, and none to the other.
constexpr std::uint64_t kPairing = 0xEED6E2B6A04C0236;
constexpr std::uint32_t kSubfield = 256;

// Three layers over groups of eight parts each, one group after the other, each part from its place
// to another. With c[i] the constant of number i, group g has those of numbers n = number + 8 * g:
// n, n + 2, n + 4 and n + 6 at the smallest distance, n / 2 and n / 2 + 2 at the next, n / 4 at the
// largest. n is a multiple of 8.
struct Three {
  const std::uint8_t* const* from;  // the parts of all groups
  std::uint8_t* const* to;          // each the part itself or apart from all
  std::uint8_t* const* sum;    // inverse: not null if results are added to these; `to` is undefined
  std::size_t from_at, to_at;  // what is meant begins so many bytes behind `from`, `to` and `sum`
  std::size_t bytes;           // of each part
  std::size_t groups;
  // 1 to 8. Inverse: parts from here on are taken as zeros and not read. Forward: parts from here
  // on come out undefined.
  std::size_t used;
  const MulTable* c;
  std::uint32_t number;
  // Of kernels with matrices: those of c are of pairs; and then, inverse takes words as they are
  // and leaves pairs, forward the other way round.
  bool pairs, pairing;
  // Of pairing: pairs have their halves apart, the low ones of two blocks before the high ones; the
  // last block of a part is alone if their number is odd. Layers between whose constants are all of
  // the subfield do not see the difference.
  bool apart;
};

struct Kernels {
  const char* name;
  bool matrices;  // looks at the matrices of a MulTable alone, not at its nibbles
  void (*add)(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes);  // to ^= from
  void (*mul)(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes, const MulTable* c);
  void (*mul_add)(std::uint8_t* to, const std::uint8_t* from, std::size_t bytes,
                  const MulTable* c);  // to ^= c * from
  // Butterflies of the inverse (b ^= a; a ^= c*b) and the forward transform (a ^= c*b; b ^= a).
  void (*inverse)(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c);
  void (*forward)(std::uint8_t* a, std::uint8_t* b, std::size_t bytes, const MulTable* c);
  // Two layers over four parts of `bytes` each that lie one after the other. Inverse: parts (0, 1)
  // by one, (2, 3) by two, then (0, 2) and (1, 3) by both. Forward: (0, 2) and (1, 3) by both, then
  // (0, 1) by one, (2, 3) by two.
  void (*inverse2)(std::uint8_t* parts, std::size_t bytes, const MulTable* both,
                   const MulTable* one, const MulTable* two);
  void (*forward2)(std::uint8_t* parts, std::size_t bytes, const MulTable* both,
                   const MulTable* one, const MulTable* two);
  void (*inverse3)(const Three& three);
  void (*forward3)(const Three& three);
  // Where a code turns round: inverse ones whose results, where each has its `to`, would be added
  // up, and forward ones of that sum, whose `from` is not looked at. One group each, between other
  // layers of pairs, all of the same bytes. False if that is not a case for this kernel, or if
  // there is none: nothing was done then.
  bool (*turn)(const Three* inverse, std::size_t inverses, const Three* forward,
               std::size_t forwards);
  // Of kernels with matrices, else null: to ^= the sum of c[(first + i) ^ mask] * source i over
  // `count` sources that lie `step` bytes apart.
  void (*dot)(std::uint8_t* to, const std::uint8_t* from, std::size_t step, std::size_t count,
              std::size_t bytes, const Matrix* c, std::size_t first, std::size_t mask);
  // Copies `rows` rows of any length to where nobody looks for long: past the caches, if the tier
  // can, since fetching what is overwritten takes longer than writing it. Rows start `step` bytes
  // apart; sources and destinations are apart.
  void (*place)(std::uint8_t* to, std::size_t to_step, const std::uint8_t* from,
                std::size_t from_step, std::size_t rows, std::size_t bytes);
};

extern const Kernels kScalarKernels;
extern const Kernels kSsse3Kernels;  // x86-64 only
extern const Kernels kAvx2Kernels;   // x86-64 only
extern const Kernels kGfniKernels;   // x86-64 only; with AVX-512 F, BW and VL

}  // namespace wald::codec
