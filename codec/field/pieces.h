// SPDX-License-Identifier: Apache-2.0
// Codewords, leaves and trees cut into units of work that need nothing of each other: groups of
// short codewords, parts of long ones (cut at multiples of 64 bytes, where K-7 allows it), runs of
// leaves, groups of trees. The cut depends on sizes alone, never on the number of workers. Internal
// to the codec.
#pragma once

#include <algorithm>

#include "codec/field/line_decoder.h"
#include "codec/hash/trees.h"
#include "codec/io.h"

namespace wald::codec {

// Codewords of z bytes a symbol in one unit; of steps that hold a multiple of four such units two
// or four workers have the same to do.
std::size_t codewords_of_unit(std::size_t z);

// LineCode::encode and LineDecoder::decode over all of the batch.
void encode_pieces(Executor& executor, const LineCode& line, InPointers in, OutPointers out,
                   const Batch& batch);
void decode_pieces(Executor& executor, const LineDecoder& line, InPointers in, OutPointers out,
                   const Batch& batch);

// Reads or writes, a few small ones to a unit of work, or one of few.
template <class Work>
Result<void> each(Executor& executor, std::size_t count, Work work) {
  constexpr std::size_t kMost = 8, kUnits = 16;
  const std::size_t together = std::clamp<std::size_t>(count / kUnits, 1, kMost);
  return run_all(executor, (count + together - 1) / together,
                 [&](std::size_t unit) -> Result<void> {
                   const std::size_t end = std::min(count, (unit + 1) * together);
                   for (std::size_t i = unit * together; i < end; ++i) TRY(work(i));
                   return {};
                 });
}

// Hash of a sliver that lies behind `body` (K-18), its form checked, by steps of `bytes` bytes of
// each symbol (a multiple of 64, or all). Errors are those of the reads.
Result<Hash> sliver_hash(Executor& executor, const LineCode& line, std::uint32_t z,
                         std::uint32_t bytes, Source& body);

// Leaf hashes of symbols that come in steps: each step brings the next bytes of every symbol.
class Leaves {
 public:
  Leaves(std::size_t count, std::size_t z) : count_(count), z_(z) {}
  // `bytes` more of each symbol; with all at once no state is kept.
  void update(Executor& executor, const std::vector<const std::uint8_t*>& symbols,
              std::size_t bytes);
  std::vector<Hash> finish();  // after z bytes (WALD_CHECK)

 private:
  std::size_t count_, z_, done_ = 0;
  std::vector<Hash> hashes_;
  std::vector<base::Hasher> states_;
};

// The trees of n rows that get their leaves column by column (K-17).
class RowTrees {
 public:
  explicit RowTrees(std::size_t rows);
  // The next leaves of all rows: one list of n a column.
  void push(Executor& executor, std::span<const std::vector<Hash>> columns);
  std::vector<Hash> roots() const;

 private:
  std::vector<Frontiers> groups_;
  std::size_t rows_;
};

}  // namespace wald::codec
