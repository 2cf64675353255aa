// SPDX-License-Identifier: Apache-2.0
#include "codec/decoder.h"

#include "codec/encoder.h"
#include "codec/field/line_decoder.h"
#include "codec/field/lines.h"

namespace wald::codec {

Decoder::Decoder(const Codec& codec, Axis axis, std::uint64_t len, std::uint32_t z)
    : codec_(codec), axis_(axis), len_(len), z_(z), seen_(codec.params().n(), false) {}

Result<Decoder> Decoder::make(const Codec& codec, Axis axis, const Metadata& metadata) {
  TRY(shape::verify_metadata(codec.params(), metadata));
  TRY_ASSIGN(Decoder out, unverified(codec, axis, metadata.len));
  out.metadata_ = metadata;
  return out;
}

Result<Decoder> Decoder::unverified(const Codec& codec, Axis axis, std::uint64_t len) {
  TRY_ASSIGN(const std::uint32_t z, codec.params().symbol_size(len));
  return Decoder(codec, axis, len, z);
}

Verdict Decoder::judge(const SliverView& sliver) {
  const auto skip = [](CodecError why) { return Verdict{Verdict::Kind::kSkipped, std::move(why)}; };
  if (sliver.axis != axis_)
    return skip(CodecError{
        CodecCode::kSliverHash, {static_cast<std::uint64_t>(sliver.axis), sliver.index}, {}});
  const auto form = check_form(codec_.params(), len_, sliver);
  if (!form.ok()) return skip(form.error());
  if (seen_[sliver.index]) return skip(CodecError{CodecCode::kDuplicate, {sliver.index}, {}});
  if (metadata_) {
    const auto hash = verify_sliver(codec_, *metadata_, sliver);
    if (!hash.ok()) return skip(hash.error());
  }
  seen_[sliver.index] = true;
  if (complete()) return Verdict{Verdict::Kind::kSurplus, std::nullopt};
  indices_.push_back(sliver.index);
  bodies_.emplace_back(sliver.body.begin(), sliver.body.end());
  return Verdict{};
}

Verdict Decoder::push(const SliverView& sliver) {
  Verdict verdict = judge(sliver);
  if (verdict.kind == Verdict::Kind::kSurplus) ++surplus_;
  if (verdict.reason)
    skipped_.push_back(
        shape::Skipped{pushes_, sliver.index, verdict.reason->code, verdict.reason->numbers});
  ++pushes_;
  return verdict;
}

// The p x s symbols of data, row by row.
Bytes Decoder::decode() const {
  const Params& params = codec_.params();
  const bool rows = axis_ == Axis::kPrimary;
  const std::size_t p = params.p(), s = params.s(), z = z_;
  const std::size_t across = rows ? s : p;  // codewords
  Bytes out(p * s * z);
  // Where symbol 0 of codeword g of sliver x lies in the matrix, and the way to the next codeword.
  const std::size_t sliver_step = rows ? s * z : z;
  const std::size_t word_step = rows ? z : s * z;
  std::vector<const std::uint8_t*> in;
  for (std::size_t i = 0; i < indices_.size(); ++i) {
    in.push_back(bodies_[i].data());
    if (indices_[i] >= params.needed(axis_)) continue;
    for (std::size_t g = 0; g < across; ++g)
      std::memcpy(out.data() + indices_[i] * sliver_step + g * word_step, bodies_[i].data() + g * z,
                  z);
  }
  const LineDecoder line(codec_.across(axis_), indices_);
  std::vector<std::uint8_t*> to;
  for (const std::uint32_t x : line.missing()) to.push_back(out.data() + x * sliver_step);
  line.decode(in, to, Batch{across, z, z, word_step});
  return out;
}

Result<void> Decoder::check_padding(const Bytes& matrix) const {
  for (std::size_t i = static_cast<std::size_t>(len_); i < matrix.size(); ++i)
    if (matrix[i] != 0)
      return shape::fail(CodecCode::kInvalidBlob,
                         static_cast<std::uint8_t>(shape::InvalidBlobKind::kPadding), i);
  return {};
}

Result<void> Decoder::check_rows(const Bytes& matrix) const {
  const Params& params = codec_.params();
  const std::size_t row_bytes = std::size_t{params.s()} * z_;
  const auto known = [&](std::size_t r) { return axis_ == Axis::kPrimary && seen_[r]; };
  for (std::size_t r = 0; r < params.p();) {
    std::size_t end = r;
    while (end < params.p() && !known(end)) ++end;
    if (end == r) {
      ++r;  // came in as a primary sliver, verified
      continue;
    }
    const auto roots =
        sliver_roots(codec_, Axis::kPrimary, matrix.data() + r * row_bytes, end - r, row_bytes, z_);
    for (std::size_t i = 0; i < roots.size(); ++i)
      if (roots[i] != metadata_->pairs[r + i].primary)
        return shape::fail(CodecCode::kInvalidBlob,
                           static_cast<std::uint8_t>(shape::InvalidBlobKind::kRow), r + i);
    r = end;
  }
  return {};
}

Result<void> Decoder::check_id(ByteView blob) const {
  TRY_ASSIGN(const Metadata again, describe(codec_, blob));
  if (again.blob_id == metadata_->blob_id) return {};
  return shape::fail(CodecCode::kInvalidBlob,
                     static_cast<std::uint8_t>(shape::InvalidBlobKind::kBlobId), 0U);
}

Result<Report> Decoder::finish(Check check) const {
  if (!complete())
    return base::Err{CodecError{
        CodecCode::kNotEnoughSlivers, {indices_.size(), codec_.params().needed(axis_)}, skipped_}};
  Bytes matrix = decode();
  if (check != Check::kSkip) TRY(check_padding(matrix));
  if (check == Check::kStandard && metadata_) TRY(check_rows(matrix));
  WALD_CHECK(len_ <= matrix.size());
  matrix.resize(static_cast<std::size_t>(len_));
  if (check == Check::kStrict && metadata_) TRY(check_id(matrix));
  Report report;
  report.blob = std::move(matrix);
  report.verified = metadata_.has_value();
  report.check = check;
  report.used = indices_.size();
  report.surplus = surplus_;
  report.skipped = skipped_;
  return report;
}

}  // namespace wald::codec
