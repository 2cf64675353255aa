// SPDX-License-Identifier: Apache-2.0
#include "codec/stream_encoder.h"

#include <algorithm>
#include <cstring>

#include "codec/encoder.h"
#include "codec/field/lines.h"
#include "codec/field/pieces.h"

namespace wald::codec {
namespace {

// Pass 1 works on rows and leaves their recovery symbols in the scratch, column by column. Pass 2
// works on columns: those of data come from the blob again, the others from the scratch; each is
// extended, hashed whole, and handed on. The lower right block exists for one step only.
class StreamEncoder {
 public:
  StreamEncoder(const Codec& codec, Source& blob, SliverSink* sink, Storage& scratch,
                const StreamPlan& plan, const StreamOptions& options)
      : codec_(codec),
        blob_(blob),
        sink_(sink),
        scratch_(scratch),
        plan_(plan),
        options_(options),
        executor_(options.executor != nullptr ? *options.executor : serial_),
        n_(codec.params().n()),
        p_(codec.params().p()),
        s_(codec.params().s()),
        z_(plan.symbol_size),
        column_roots_(n_),
        row_trees_(n_) {
    const auto steps = [&](std::size_t lines, std::size_t together) {
      return (lines + together - 1) / together * ((z_ + plan.bytes - 1) / plan.bytes);
    };
    total_ = steps(p_, plan.rows) + steps(s_, plan.columns) + steps(n_ - s_, plan.columns);
  }

  Result<Metadata> run() {
    for (std::size_t r = 0; r < p_; r += plan_.rows)
      for (std::size_t at = 0; at < z_; at += plan_.bytes)
        TRY(rows(r, std::min<std::size_t>(plan_.rows, p_ - r), at));
    free_buffers();
    for (std::size_t end : {s_, n_})  // no step holds columns of both kinds
      for (std::size_t j = end == s_ ? 0 : s_; j < end; j += plan_.columns)
        TRY(columns(j, std::min<std::size_t>(plan_.columns, end - j)));
    WALD_CHECK(done_ == total_);
    const std::vector<Hash> row_roots = row_trees_.roots();
    std::vector<shape::PairEntry> pairs(n_);
    for (std::size_t i = 0; i < n_; ++i)
      pairs[i] = shape::PairEntry{row_roots[i], column_roots_[n_ - 1 - i]};
    return shape::make_metadata(blob_.size(), std::move(pairs));
  }

 private:
  Result<void> step() {
    if (options_.cancelled && options_.cancelled()) return shape::fail(CodecCode::kCancelled);
    ++done_;
    if (options_.progress) options_.progress(done_, total_);
    return {};
  }

  // Bytes of the padded blob.
  Result<void> read_blob(std::uint64_t offset, std::span<std::uint8_t> out) {
    const std::uint64_t len = blob_.size();
    const std::uint64_t have = offset < len ? std::min<std::uint64_t>(out.size(), len - offset) : 0;
    if (have != 0) TRY(blob_.read_at(offset, out.first(static_cast<std::size_t>(have))));
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(have), out.end(), std::uint8_t{0});
    return {};
  }

  // Rows [r, r + count), bytes [at, ..) of each symbol; count is 1 unless that is all of them.
  Result<void> rows(std::size_t r, std::size_t count, std::size_t at) {
    TRY(step());
    const std::size_t w = std::min<std::size_t>(plan_.bytes, z_ - at);
    in_.resize(count * s_ * w);
    out_.resize(count * (n_ - s_) * w);
    if (w == z_)
      TRY(each(executor_, count, [&](std::size_t g) {
        return read_blob((r + g) * s_ * z_, std::span(in_.data() + g * s_ * z_, s_ * z_));
      }));
    else
      TRY(each(executor_, s_, [&](std::size_t c) {
        return read_blob((r * s_ + c) * z_ + at, std::span(in_.data() + c * w, w));
      }));
    encode_pieces(executor_, codec_.along(Axis::kPrimary),
                  pointers(std::as_const(in_).data(), s_, w),
                  pointers(out_.data(), n_ - s_, count * w), Batch{count, w, s_ * w, w});
    return each(executor_, n_ - s_, [&](std::size_t c) {
      return scratch_.write_at((c * p_ + r) * z_ + at,
                               ByteView(out_).subspan(c * count * w, count * w));
    });
  }

  // Where symbol r of column g of a step lies: data come row by row, the others column by column.
  struct Grid {
    std::size_t symbol, column;
  };

  Result<void> read_columns(std::size_t j, std::size_t count, std::size_t at, std::size_t w) {
    in_.resize(count * p_ * w);
    if (j < s_)
      return each(executor_, p_, [&](std::size_t r) {
        return read_blob((r * s_ + j) * z_ + at, std::span(in_.data() + r * count * w, count * w));
      });
    if (w == z_)
      return each(executor_, count, [&](std::size_t g) {
        return scratch_.read_at((j + g - s_) * p_ * z_,
                                std::span(in_.data() + g * p_ * z_, p_ * z_));
      });
    return each(executor_, p_, [&](std::size_t r) {
      return scratch_.read_at(((j - s_) * p_ + r) * z_ + at, std::span(in_.data() + r * w, w));
    });
  }

  Result<void> columns(std::size_t j, std::size_t count) {
    std::vector<Leaves> leaves(count, Leaves(n_, z_));
    for (std::size_t at = 0; at < z_; at += plan_.bytes) {
      TRY(step());
      const std::size_t w = std::min<std::size_t>(plan_.bytes, z_ - at);
      TRY(read_columns(j, count, at, w));
      const Grid grid = j < s_ ? Grid{count * w, w} : Grid{w, p_ * w};
      out_.resize(count * (n_ - p_) * w);
      encode_pieces(executor_, codec_.along(Axis::kSecondary),
                    pointers(std::as_const(in_).data(), p_, grid.symbol),
                    pointers(out_.data(), n_ - p_, count * w), Batch{count, w, grid.column, w});
      for (std::size_t g = 0; g < count; ++g) {
        auto symbols = pointers(std::as_const(in_).data() + g * grid.column, p_, grid.symbol);
        const auto rest = pointers(std::as_const(out_).data() + g * w, n_ - p_, count * w);
        symbols.insert(symbols.end(), rest.begin(), rest.end());
        leaves[g].update(executor_, symbols, w);
      }
      if (sink_ != nullptr) TRY(hand_on(j, count, at, w, grid));
    }
    finish_columns(j, leaves);
    return {};
  }

  // The trees of these columns end; those of all rows get their next leaves.
  void finish_columns(std::size_t j, std::vector<Leaves>& leaves) {
    std::vector<std::vector<Hash>> hashes;
    hashes.reserve(leaves.size());
    for (Leaves& one : leaves) hashes.push_back(one.finish());
    executor_.run(leaves.size(),
                  [&](std::size_t g) { column_roots_[j + g] = tree_root(hashes[g]); });
    row_trees_.push(executor_, hashes);
  }

  Result<void> hand_on(std::size_t j, std::size_t count, std::size_t at, std::size_t w,
                       const Grid& grid) {
    if (j < s_)
      TRY(each(executor_, n_, [&](std::size_t r) {
        const std::uint8_t* from =
            r < p_ ? in_.data() + r * count * w : out_.data() + (r - p_) * count * w;
        return sink_->write_at(Axis::kPrimary, static_cast<std::uint32_t>(r), j * z_ + at,
                               ByteView(from, count * w));
      }));
    if (w != z_)
      return each(executor_, p_, [&](std::size_t r) {
        return sink_->write_at(Axis::kSecondary, static_cast<std::uint32_t>(j), r * z_ + at,
                               ByteView(in_.data() + r * grid.symbol, w));
      });
    if (j < s_) gathered_.resize(count * p_ * z_);
    return run_all(executor_, count, [&](std::size_t g) {
      const std::uint8_t* from = in_.data() + g * grid.column;
      if (j < s_) {
        std::uint8_t* to = gathered_.data() + g * p_ * z_;
        for (std::size_t r = 0; r < p_; ++r) std::memcpy(to + r * z_, from + r * grid.symbol, z_);
        from = to;
      }
      return sink_->write_at(Axis::kSecondary, static_cast<std::uint32_t>(j + g), 0,
                             ByteView(from, p_ * z_));
    });
  }

  // So that the passes do not add up.
  void free_buffers() {
    in_ = RawBytes();
    out_ = RawBytes();
  }

  SerialExecutor serial_;
  const Codec& codec_;
  Source& blob_;
  SliverSink* sink_;
  Storage& scratch_;
  const StreamPlan& plan_;
  const StreamOptions& options_;
  Executor& executor_;
  std::size_t n_, p_, s_, z_;
  std::vector<Hash> column_roots_;
  RowTrees row_trees_;
  RawBytes in_, out_, gathered_;
  std::uint64_t done_ = 0, total_ = 0;  // steps
};

Result<Metadata> one_shot(const Codec& codec, Source& blob, SliverSink* sink,
                          const StreamOptions& options) {
  Bytes bytes(static_cast<std::size_t>(blob.size()));
  if (!bytes.empty()) TRY(blob.read_at(0, bytes));
  if (options.cancelled && options.cancelled()) return shape::fail(CodecCode::kCancelled);
  const EncodeOptions in_memory{0, options.executor};
  if (sink == nullptr) return describe(codec, bytes, in_memory);
  TRY_ASSIGN(const Encoded encoded, encode(codec, bytes, in_memory));
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary})
    for (std::uint32_t i = 0; i < codec.params().n(); ++i)
      TRY(sink->write_at(axis, i, 0, encoded.sliver(axis, i).body));
  return encoded.metadata();
}

Result<Metadata> run(const Codec& codec, Source& blob, SliverSink* sink, Storage* scratch,
                     const StreamOptions& options) {
  TRY_ASSIGN(const StreamPlan steps, plan(codec.params(), blob.size(), options));
  if (steps.one_shot) return one_shot(codec, blob, sink, options);
  WALD_CHECK(scratch != nullptr);
  return StreamEncoder(codec, blob, sink, *scratch, steps, options).run();
}

}  // namespace

Result<Metadata> encode(const Codec& codec, Source& blob, SliverSink& sink, Storage* scratch,
                        const StreamOptions& options) {
  return run(codec, blob, &sink, scratch, options);
}

Result<Metadata> describe(const Codec& codec, Source& blob, Storage* scratch,
                          const StreamOptions& options) {
  return run(codec, blob, nullptr, scratch, options);
}

}  // namespace wald::codec
