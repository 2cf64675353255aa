// SPDX-License-Identifier: Apache-2.0
#include "codec/stream_decoder.h"

#include <algorithm>
#include <cstring>

#include "codec/field/lines.h"
#include "codec/field/pieces.h"
#include "codec/stream_encoder.h"

namespace wald::codec {
namespace {

Executor& executor_of(const StreamOptions& options) {
  static SerialExecutor serial;  // has no state
  return options.executor != nullptr ? *options.executor : serial;
}

// The form of the sliver, as check_form() judges it.
Result<void> check_form(const Params& params, std::uint32_t z, const SliverSource& sliver) {
  if (sliver.index >= params.n())
    return shape::fail(CodecCode::kSliverIndex, sliver.index, params.n());
  const std::uint64_t want = std::uint64_t{z} * params.symbols(sliver.axis);
  if (sliver.body->size() != want)
    return shape::fail(CodecCode::kSliverLength, sliver.body->size(), want);
  if (sliver.symbol_size != z) return shape::fail(CodecCode::kSymbolSize, sliver.symbol_size, z);
  return {};
}

Result<void> check_hash(const Codec& codec, const Metadata& metadata, const SliverSource& sliver,
                        const StreamPlan& plan, const StreamOptions& options) {
  TRY_ASSIGN(const Hash hash, sliver_hash(executor_of(options), codec.along(sliver.axis),
                                          plan.symbol_size, plan.bytes, *sliver.body));
  const SliverIndex index(static_cast<std::uint16_t>(sliver.index));
  if (hash == shape::sliver_hash(codec.params(), metadata, sliver.axis, index)) return {};
  return shape::fail(CodecCode::kSliverHash, static_cast<std::uint8_t>(sliver.axis), sliver.index);
}

}  // namespace

Result<void> verify_sliver(const Codec& codec, const Metadata& metadata, const SliverSource& sliver,
                           const StreamOptions& options) {
  TRY_ASSIGN(const StreamPlan steps, plan(codec.params(), metadata.len, options));
  TRY(check_form(codec.params(), steps.symbol_size, sliver));
  return check_hash(codec, metadata, sliver, steps, options);
}

StreamDecoder::StreamDecoder(const Codec& codec, Axis axis, std::uint64_t len,
                             const StreamPlan& plan, StreamOptions options)
    : codec_(codec),
      axis_(axis),
      len_(len),
      plan_(plan),
      options_(std::move(options)),
      seen_(codec.params().n(), false) {}

Result<StreamDecoder> StreamDecoder::make(const Codec& codec, Axis axis, const Metadata& metadata,
                                          StreamOptions options) {
  TRY(shape::verify_metadata(codec.params(), metadata));
  TRY_ASSIGN(StreamDecoder out, unverified(codec, axis, metadata.len, std::move(options)));
  out.metadata_ = metadata;
  return out;
}

Result<StreamDecoder> StreamDecoder::unverified(const Codec& codec, Axis axis, std::uint64_t len,
                                                StreamOptions options) {
  TRY_ASSIGN(const StreamPlan steps, plan(codec.params(), len, options));
  return StreamDecoder(codec, axis, len, steps, std::move(options));
}

Verdict StreamDecoder::judge(const SliverSource& sliver) {
  const auto skip = [](CodecError why) { return Verdict{Verdict::Kind::kSkipped, std::move(why)}; };
  if (sliver.axis != axis_)
    return skip(CodecError{
        CodecCode::kSliverHash, {static_cast<std::uint64_t>(sliver.axis), sliver.index}, {}});
  const auto form = check_form(codec_.params(), plan_.symbol_size, sliver);
  if (!form.ok()) return skip(form.error());
  if (seen_[sliver.index]) return skip(CodecError{CodecCode::kDuplicate, {sliver.index}, {}});
  if (metadata_) {
    const auto hash = check_hash(codec_, *metadata_, sliver, plan_, options_);
    if (!hash.ok()) return skip(hash.error());
  }
  seen_[sliver.index] = true;
  if (complete()) return Verdict{Verdict::Kind::kSurplus, std::nullopt};
  indices_.push_back(sliver.index);
  bodies_.push_back(sliver.body);
  return Verdict{};
}

Verdict StreamDecoder::push(const SliverSource& sliver) {
  WALD_CHECK(sliver.body != nullptr);
  Verdict verdict = judge(sliver);
  if (verdict.kind == Verdict::Kind::kSurplus) ++surplus_;
  if (verdict.reason)
    skipped_.push_back(
        shape::Skipped{pushes_, sliver.index, verdict.reason->code, verdict.reason->numbers});
  ++pushes_;
  return verdict;
}

Result<void> StreamDecoder::step() {
  if (options_.cancelled && options_.cancelled()) return shape::fail(CodecCode::kCancelled);
  ++done_;
  if (options_.progress) options_.progress(std::min(done_, total_), total_);
  return {};
}

// Decoded bytes of one row: those of the blob are written, the others must be zero.
Result<void> StreamDecoder::put(Storage& output, std::uint64_t offset, ByteView bytes) {
  const std::uint64_t have =
      offset < len_ ? std::min<std::uint64_t>(bytes.size(), len_ - offset) : 0;
  if (have != 0) TRY(output.write_at(offset, bytes.first(static_cast<std::size_t>(have))));
  const ByteView rest = bytes.subspan(static_cast<std::size_t>(have));
  const auto odd = std::find_if(rest.begin(), rest.end(), [](std::uint8_t b) { return b != 0; });
  if (odd == rest.end()) return {};
  const std::uint64_t at = offset + have + static_cast<std::uint64_t>(odd - rest.begin());
  std::uint64_t& first = padding_[at / (std::uint64_t{codec_.params().s()} * plan_.symbol_size)];
  first = std::min(first, at);
  return {};
}

// Some columns of all rows at a time. Rows that came in are passed on, the others decoded.
Result<void> StreamDecoder::from_primaries(Storage& output) {
  const std::size_t p = codec_.params().p(), s = codec_.params().s(), z = plan_.symbol_size;
  const LineDecoder line(codec_.across(axis_), indices_);
  const std::size_t missing = line.missing().size();
  Bytes in(p * plan_.columns * plan_.bytes), out(missing * plan_.columns * plan_.bytes);
  for (std::size_t j = 0; j < s; j += plan_.columns)
    for (std::size_t at = 0; at < z; at += plan_.bytes) {
      TRY(step());
      const std::size_t count = std::min<std::size_t>(plan_.columns, s - j);
      const std::size_t w = std::min<std::size_t>(plan_.bytes, z - at), piece = count * w;
      TRY(each(executor_of(options_), p, [&](std::size_t i) {
        return bodies_[i]->read_at(j * z + at, std::span(in.data() + i * piece, piece));
      }));
      decode_pieces(executor_of(options_), line, pointers(std::as_const(in).data(), p, piece),
                    pointers(out.data(), missing, piece), Batch{count, w, w, w});
      const auto place = [&](std::size_t r) { return (r * s + j) * z + at; };
      TRY(each(executor_of(options_), p, [&](std::size_t i) -> Result<void> {
        if (indices_[i] >= p) return {};
        return put(output, place(indices_[i]), ByteView(in).subspan(i * piece, piece));
      }));
      TRY(each(executor_of(options_), missing, [&](std::size_t i) {
        return put(output, place(line.missing()[i]), ByteView(out).subspan(i * piece, piece));
      }));
    }
  return {};
}

// Some rows at a time, in order.
Result<void> StreamDecoder::from_secondaries(Storage& output) {
  const std::size_t p = codec_.params().p(), s = codec_.params().s(), z = plan_.symbol_size;
  const LineDecoder line(codec_.across(axis_), indices_);
  const std::size_t missing = line.missing().size();
  Bytes in(s * plan_.rows * plan_.bytes), row(s * plan_.rows * plan_.bytes);
  for (std::size_t r = 0; r < p; r += plan_.rows)
    for (std::size_t at = 0; at < z; at += plan_.bytes) {
      TRY(step());
      const std::size_t count = std::min<std::size_t>(plan_.rows, p - r);
      const std::size_t w = std::min<std::size_t>(plan_.bytes, z - at), piece = count * w;
      TRY(each(executor_of(options_), s, [&](std::size_t i) -> Result<void> {
        auto read = bodies_[i]->read_at(r * z + at, std::span(in.data() + i * piece, piece));
        if (!read.ok()) return read;
        for (std::size_t g = 0; indices_[i] < s && g < count; ++g)
          std::memcpy(row.data() + (g * s + indices_[i]) * w, in.data() + i * piece + g * w, w);
        return {};
      }));
      std::vector<std::uint8_t*> to;
      for (const std::uint32_t x : line.missing()) to.push_back(row.data() + x * w);
      decode_pieces(executor_of(options_), line, pointers(std::as_const(in).data(), s, piece), to,
                    Batch{count, w, w, s * w});
      if (w == z)
        TRY(each(executor_of(options_), count, [&](std::size_t g) {
          return put(output, (r + g) * s * z, ByteView(row).subspan(g * s * z, s * z));
        }));
      for (std::size_t c = 0; w != z && c < s; ++c)  // all of one row: one after the other
        TRY(put(output, (r * s + c) * z + at, ByteView(row).subspan(c * w, w)));
    }
  WALD_CHECK(missing <= s);
  return {};
}

Result<void> StreamDecoder::check_rows(Storage& output) {
  const Params& params = codec_.params();
  const std::uint64_t row = std::uint64_t{params.s()} * plan_.symbol_size;
  for (std::uint32_t r = 0; r < params.p(); ++r) {
    TRY(step());
    if (axis_ == Axis::kPrimary && seen_[r]) continue;  // came in as a primary sliver, verified
    StorageSource body(output, len_, r * row, row);
    TRY_ASSIGN(const Hash hash, sliver_hash(executor_of(options_), codec_.along(Axis::kPrimary),
                                            plan_.symbol_size, plan_.bytes, body));
    if (hash != metadata_->pairs[r].primary)
      return shape::fail(CodecCode::kInvalidBlob,
                         static_cast<std::uint8_t>(shape::InvalidBlobKind::kRow), r);
  }
  return {};
}

Result<void> StreamDecoder::check_id(Storage& output, Storage* scratch) {
  StorageSource blob(output, len_, 0, len_);
  StreamOptions options = options_;
  options.progress = nullptr;
  TRY_ASSIGN(const Metadata again, describe(codec_, blob, scratch, options));
  if (again.blob_id == metadata_->blob_id) return {};
  return shape::fail(CodecCode::kInvalidBlob,
                     static_cast<std::uint8_t>(shape::InvalidBlobKind::kBlobId), 0U);
}

Result<Report> StreamDecoder::finish(Storage& output, Storage* scratch, Check check) {
  const Params& params = codec_.params();
  if (!complete())
    return base::Err{CodecError{
        CodecCode::kNotEnoughSlivers, {indices_.size(), params.needed(axis_)}, skipped_}};
  const bool hashes = check == Check::kStandard && metadata_;
  const std::uint64_t lines = axis_ == Axis::kPrimary ? params.s() : params.p();
  const std::uint64_t together = axis_ == Axis::kPrimary ? plan_.columns : plan_.rows;
  total_ =
      (lines + together - 1) / together * ((plan_.symbol_size + plan_.bytes - 1) / plan_.bytes) +
      (hashes ? params.p() : 0);
  done_ = 0;
  padding_.assign(params.p(), UINT64_MAX);
  TRY(axis_ == Axis::kPrimary ? from_primaries(output) : from_secondaries(output));
  const std::uint64_t odd = *std::min_element(padding_.begin(), padding_.end());
  if (check != Check::kSkip && odd != UINT64_MAX)
    return shape::fail(CodecCode::kInvalidBlob,
                       static_cast<std::uint8_t>(shape::InvalidBlobKind::kPadding), odd);
  if (hashes) TRY(check_rows(output));
  if (check == Check::kStrict && metadata_) TRY(check_id(output, scratch));
  Report report;
  report.verified = metadata_.has_value();
  report.check = check;
  report.used = indices_.size();
  report.surplus = surplus_;
  report.skipped = skipped_;
  return report;
}

}  // namespace wald::codec
