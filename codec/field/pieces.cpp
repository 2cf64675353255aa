// SPDX-License-Identifier: Apache-2.0
#include "codec/field/pieces.h"

#include <algorithm>

#include "codec/field/lines.h"
#include "codec/hash/kernel.h"

namespace wald::codec {
namespace {

constexpr std::size_t kPiece = 16 << 10;       // most bytes of each symbol in a unit of work
constexpr std::size_t kTogether = 8 << 10;     // the same where it has several codewords
constexpr std::size_t kLeaves = 128;           // leaves in one
constexpr std::size_t kTrees = 8 * kMaxLanes;  // row trees in one
static_assert(kPiece % 64 == 0, "symbols are cut between blocks only");

struct Piece {
  std::size_t first, count;   // codewords
  std::size_t offset, bytes;  // of each symbol
};

std::vector<Piece> cut(const Batch& batch) {
  std::vector<Piece> out;
  const std::size_t group = codewords_of_unit(batch.z);
  for (std::size_t g = 0; g < batch.count; g += group) {
    const std::size_t count = std::min(group, batch.count - g);
    for (std::size_t at = 0; at < batch.z; at += kPiece)
      out.push_back({g, count, at, std::min(kPiece, batch.z - at)});
  }
  return out;
}

template <class Run>
void each_piece(Executor& executor, InPointers in, OutPointers out, const Batch& batch, Run run) {
  const std::vector<Piece> pieces = cut(batch);
  executor.run(pieces.size(), [&](std::size_t unit) {
    const Piece& piece = pieces[unit];
    std::vector<const std::uint8_t*> from(in.begin(), in.end());
    std::vector<std::uint8_t*> to(out.begin(), out.end());
    for (auto& at : from)
      if (at != nullptr) at += piece.first * batch.in_stride + piece.offset;
    for (auto& at : to)
      if (at != nullptr) at += piece.first * batch.out_stride + piece.offset;
    run(from, to, Batch{piece.count, piece.bytes, batch.in_stride, batch.out_stride});
  });
}

}  // namespace

std::size_t codewords_of_unit(std::size_t z) { return std::max<std::size_t>(kTogether / z, 1); }

void encode_pieces(Executor& executor, const LineCode& line, InPointers in, OutPointers out,
                   const Batch& batch) {
  each_piece(executor, in, out, batch, [&](InPointers from, OutPointers to, const Batch& part) {
    line.encode(from, to, part);
  });
}

void decode_pieces(Executor& executor, const LineDecoder& line, InPointers in, OutPointers out,
                   const Batch& batch) {
  if (out.empty()) return;
  each_piece(executor, in, out, batch, [&](InPointers from, OutPointers to, const Batch& part) {
    line.decode(from, to, part);
  });
}

void Leaves::update(Executor& executor, const std::vector<const std::uint8_t*>& symbols,
                    std::size_t bytes) {
  WALD_CHECK(symbols.size() == count_ && done_ + bytes <= z_);
  const bool whole = bytes == z_;
  if (whole) hashes_.resize(count_);
  if (!whole && done_ == 0) {
    states_.resize(count_);
    const std::uint8_t prefix = 0;
    for (base::Hasher& state : states_) state.update(ByteView(&prefix, 1));
  }
  executor.run((count_ + kLeaves - 1) / kLeaves, [&](std::size_t unit) {
    const std::size_t first = unit * kLeaves, count = std::min(kLeaves, count_ - first);
    if (whole) return leaf_hashes(symbols.data() + first, count, z_, hashes_.data() + first);
    for (std::size_t i = first; i < first + count; ++i)
      states_[i].update(ByteView(symbols[i], bytes));
  });
  done_ += bytes;
}

std::vector<Hash> Leaves::finish() {
  WALD_CHECK(done_ == z_);
  for (base::Hasher& state : states_) hashes_.push_back(state.finish());
  states_.clear();
  WALD_CHECK(hashes_.size() == count_);
  return std::move(hashes_);
}

Result<Hash> sliver_hash(Executor& executor, const LineCode& line, std::uint32_t z,
                         std::uint32_t bytes, Source& body) {
  const std::size_t k = line.k(), m = line.m();
  WALD_CHECK(body.size() == std::uint64_t{z} * k && bytes != 0 && (bytes == z || bytes % 64 == 0));
  Bytes symbols((k + m) * bytes);
  Leaves leaves(k + m, z);
  for (std::size_t at = 0; at < z; at += bytes) {
    const std::size_t now = std::min<std::size_t>(bytes, z - at);
    if (now == z) TRY(body.read_at(0, std::span(symbols.data(), k * z)));
    for (std::size_t i = 0; now != z && i < k; ++i)
      TRY(body.read_at(std::uint64_t{i} * z + at, std::span(symbols.data() + i * now, now)));
    encode_pieces(executor, line, pointers(std::as_const(symbols).data(), k, now),
                  pointers(symbols.data() + k * now, m, now), Batch{1, now, 0, 0});
    leaves.update(executor, pointers(std::as_const(symbols).data(), k + m, now), now);
  }
  return tree_root(leaves.finish());
}

RowTrees::RowTrees(std::size_t rows) : rows_(rows) {
  groups_.reserve((rows + kTrees - 1) / kTrees);
  for (std::size_t i = 0; i < rows; i += kTrees) groups_.emplace_back(std::min(kTrees, rows - i));
}

void RowTrees::push(Executor& executor, std::span<const std::vector<Hash>> columns) {
  executor.run(groups_.size(), [&](std::size_t group) {
    const std::size_t first = group * kTrees, end = std::min(first + kTrees, rows_);
    for (const std::vector<Hash>& column : columns) {
      WALD_CHECK(column.size() == rows_);
      groups_[group].push(std::span(column).subspan(first, end - first));
    }
  });
}

std::vector<Hash> RowTrees::roots() const {
  std::vector<Hash> out;
  out.reserve(rows_);
  for (const Frontiers& group : groups_) {
    const std::vector<Hash> roots = group.roots();
    out.insert(out.end(), roots.begin(), roots.end());
  }
  return out;
}

}  // namespace wald::codec
