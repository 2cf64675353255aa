// SPDX-License-Identifier: Apache-2.0
#include "codec/codec.h"

#include "codec/field/line_code.h"
#include "codec/field/lines.h"

namespace wald::codec {

struct Codec::Lines {
  LineCode row;     // along a primary sliver
  LineCode column;  // along a secondary sliver
};

Codec::Codec(const Params& params)
    : params_(params),
      lines_(std::make_shared<Lines>(Lines{LineCode(params.s(), params.n() - params.s()),
                                           LineCode(params.p(), params.n() - params.p())})) {}

Result<Codec> Codec::make(std::uint64_t shards) {
  TRY_ASSIGN(const Params params, Params::make(shards));
  return Codec(params);
}

const LineCode& Codec::along(Axis axis) const {
  return axis == Axis::kPrimary ? lines_->row : lines_->column;
}

SliverView view(Axis axis, const shape::SliverData& data) {
  return SliverView{axis, data.index.value(), data.symbol_size, data.body};
}

shape::SliverData to_data(const SliverView& sliver) {
  return shape::SliverData{Bytes(sliver.body.begin(), sliver.body.end()),
                           base::narrow<std::uint16_t>(sliver.symbol_size),
                           SliverIndex(base::narrow<std::uint16_t>(sliver.index))};
}

Result<void> check_form(const Params& params, std::uint64_t len, const SliverView& sliver) {
  TRY_ASSIGN(const std::uint32_t z, params.symbol_size(len));
  if (sliver.index >= params.n())
    return shape::fail(CodecCode::kSliverIndex, sliver.index, params.n());
  const std::uint64_t want = std::uint64_t{z} * params.symbols(sliver.axis);
  if (sliver.body.size() != want)
    return shape::fail(CodecCode::kSliverLength, sliver.body.size(), want);
  if (sliver.symbol_size != z) return shape::fail(CodecCode::kSymbolSize, sliver.symbol_size, z);
  return {};
}

Bytes expand(const Codec& codec, const SliverView& sliver) {
  const LineCode& line = codec.along(sliver.axis);
  const std::size_t z = sliver.symbol_size;
  WALD_CHECK(z != 0 && sliver.body.size() == z * line.k());
  Bytes out(z * codec.params().n());
  std::copy(sliver.body.begin(), sliver.body.end(), out.begin());
  line.encode(pointers(out.data(), line.k(), z), pointers(out.data() + z * line.k(), line.m(), z),
              Batch{1, z, 0, 0});
  return out;
}

void symbol(const Codec& codec, const SliverView& sliver, std::uint32_t index,
            std::span<std::uint8_t> out) {
  const LineCode& line = codec.along(sliver.axis);
  const std::size_t z = sliver.symbol_size;
  WALD_CHECK(z != 0 && sliver.body.size() == z * line.k() && out.size() == z);
  line.symbol(sliver.body.data(), z, index, z, out.data());
}

SliverTree SliverTree::build(const Codec& codec, const SliverView& sliver) {
  const Bytes all = expand(codec, sliver);
  const std::uint32_t n = codec.params().n();
  std::vector<Hash> leaves =
      leaf_hashes(pointers(all.data(), n, sliver.symbol_size), sliver.symbol_size);
  WALD_CHECK(leaves.size() == n);
  return SliverTree(whole_tree(std::move(leaves)));
}

Result<void> verify_sliver(const Codec& codec, const Metadata& metadata, const SliverView& sliver) {
  TRY(check_form(codec.params(), metadata.len, sliver));
  const SliverIndex index(static_cast<std::uint16_t>(sliver.index));
  const Hash& want = shape::sliver_hash(codec.params(), metadata, sliver.axis, index);
  if (sliver_roots(codec, sliver.axis, sliver.body.data(), 1, 0, sliver.symbol_size)[0] != want)
    return shape::fail(CodecCode::kSliverHash, static_cast<std::uint8_t>(sliver.axis),
                       sliver.index);
  return {};
}

}  // namespace wald::codec
