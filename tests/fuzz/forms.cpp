// SPDX-License-Identifier: Apache-2.0
// Targets whose question is the form of the bytes: BCS, metadata, stored files, quilts.
#include "codec/recovery.h"
#include "codec/stored.h"
#include "tests/codec/quilts.h"
#include "tests/fuzz/targets_impl.h"
#include "tests/fuzz/truth.h"

namespace wald::fuzz {
namespace {

using base::Bytes;
using base::ByteView;

// Bytes have one value, a value has one form.
template <class T>
void one_form(ByteView input) {
  const auto value = shape::bcs::from_bytes<T>(input);
  if (value.ok()) WALD_CHECK(base::equal(shape::bcs::to_bytes(*value), input));
}

}  // namespace

void fuzz_bcs(ByteView input) {
  one_form<shape::Node>(input);
  one_form<shape::MerkleProof>(input);
  one_form<shape::SliverData>(input);
  one_form<shape::Sliver>(input);
  one_form<shape::SliverPair>(input);
  one_form<shape::EncodingType>(input);
  one_form<shape::PairEntry>(input);
  one_form<shape::BlobMetadata>(input);
  one_form<shape::DecodingSymbol>(input);
  one_form<shape::RecoverySymbol>(input);
  one_form<shape::GeneralRecoverySymbol>(input);
  one_form<shape::RecoverySymbolPair>(input);
  one_form<shape::InconsistencyProof>(input);
  one_form<shape::SymbolId>(input);
}

std::vector<Bytes> seeds_bcs() {
  const Truth& t = truth();
  const auto pair = t.encoded.pair(2);
  return {shape::bcs::to_bytes(pair), shape::bcs::to_bytes(pair.primary),
          shape::bcs::to_bytes(shape::Sliver{codec::Axis::kSecondary, pair.secondary}),
          shape::bcs::without_id(t.metadata()), shape::bcs::to_bytes(shape::Node{true, {}})};
}

void fuzz_metadata(ByteView input) {
  one_form<shape::Metadata>(input);
  const auto metadata = shape::bcs::from_bytes<shape::Metadata>(input);
  if (!metadata.ok()) return;
  const auto params = shape::Params::make(metadata->pairs.size());
  if (!params.ok() || !shape::verify_metadata(*params, *metadata).ok()) return;
  // Whoever finds another preimage of this id has broken the hash.
  if (metadata->blob_id == truth().metadata().blob_id) WALD_CHECK(*metadata == truth().metadata());
}

std::vector<Bytes> seeds_metadata() { return {shape::bcs::to_bytes(truth().metadata())}; }

void fuzz_stored(ByteView input) {
  const auto header = codec::parse_stored_header(input);
  const auto file = codec::parse_stored(input);
  if (!file.ok()) return;
  WALD_CHECK(header.ok() && *header == file->header);
  const auto params = shape::Params::make(header->shards).value();
  const auto again = codec::to_stored(params, header->blob_id, header->len, file->view());
  WALD_CHECK(again.ok() && base::equal(*again, input));
}

std::vector<Bytes> seeds_stored() {
  const Truth& t = truth();
  std::vector<Bytes> out;
  for (const codec::Axis axis : {codec::Axis::kPrimary, codec::Axis::kSecondary})
    out.push_back(codec::to_stored(t.params(), t.metadata().blob_id, t.metadata().len,
                                   t.encoded.sliver(axis, 3))
                      .value());
  return out;
}

// Shard count and symbol size from the first bytes; the rest are columns.
void fuzz_quilt(ByteView input) {
  namespace quilt = codec::quilt;
  (void)quilt::parse_patch_id(base::as_text(input));
  if (input.size() < 3) return;
  const auto params = shape::Params::make(4U + input[0] % 100).value();
  const std::uint32_t z = input[1] | static_cast<std::uint32_t>(input[2]) << 8;
  const ByteView columns = input.subspan(3);
  const auto length = quilt::index_length(params, z, columns);
  const auto index = quilt::read_index(params, z, columns);
  if (index.ok()) {
    WALD_CHECK(length.ok());
    std::uint32_t at = quilt::columns_of(params, z, *length);
    WALD_CHECK(at <= quilt::kIndexColumns);
    for (const quilt::Patch& patch : *index) {
      WALD_CHECK(patch.start == at && patch.end > at && patch.end <= params.s());
      at = patch.end;
    }
  }
  const auto content = quilt::patch_of(columns);
  if (content.ok())
    WALD_CHECK(!content->identifier.empty() && content->offset >= content->identifier.size() + 9 &&
               content->offset <= quilt::kPatchHead &&
               content->offset + content->length <= columns.size());
}

std::vector<Bytes> seeds_quilt() {
  namespace quilt = codec::quilt;
  const auto params = shape::Params::make(10).value();
  const std::vector<quilt::Entry> entries = {{"a.txt", {{"k", "v"}, {"long", "w"}}, 40},
                                             {"b/c", {}, 3}};
  const auto plan = quilt::plan(params, entries).value();
  const Bytes blob = quilt::written(params, plan, {Bytes(40, 'x'), Bytes(3, 'y')});
  const auto with_head = [&](std::uint32_t start, std::uint32_t end) {
    base::Writer out;
    out.u8(6).le(static_cast<std::uint16_t>(plan.symbol_size));
    out.raw(quilt::columns(params, plan.symbol_size, blob, start, end));
    return std::move(out).bytes();
  };
  const std::string id = quilt::to_text({base::BlobId(), 1, 2});
  const ByteView text = base::as_bytes(id);
  return {with_head(0, plan.index_columns), with_head(plan.patches[0].start, plan.patches[0].end),
          with_head(plan.patches[1].start, plan.patches[1].end), Bytes(text.begin(), text.end())};
}

}  // namespace wald::fuzz
