// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <set>

#include "codec/base/text.h"
#include "codec/quilt_form.h"

namespace wald::codec::quilt {
namespace {

// A text of at most 65,535 bytes that stands behind its own length in a patch header.
Result<shape::bcs::Cursor> part(base::Reader& in, std::uint64_t patch) {
  const auto length = in.le<std::uint16_t>();
  const auto bytes = length ? in.raw(*length) : std::nullopt;
  if (!bytes) return fail(Kind::kHeader, patch);
  return shape::bcs::Cursor(*bytes);
}

}  // namespace

Columns::Columns(const Params& params, std::uint32_t symbol_size, Source& blob, std::uint32_t start,
                 std::uint32_t end)
    : params_(params), z_(symbol_size), blob_(blob), start_(start), end_(end) {
  WALD_CHECK(start <= end && end <= params.s());
  WALD_CHECK(blob.size() == params.s() * column_bytes(params, symbol_size));
}

std::uint64_t Columns::size() const { return (end_ - start_) * column_bytes(params_, z_); }

Result<void> Columns::read_at(std::uint64_t offset, std::span<std::uint8_t> out) {
  WALD_CHECK(offset <= size() && out.size() <= size() - offset);
  const std::uint64_t column = column_bytes(params_, z_), row = std::uint64_t{params_.s()} * z_;
  while (!out.empty()) {
    const std::uint64_t c = start_ + offset / column, r = offset % column / z_, at = offset % z_;
    const auto now =
        out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), z_ - at)));
    TRY(blob_.read_at(r * row + c * z_ + at, now));
    out = out.subspan(now.size());
    offset += now.size();
  }
  return {};
}

Result<std::uint64_t> index_length(const Params& params, std::uint32_t symbol_size, ByteView head) {
  base::Reader in(head);
  const auto version = in.u8();
  const auto length = in.le<std::uint32_t>();
  if (!length) return fail(Kind::kIndexLength, 0);
  if (*version != kVersionByte) return fail(Kind::kVersion, 0);
  const std::uint64_t total = std::uint64_t{kIndexPrefix} + *length;
  const std::uint64_t most = std::min(kIndexColumns, params.s());
  if (total > most * column_bytes(params, symbol_size)) return fail(Kind::kIndexLength, 0);
  return total;
}

Result<std::vector<Patch>> read_index(const Params& params, std::uint32_t symbol_size,
                                      ByteView columns) {
  TRY_ASSIGN(const std::uint64_t total, index_length(params, symbol_size, columns));
  if (total > columns.size()) return fail(Kind::kIndexLength, 0);
  shape::bcs::Cursor in(
      columns.subspan(kIndexPrefix, static_cast<std::size_t>(total) - kIndexPrefix));
  TRY_ASSIGN(const std::uint64_t count, in.uleb());
  if (count >= params.s()) return fail(Kind::kTooManyPatches, count);
  std::vector<Patch> out;
  std::set<std::string> known;
  std::uint32_t at = columns_of(params, symbol_size, total);
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

Result<Content> read_patch(ByteView head, std::uint64_t held, std::uint64_t patch) {
  WALD_CHECK(head.size() == std::min<std::uint64_t>(held, kPatchHead));
  base::Reader in(head);
  const auto version = in.u8();
  const auto length = in.le<std::uint32_t>();
  const auto mask = in.u8();
  if (version && *version != kVersionByte) return fail(Kind::kVersion, patch);
  if (!mask || (*mask & ~kHasTags) != 0) return fail(Kind::kHeader, patch);
  const std::uint64_t before = head.size() - in.remaining();
  if (*length > held - before) return fail(Kind::kHeader, patch);
  const auto rest =
      in.raw(static_cast<std::size_t>(std::min<std::uint64_t>(*length, in.remaining())));
  WALD_CHECK(rest);
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
  const std::uint64_t used = rest->size() - body.remaining();
  out.offset = before + used;
  out.length = *length - used;
  WALD_CHECK(out.offset + out.length <= held);
  return out;
}

Result<Content> read_patch(ByteView head, std::uint64_t held, const Patch& row,
                           std::uint64_t patch) {
  TRY_ASSIGN(Content out, read_patch(head, held, patch));
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
