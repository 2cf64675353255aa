// SPDX-License-Identifier: Apache-2.0
// The one-dimensional code RS(k, m) of K-8 to K-12: k originals, m recovery symbols, any k of the k
// + m give all. A LineCode is made once per shard count and constant after; any thread. Symbol
// numbers x < k are originals, k <= x < k + m recovery symbol x - k.
#pragma once

#include <span>

#include "codec/field/batch.h"
#include "codec/field/transform.h"

namespace wald::codec {

using InPointers = std::span<const std::uint8_t* const>;
using OutPointers = std::span<std::uint8_t* const>;

class LineCode {
 public:
  // k, m >= 1 and min(ceil2(k), ceil2(m)) + max(k, m) <= 65536 (WALD_CHECK; K-1 ensures it).
  LineCode(std::uint32_t k, std::uint32_t m);

  std::uint32_t k() const { return k_; }
  std::uint32_t m() const { return m_; }
  bool high_rate() const { return high_; }

  // K-9: factor of original j in recovery symbol i.
  Word generator(std::uint32_t i, std::uint32_t j) const;

  // K-11. k pointers in, null for zeros; m pointers out, null for not wanted.
  void encode(InPointers in, OutPointers out, const Batch& batch) const;

  // One symbol x of a single codeword by K-9, without the others: `out` gets z bytes. Originals lie
  // `step` bytes apart.
  void symbol(const std::uint8_t* in, std::size_t step, std::uint32_t x, std::size_t z,
              std::uint8_t* out) const;

  // K-12: where symbol x lies, the size of the transform that decodes, and the tables for it.
  std::uint32_t position(std::uint32_t x) const;
  std::uint32_t span() const { return span_; }
  std::uint32_t rate_unit() const { return unit_; }  // M (high) or K (low)
  const MulTables& tables() const { return tables_; }

 private:
  // A batch that is encoded, tile by tile. Two tiles of unit_ rows are at hand.
  struct Work {
    const Batch& batch;
    InPointers in;
    OutPointers out;
    Rows here, more;
    const Tile* tile = nullptr;
    bool straight = false;  // symbols are read and written as they lie
    Ahead ahead;
  };
  Transform::Job take(Work& work, std::size_t chunk, const Rows& rows, const Rows* sum) const;
  Transform::Job give(Work& work, std::size_t chunk, const Rows& rows, const Rows* base) const;
  void run(std::vector<Transform::Job>& jobs) const;
  void store(const Work& work, std::size_t chunk, const Rows& rows) const;
  void encode_high(Work& work) const;
  void encode_low(Work& work) const;
  void add_sources(std::uint32_t i, std::uint32_t j, std::uint32_t count, const std::uint8_t* in,
                   std::size_t step, std::size_t bytes, std::uint8_t* to) const;

  std::uint32_t k_;
  std::uint32_t m_;
  bool high_;
  std::uint32_t unit_;  // points of one small transform, a power of two
  unsigned unit_bits_;  // its logarithm
  std::uint32_t span_;  // points that hold all positions
  MulTables tables_;
  // K-9: factors by their denominators, which are unit_ at least, and their matrices, of words.
  std::vector<Word> factors_;
  std::vector<Matrix> matrices_;
  std::vector<Transform> first_;  // high: one per chunk of originals; low: the one of all originals
  std::vector<Transform> last_;   // high: the one of all recoveries; low: one per chunk of them
  std::uint64_t work_ = 1;        // of all these transforms, in bytes of a tile one byte wide
};

}  // namespace wald::codec
