// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <set>

#include "codec/base/text.h"
#include "codec/quilt_form.h"

namespace wald::codec::quilt {
namespace {

// Length of prefix and index; the columns hold at least the prefix.
Result<std::uint64_t> index_length(const Params& params, std::uint32_t symbol_size,
                                   ByteView columns) {
  base::Reader in(columns);
  const auto version = in.u8();
  const auto length = in.le<std::uint32_t>();
  if (!length) return fail(Kind::kIndexLength, 0);
  if (*version != kVersionByte) return fail(Kind::kVersion, 0);
  const std::uint64_t total = std::uint64_t{kIndexPrefix} + *length;
  const std::uint64_t most = std::min(kIndexColumns, params.s());
  if (total > most * column_bytes(params, symbol_size)) return fail(Kind::kIndexLength, 0);
  return total;
}

// A text of at most 65,535 bytes that stands behind its own length in a patch header.
Result<shape::bcs::Cursor> part(base::Reader& in, std::uint64_t patch) {
  const auto length = in.le<std::uint16_t>();
  const auto bytes = length ? in.raw(*length) : std::nullopt;
  if (!bytes) return fail(Kind::kHeader, patch);
  return shape::bcs::Cursor(*bytes);
}

}  // namespace

Bytes columns(const Params& params, std::uint32_t symbol_size, ByteView blob, std::uint32_t start,
              std::uint32_t end) {
  const std::size_t z = symbol_size, row = std::size_t{params.s()} * z;
  WALD_CHECK(start <= end && end <= params.s() && blob.size() == params.p() * row);
  Bytes out((end - start) * params.p() * z);
  std::uint8_t* to = out.data();
  for (std::size_t c = start; c < end; ++c)
    for (std::size_t r = 0; r < params.p(); ++r, to += z)
      std::memcpy(to, blob.data() + r * row + c * z, z);
  return out;
}

Result<std::uint32_t> index_columns(const Params& params, std::uint32_t symbol_size,
                                    ByteView column) {
  TRY_ASSIGN(const std::uint64_t total, index_length(params, symbol_size, column));
  const std::uint64_t size = column_bytes(params, symbol_size);
  return static_cast<std::uint32_t>((total + size - 1) / size);
}

Result<std::vector<Patch>> read_index(const Params& params, std::uint32_t symbol_size,
                                      ByteView columns) {
  TRY_ASSIGN(const std::uint64_t total, index_length(params, symbol_size, columns));
  if (total > columns.size()) return fail(Kind::kIndexLength, 0);
  const std::uint64_t column = column_bytes(params, symbol_size);
  shape::bcs::Cursor in(
      columns.subspan(kIndexPrefix, static_cast<std::size_t>(total) - kIndexPrefix));
  TRY_ASSIGN(const std::uint64_t count, in.uleb());
  if (count >= params.s()) return fail(Kind::kTooManyPatches, count);
  std::vector<Patch> out;
  std::set<std::string> known;
  std::uint64_t at = (total + column - 1) / column;
  for (std::uint64_t i = 0; i < count; ++i) {
    Patch patch;
    patch.start = static_cast<std::uint16_t>(at);  // at <= s <= 32,770
    TRY_ASSIGN(patch.end, in.le<std::uint16_t>());
    if (patch.end <= patch.start || patch.end > params.s()) return fail(Kind::kRange, i);
    TRY_ASSIGN(patch.identifier, take_string(in));
    if (!good_identifier(patch.identifier)) return fail(Kind::kIdentifier, i);
    if (!known.insert(patch.identifier).second) return fail(Kind::kDuplicate, i);
    TRY_ASSIGN(patch.tags, take_tags(in));
    if (!good_tags(patch.tags)) return fail(Kind::kTags, i);
    at = patch.end;
    out.push_back(std::move(patch));
  }
  if (in.remaining() != 0) return in.bad(shape::BcsKind::kTrailing, in.offset());
  WALD_CHECK(out.size() == count && at <= params.s());
  return out;
}

Result<Content> read_patch(ByteView columns, std::uint64_t patch) {
  base::Reader in(columns);
  const auto version = in.u8();
  const auto length = in.le<std::uint32_t>();
  const auto mask = in.u8();
  if (version && *version != kVersionByte) return fail(Kind::kVersion, patch);
  if (!mask || (*mask & ~kHasTags) != 0) return fail(Kind::kHeader, patch);
  const auto rest = in.raw(*length);
  if (!rest) return fail(Kind::kHeader, patch);
  base::Reader body(*rest);
  Content out;
  TRY_ASSIGN(shape::bcs::Cursor name, part(body, patch));
  TRY_ASSIGN(out.identifier, take_string(name));
  if (name.remaining() != 0) return fail(Kind::kHeader, patch);
  if (!good_identifier(out.identifier)) return fail(Kind::kIdentifier, patch);
  if ((*mask & kHasTags) != 0) {
    TRY_ASSIGN(shape::bcs::Cursor tags, part(body, patch));
    TRY_ASSIGN(out.tags, take_tags(tags));
    if (tags.remaining() != 0) return fail(Kind::kHeader, patch);
    if (!good_tags(out.tags)) return fail(Kind::kTags, patch);
  }
  const auto data = body.raw(body.remaining());
  WALD_CHECK(data && body.done());
  out.data = *data;
  return out;
}

Result<Content> read_patch(ByteView columns, const Patch& row, std::uint64_t patch) {
  TRY_ASSIGN(Content out, read_patch(columns, patch));
  if (out.identifier != row.identifier || out.tags != row.tags) return fail(Kind::kHeader, patch);
  return out;
}

std::string to_text(const PatchId& id) {
  base::Writer out;
  out.raw(id.quilt.view()).u8(kVersionByte).le(id.start).le(id.end);
  return base::to_base64url(out.bytes());
}

std::optional<PatchId> parse_patch_id(std::string_view text) {
  const auto bytes = base::from_base64url(text);
  if (!bytes || bytes->size() != base::BlobId::kSize + 5) return std::nullopt;
  base::Reader in(*bytes);
  const auto quilt = in.id<base::BlobId>();
  const auto version = in.u8();
  const auto start = in.le<std::uint16_t>();
  const auto end = in.le<std::uint16_t>();
  WALD_CHECK(in.done());
  if (*version != kVersionByte || *start >= *end) return std::nullopt;
  return PatchId{*quilt, *start, *end};
}

}  // namespace wald::codec::quilt
