// SPDX-License-Identifier: Apache-2.0
#include "codec/files.h"

#include "codec/stored.h"

namespace wald::codec {
namespace {

constexpr std::string_view kAxisNames[] = {"primary-", "secondary-"};

Result<shape::Sliver> read(const Params& params, std::uint64_t len, const base::BlobId* id,
                           const SliverName& name, ByteView file) {
  TRY_ASSIGN(const std::uint64_t body, params.sliver_bytes(name.axis, len));
  TRY_ASSIGN(const std::uint32_t z, params.symbol_size(len));
  if (name.index >= params.n()) return shape::fail(CodecCode::kSliverIndex, name.index, params.n());
  // A body is a multiple of z >= 2 symbols of its own; neither other form has its length.
  if (file.size() == body)
    return shape::Sliver{name.axis, to_data(SliverView{name.axis, name.index, z, file})};
  if (file.size() >= 4 && base::as_text(file.first(4)) == "WSLV") {
    TRY_ASSIGN(StoredSliver stored, parse_stored(file));
    if (stored.header.axis != name.axis || stored.header.index != name.index)
      return shape::fail(CodecCode::kSliverIndex, stored.header.index, params.n());
    if (stored.header.shards != params.n() || (id != nullptr && stored.header.blob_id != *id))
      return shape::fail(CodecCode::kSliverHash, static_cast<std::uint8_t>(name.axis), name.index);
    return shape::Sliver{name.axis, to_data(stored.view())};
  }
  auto data = shape::bcs::from_bytes<shape::SliverData>(file);
  if (!data.ok()) return shape::fail(CodecCode::kSliverLength, file.size(), body);
  return shape::Sliver{name.axis, std::move(data).value()};
}

}  // namespace

std::optional<SliverFormat> parse_format(std::string_view text) {
  if (text == "raw") return SliverFormat::kRaw;
  if (text == "bcs") return SliverFormat::kBcs;
  if (text == "stored") return SliverFormat::kStored;
  return std::nullopt;
}

std::string to_text(const SliverName& name) {
  WALD_CHECK(name.index < shape::kMaxShards);
  const std::string digits = std::to_string(name.index);
  return std::string(kAxisNames[static_cast<std::size_t>(name.axis)]) +
         std::string(5 - digits.size(), '0') + digits;
}

std::optional<SliverName> parse_sliver_name(std::string_view text) {
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
    const std::string_view prefix = kAxisNames[static_cast<std::size_t>(axis)];
    if (text.substr(0, prefix.size()) != prefix || text.size() != prefix.size() + 5) continue;
    std::uint32_t index = 0;
    for (const char c : text.substr(prefix.size())) {
      if (c < '0' || c > '9') return std::nullopt;
      index = index * 10 + static_cast<std::uint32_t>(c - '0');
    }
    if (index >= shape::kMaxShards) return std::nullopt;
    return SliverName{axis, index};
  }
  return std::nullopt;
}

Result<Bytes> write_sliver(const Params& params, const Metadata& metadata, SliverFormat format,
                           const SliverView& sliver) {
  TRY(check_form(params, metadata.len, sliver));
  switch (format) {
    case SliverFormat::kRaw:
      return Bytes(sliver.body.begin(), sliver.body.end());
    case SliverFormat::kBcs:
      return shape::bcs::to_bytes(to_data(sliver));
    case SliverFormat::kStored:
      break;
  }
  return to_stored(params, metadata.blob_id, metadata.len, sliver);
}

Result<shape::Sliver> read_sliver(const Params& params, const Metadata& metadata,
                                  const SliverName& name, ByteView file) {
  return read(params, metadata.len, &metadata.blob_id, name, file);
}

Result<shape::Sliver> read_sliver(const Params& params, std::uint64_t len, const SliverName& name,
                                  ByteView file) {
  return read(params, len, nullptr, name, file);
}

}  // namespace wald::codec
