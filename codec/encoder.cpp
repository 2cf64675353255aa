// SPDX-License-Identifier: Apache-2.0
#include "codec/encoder.h"

#include "codec/field/ahead.h"
#include "codec/field/kernel.h"
#include "codec/field/lines.h"
#include "codec/field/pieces.h"
#include "codec/kernels.h"

namespace wald::codec {

namespace {

// Leaf hashes of a wave: so many columns, of at most so many bytes unless they are few.
constexpr std::size_t kUnits = 8;
constexpr std::size_t kWaveBytes = 4 << 20;

// Whatever was there goes; too little of it before there is more.
void make_room(RawBytes& at, std::size_t bytes) {
  at.clear();
  if (at.capacity() < bytes) at = RawBytes();
  at.resize(bytes);
}

std::size_t columns_of_wave(std::size_t n) {
  return std::min(std::max(kWaveBytes / (n * Hash::kSize), kUnits), n);
}

}  // namespace

// Rows first: they fill the secondary slivers. Then columns, a few to a unit of work: each gives
// the rest of its tree and one symbol of every primary sliver, so the lower right block never lies
// in memory. Some units make a wave, after which all row trees get their leaves.
class Encoder {
 public:
  Encoder(const Codec& codec, std::uint32_t z, bool keep_primaries, Executor& executor,
          Encoded* spent)
      : codec_(codec),
        executor_(executor),
        keep_(keep_primaries),
        n_(codec.params().n()),
        p_(codec.params().p()),
        s_(codec.params().s()),
        z_(z),
        out_(codec.params()),
        row_trees_(n_),
        column_roots_(n_) {
    if (spent == nullptr) return;
    out_.primaries_.swap(spent->primaries_);
    out_.secondaries_.swap(spent->secondaries_);
    *spent = Encoded(spent->params_);
  }

  Encoded run(ByteView blob) {
    out_.z_ = static_cast<std::uint32_t>(z_);
    make_room(out_.primaries_, (keep_ ? n_ : p_) * s_ * z_);
    make_room(out_.secondaries_, n_ * p_ * z_);
    WALD_CHECK(blob.size() <= p_ * s_ * z_);
    if (z_ < kBlock)
      encode_short_rows(blob);
    else
      encode_rows(blob);
    const std::size_t wave = columns_of_wave(n_);
    for (const std::size_t end : {s_, n_})  // no unit holds columns of both kinds
      for (std::size_t j = end == s_ ? 0 : s_; j < end; j += wave)
        encode_wave(j, std::min(wave, end - j));
    const std::vector<Hash> row_roots = row_trees_.roots();
    std::vector<shape::PairEntry> pairs(n_);
    for (std::size_t i = 0; i < n_; ++i)
      pairs[i] = shape::PairEntry{row_roots[i], column_roots_[n_ - 1 - i]};
    out_.metadata_ = shape::make_metadata(blob.size(), std::move(pairs));
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kTogether = 16;          // most rows or columns of a copying unit
  static constexpr std::size_t kRowBytes = 4 << 20;     // of a unit of rows, unless one has more
  static constexpr std::size_t kColumnBytes = 2 << 20;  // of a unit of columns, unless one has more
  static constexpr std::size_t kAhead = 64;             // rows asked for before they are copied
  static constexpr std::size_t kPlaced = 256;  // least bytes in one place that are worth it

  std::uint8_t* primary(std::size_t r, std::size_t c) {
    return out_.primaries_.data() + (r * s_ + c) * z_;
  }
  std::uint8_t* secondary(std::size_t c, std::size_t r) {
    return out_.secondaries_.data() + (c * p_ + r) * z_;
  }

  // Rows [r, end) of the padded blob.
  void fill_rows(ByteView blob, std::size_t r, std::size_t end) {
    const std::size_t first = r * s_ * z_, last = end * s_ * z_;
    const std::size_t have = std::clamp(blob.size(), first, last);
    if (have != first)
      std::memcpy(out_.primaries_.data() + first, blob.data() + first, have - first);
    std::memset(out_.primaries_.data() + have, 0, last - have);
  }

  // A few rows to a unit of work, out of the blob itself where it has them whole.
  void encode_rows(ByteView blob) {
    const std::size_t bytes = s_ * z_;
    const std::size_t unit = std::clamp<std::size_t>(kRowBytes / bytes, 1, kTogether);
    executor_.run((p_ + unit - 1) / unit, [&](std::size_t u) {
      const std::size_t r = u * unit, end = std::min(r + unit, p_);
      const bool padded = blob.size() < end * bytes;
      if (padded) fill_rows(blob, r, end);
      const std::uint8_t* const from = padded ? primary(r, 0) : blob.data() + r * bytes;
      codec_.along(Axis::kPrimary)
          .encode(pointers(from, s_, z_), pointers(secondary(s_, r), n_ - s_, p_ * z_),
                  Batch{end - r, z_, bytes, z_});
      if (!padded) kernels().place(primary(r, 0), bytes, from, bytes, end - r, bytes);
    });
  }

  // Short symbols of a column lie side by side, those of a row do not.
  void encode_short_rows(ByteView blob) {
    executor_.run((p_ + kTogether - 1) / kTogether, [&](std::size_t unit) {
      fill_rows(blob, unit * kTogether, std::min((unit + 1) * kTogether, p_));
    });
    executor_.run((s_ + kTogether - 1) / kTogether, [&](std::size_t unit) {
      fill_columns(unit * kTogether, std::min((unit + 1) * kTogether, s_));
    });
    encode_pieces(executor_, codec_.along(Axis::kPrimary),
                  pointers(std::as_const(out_.secondaries_).data(), s_, p_ * z_),
                  pointers(secondary(s_, 0), n_ - s_, p_ * z_), Batch{p_, z_, z_, z_});
  }

  // The data symbols of columns [j, end).
  void fill_columns(std::size_t j, std::size_t end) {
    for (std::size_t r = 0; r < p_; ++r) {
      if (r + kAhead < p_) ask(primary(r + kAhead, j), (end - j) * z_);
      for (std::size_t c = j; c < end; ++c) std::memcpy(secondary(c, r), primary(r, c), z_);
    }
  }

  void encode_wave(std::size_t j, std::size_t count) {
    const std::size_t most = std::max<std::size_t>(count / kUnits, 1);
    const std::size_t unit = std::clamp<std::size_t>(kColumnBytes / (n_ * z_), 1, most);
    leaves_.resize(count);
    executor_.run((count + unit - 1) / unit, [&](std::size_t u) {
      encode_columns(j + u * unit, std::min(unit, count - u * unit), leaves_.data() + u * unit);
    });
    row_trees_.push(executor_, leaves_);
  }

  // Columns [j, j + count): their recovery symbols are the rest of the primary slivers, or hashed
  // only. They are hashed where they were made, and go to the slivers only then: those lie far
  // apart and are not looked at again.
  void encode_columns(std::size_t j, std::size_t count, std::vector<Hash>* leaves) {
    const bool kept = keep_ && j < s_;
    const bool apart = !kept || count * z_ >= kPlaced;
    RawBytes more(apart ? (n_ - p_) * count * z_ : 0);
    std::uint8_t* const rest = apart ? more.data() : primary(p_, j);
    const std::size_t step = (apart ? count : s_) * z_;  // from a recovery symbol to the next
    if (z_ >= kBlock && j < s_) fill_columns(j, j + count);
    const LineCode& line = codec_.along(Axis::kSecondary);
    // Of the first column, from so many bytes on.
    const auto in = [&](std::size_t at) {
      return pointers(std::as_const(out_.secondaries_).data() + j * p_ * z_ + at, p_, z_);
    };
    const auto out = [&](std::size_t at) { return pointers(rest + at, n_ - p_, step); };
    // Long symbols: their tails all together, their blocks just before they are hashed.
    const std::size_t blocks = z_ < kApart ? 0 : z_ / kBlock * kBlock;
    if (blocks != z_) line.encode(in(blocks), out(blocks), Batch{count, z_ - blocks, p_ * z_, z_});
    std::vector<const std::uint8_t*> symbols(n_);
    for (std::size_t g = 0; g < count; ++g) {
      if (blocks != 0) line.encode(in(g * p_ * z_), out(g * z_), Batch{1, blocks, 0, 0});
      for (std::size_t r = 0; r < n_; ++r)
        symbols[r] = r < p_ ? secondary(j + g, r) : rest + (r - p_) * step + g * z_;
      leaves[g].resize(n_);
      leaf_hashes(symbols.data(), n_, z_, leaves[g].data());
      column_roots_[j + g] = tree_root(leaves[g]);
    }
    if (kept && apart) kernels().place(primary(p_, j), s_ * z_, rest, step, n_ - p_, step);
  }

  const Codec& codec_;
  Executor& executor_;
  bool keep_;
  std::size_t n_, p_, s_, z_;
  Encoded out_;
  RowTrees row_trees_;
  std::vector<std::vector<Hash>> leaves_;  // of a wave
  std::vector<Hash> column_roots_;
};

namespace {

// Working memory beside the slivers: tables, frontiers and hashes; then for each worker a group of
// columns and tiles.
constexpr std::uint64_t kWorking = 12 << 20;
constexpr std::uint64_t kPerShard = 2048;
constexpr std::uint64_t kWorker = 4 << 20;

Result<Encoded> run(const Codec& codec, ByteView blob, const EncodeOptions& options, bool keep) {
  TRY_ASSIGN(const std::uint32_t z, codec.params().symbol_size(blob.size()));
  SerialExecutor serial;
  Executor& executor = options.executor != nullptr ? *options.executor : serial;
  TRY_ASSIGN(const std::uint64_t needed,
             encode_memory(codec.params(), blob.size(), executor.workers()));
  if (options.memory != 0 && needed > options.memory)
    return shape::fail(CodecCode::kMemoryBudget, needed, options.memory);
  return Encoder(codec, z, keep, executor, options.spent).run(blob);
}

}  // namespace

Result<std::uint64_t> encode_memory(const Params& params, std::uint64_t len,
                                    std::uint64_t workers) {
  TRY_ASSIGN(const std::uint32_t z, params.symbol_size(len));
  const std::uint64_t n = params.n(), slivers = n * (params.p() + params.s()) * z;
  const std::uint64_t leaves = n * columns_of_wave(n) * Hash::kSize;
  return slivers + leaves + kWorking + kPerShard * n + workers * (kWorker + n * z);
}

SliverView Encoded::sliver(Axis axis, std::uint32_t index) const {
  WALD_CHECK(index < params_.n());
  const std::size_t bytes = std::size_t{z_} * params_.symbols(axis);
  return SliverView{axis, index, z_, bodies(axis).subspan(index * bytes, bytes)};
}

shape::SliverPair Encoded::pair(std::uint32_t pair) const {
  WALD_CHECK(pair < params_.n());
  return shape::SliverPair{to_data(sliver(Axis::kPrimary, pair)),
                           to_data(sliver(Axis::kSecondary, params_.n() - 1 - pair))};
}

Result<Encoded> encode(const Codec& codec, ByteView blob, const EncodeOptions& options) {
  return run(codec, blob, options, true);
}

Result<Metadata> describe(const Codec& codec, ByteView blob, const EncodeOptions& options) {
  TRY_ASSIGN(const Encoded done, run(codec, blob, options, false));
  return done.metadata();
}

}  // namespace wald::codec
