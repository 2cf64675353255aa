// SPDX-License-Identifier: Apache-2.0
// The additive transforms of K-10 as lists of steps, made once per code and run over many tiles. A
// tile is `positions` rows of `width` bytes each, width a multiple of 64. A step is one group of
// butterflies, or two layers of four groups at once. Steps go down into one part of the tile before
// the next, so that the small groups find their rows in the first-level cache. Groups that hold
// only zeros (inverse) or no wanted value (forward) are left out.
#pragma once

#include <vector>

#include "codec/field/field.h"

namespace wald::codec {

// Tables of the constants 0..count-1, shared by all transforms of one code.
class MulTables {
 public:
  explicit MulTables(std::uint32_t count);
  const MulTable& operator[](std::uint32_t constant) const { return tables_[constant]; }
  std::size_t size() const { return tables_.size(); }

 private:
  std::vector<MulTable> tables_;
};

class Transform {
 public:
  // Over positions [0, size) that stand for [origin, origin + size); size is a power of two and
  // divides origin. `live[i]` tells whether position i may be non-zero.
  static Transform inverse(std::uint32_t origin, const std::vector<bool>& live);
  // `wanted[i]` tells whether the value at i is asked for; the others come out undefined.
  static Transform forward(std::uint32_t origin, const std::vector<bool>& wanted);

  // Which inputs the values asked for depend on (forward).
  std::vector<bool> needed(const std::vector<bool>& wanted) const;

  void run(const Kernels& kernels, const MulTables& tables, std::uint8_t* tile,
           std::size_t width) const;
  // Butterflies, for the choice between methods.
  std::uint64_t cost() const { return cost_; }

 private:
  enum class Kind : std::uint8_t {
    kAdd,        // b ^= a
    kMulAdd,     // a ^= c*b, where nobody asks for b
    kButterfly,  // both, in the order of the direction
    kPair,       // two layers of butterflies
  };
  struct Step {
    Kind kind;
    std::uint32_t at;
    std::uint32_t distance;  // rows of a part: of two, or of four
    std::uint32_t constant;  // of the larger distance
    std::uint32_t one, two;  // of the smaller, first and second half
  };
  Transform(bool inverse, std::uint32_t origin, const std::vector<bool>& used);
  void range(std::uint32_t at, std::uint32_t size);
  bool any(std::uint32_t at, std::uint32_t size) const { return used_[at] != used_[at + size]; }
  std::uint32_t constant(std::uint32_t at, std::uint32_t distance) const;
  void single(std::uint32_t at, std::uint32_t distance);
  void add_step(Kind kind, std::uint32_t at, std::uint32_t distance);

  bool inverse_;
  std::uint32_t origin_;
  std::vector<std::uint32_t> used_;  // how many before each position; empty once made
  std::uint64_t cost_ = 0;
  std::vector<Step> steps_;
};

std::uint32_t ceil2(std::uint32_t x);   // least power of two >= x, x <= 65536
unsigned log2_of(std::uint32_t power);  // of a power of two
// `size` flags of which the first `count` are set.
std::vector<bool> first_of(std::uint32_t count, std::uint32_t size);

}  // namespace wald::codec
