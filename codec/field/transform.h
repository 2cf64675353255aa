// SPDX-License-Identifier: Apache-2.0
// The additive transforms of K-10 as lists of steps, made once per code and run over many tiles. A
// tile is `positions` rows of `width` bytes each, width a multiple of 64. A step is one group of
// butterflies, or several layers of groups at once: three, as long as there are three, since eight
// rows fit the registers. Steps go down into one part of the tile before the next, so that the
// small groups find their rows in the first-level cache. Groups that hold only zeros (inverse) or
// no wanted value (forward) are left out, and rows of zeros are neither read nor written before
// something comes to them.
#pragma once

#include <span>
#include <vector>

#include "codec/field/ahead.h"
#include "codec/field/field.h"

namespace wald::codec {

// Tables of the constants 0..count-1, shared by all transforms of one code. Those of pairs are for
// transforms of kLeaf points and more, whose rows hold pairs between the first and the last step
// where kernels have matrices.
class MulTables {
 public:
  MulTables(std::uint32_t count, bool pairs);
  bool pairs() const { return pairs_; }
  // Factors of all layers but the three smallest, which are eighths of a position, are of the
  // subfield.
  bool apart() const { return pairs_ && tables_.size() <= 8 * kSubfield; }
  const MulTable& operator[](std::uint32_t constant) const { return tables_[constant]; }
  std::size_t size() const { return tables_.size(); }

 private:
  std::vector<MulTable> tables_;
  bool pairs_;
};

// The rows of a tile, one after the other, each `width` bytes; and where each begins.
class Rows {
 public:
  void lay(std::uint8_t* first, std::size_t count, std::size_t width);
  std::size_t width() const { return width_; }
  std::uint8_t* operator[](std::size_t row) const { return begin_[row]; }
  std::uint8_t* const* at(std::size_t row) const { return begin_.data() + row; }

 private:
  std::vector<std::uint8_t*> begin_;
  std::size_t width_ = 0;
};

class Transform {
 public:
  // Over positions [0, size) that stand for [origin, origin + size); size is a power of two and
  // divides origin. `live[i]` tells whether position i may be non-zero; the other rows may hold
  // anything.
  static Transform inverse(std::uint32_t origin, const std::vector<bool>& live);
  // `wanted[i]` tells whether the value at i is asked for; the others come out undefined.
  static Transform forward(std::uint32_t origin, const std::vector<bool>& wanted);

  // Which inputs the values asked for depend on (forward).
  std::vector<bool> needed(const std::vector<bool>& wanted) const;

  // Where values come from and go to, if not the rows of the tile, whose contents are undefined
  // then. The first and the last step do it on their way.
  struct Ends {
    std::span<const std::uint8_t* const> in;  // inverse: of each position that may be non-zero
    std::size_t in_at = 0;                    // what is meant begins so many bytes behind
    const Rows* sum = nullptr;                // inverse: a tile to which the values are added
    const Rows* base = nullptr;               // forward: a tile that is left as it is
    std::span<std::uint8_t* const> out;       // forward: of each position that is asked for
    std::size_t out_at = 0;
    Ahead* ahead = nullptr;  // is told of the work
  };
  // Of steps of three layers, in rows of one part.
  std::uint64_t work() const;
  // `in` and `out` are for transforms of so many points and more.
  static constexpr std::uint32_t kLeaf = 8;
  void run(const Kernels& kernels, const MulTables& tables, const Rows& rows,
           const Ends& ends) const;

  // One after the other, inverse ones before forward ones, all of one size. Their widest steps are
  // one where the kernels have it; the rows of the inverse ones are undefined then.
  struct Job {
    const Transform* transform;
    const Rows* rows;
    Ends ends;
  };
  static void run(const Kernels& kernels, const MulTables& tables, std::span<const Job> jobs);

 private:
  enum class Kind : std::uint8_t {
    kClear,      // one part of zeros
    kAdd,        // b ^= a
    kMulAdd,     // a ^= c*b, where nobody asks for b
    kButterfly,  // both, in the order of the direction
    kPair,       // two layers of butterflies
    kTriple,     // three
  };
  struct Step {
    Kind kind;
    std::uint32_t at;
    std::uint32_t distance;  // rows of a part: of two, of four, or of eight
    std::uint32_t constant;  // of the larger distance; of three the smallest, first part
    std::uint32_t one, two;  // of the smaller, first and second half
    std::uint32_t used;      // of three: parts up to the last that is live or wanted
    std::uint32_t groups;    // of three: so many one after the other
  };
  Transform(bool inverse, std::uint32_t origin, const std::vector<bool>& used);
  void range(std::uint32_t at, std::uint32_t size);
  bool any(std::uint32_t at, std::uint32_t size) const { return used_[at] != used_[at + size]; }
  std::uint32_t constant(std::uint32_t at, std::uint32_t distance) const;
  std::uint32_t parts_used(std::uint32_t at, std::uint32_t part, std::uint32_t parts) const;
  void clear_unused(std::uint32_t at, std::uint32_t part, std::uint32_t parts);
  void layers(std::uint32_t at, std::uint32_t size, std::uint32_t part);
  void single(std::uint32_t at, std::uint32_t distance);
  void add_step(Kind kind, std::uint32_t at, std::uint32_t distance);
  bool widest_is_triple() const { return size_ >= kLeaf && log2_size_ % 3 == 0; }
  // Of the steps [first, end).
  void steps(const Kernels& kernels, const MulTables& tables, const Rows& rows, const Ends& ends,
             std::size_t first, std::size_t end) const;
  void triple(const Kernels& kernels, const MulTables& tables, const Step& step, const Rows& rows,
              const Ends& ends) const;
  static bool turn(const Kernels& kernels, const MulTables& tables, std::span<const Job> jobs);

  bool inverse_;
  std::uint32_t origin_;
  std::uint32_t size_;
  unsigned log2_size_;
  std::vector<std::uint32_t> used_;  // how many before each position; empty once made
  std::vector<Step> steps_;
};

std::uint32_t ceil2(std::uint32_t x);   // least power of two >= x, x <= 65536
unsigned log2_of(std::uint32_t power);  // of a power of two
// `size` flags of which the first `count` are set.
std::vector<bool> first_of(std::uint32_t count, std::uint32_t size);

}  // namespace wald::codec
