// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "codec/quilt_form.h"

namespace wald::codec::quilt {
namespace {

constexpr std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

// All of a patch but its data.
Bytes header(std::string_view identifier, const Tags& tags, std::uint64_t length) {
  const Bytes name = string_bytes(identifier);
  Bytes tagged;
  if (!tags.empty()) tagged = tags_bytes(tags);
  const std::uint64_t after_mask =
      2 + name.size() + (tags.empty() ? 0 : 2 + tagged.size()) + length;
  base::Writer out;
  out.u8(kVersionByte).le(base::narrow<std::uint32_t>(after_mask));
  out.u8(tags.empty() ? std::uint8_t{0} : kHasTags);
  out.le(base::narrow<std::uint16_t>(name.size())).raw(name);
  if (!tags.empty()) out.le(base::narrow<std::uint16_t>(tagged.size())).raw(tagged);
  return std::move(out).bytes();
}

std::uint64_t header_bytes(const Entry& entry) {
  const std::uint64_t tags = entry.tags.empty() ? 0 : 2 + tags_bytes(entry.tags).size();
  return kPatchPrefix + string_bytes(entry.identifier).size() + tags;
}

Bytes index_bytes(const std::vector<Patch>& patches) {
  base::Writer index;
  shape::bcs::put_uleb(index, patches.size());
  for (const Patch& patch : patches)
    index.le(patch.end).raw(string_bytes(patch.identifier)).raw(tags_bytes(patch.tags));
  base::Writer out;
  out.u8(kVersionByte).le(base::narrow<std::uint32_t>(index.size())).raw(index.bytes());
  return std::move(out).bytes();
}

Result<void> check(const Params& params, std::span<const Entry> entries) {
  if (entries.size() >= params.s()) return fail(Kind::kTooManyPatches, entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (!good_identifier(entry.identifier)) return fail(Kind::kIdentifier, i);
    if (!good_tags(entry.tags)) return fail(Kind::kTags, i);
    constexpr std::uint64_t kMost = 0xFFFF'FFFF;  // counted from behind the mask
    if (entry.length > kMost || header_bytes(entry) - 6 + entry.length > kMost)
      return fail(Kind::kTooLong, i);
  }
  return {};
}

// Least z for which everything fits, index and patches each from a column of its own on.
std::uint64_t least_symbol(const Params& params, const std::vector<std::uint64_t>& sizes) {
  const std::uint64_t p = params.p(), s = params.s();
  std::uint64_t total = 0;
  for (const std::uint64_t size : sizes) total += size;
  const std::uint64_t largest = *std::max_element(sizes.begin(), sizes.end());
  std::uint64_t low = std::max(
      {ceil_div(total, s * p), ceil_div(sizes[0], kIndexColumns * p), ceil_div(kIndexPrefix, p)});
  std::uint64_t high = ceil_div(largest, s / sizes.size() * p);
  const auto fits = [&](std::uint64_t z) {
    std::uint64_t used = 0;
    for (const std::uint64_t size : sizes) used += ceil_div(size, z * p);
    return used <= s;
  };
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (fits(middle))
      high = middle;
    else
      low = middle + 1;
  }
  WALD_CHECK(fits(low));
  return low + low % 2;
}

// Bytes into the blob, from the first byte of a column on.
void put_columns(const Params& params, std::uint32_t symbol_size, Bytes& blob, std::size_t column,
                 ByteView head, ByteView data) {
  const std::size_t z = symbol_size, row = std::size_t{params.s()} * z;
  std::size_t c = column, r = 0, used = 0;  // the symbol being filled, and how far
  for (ByteView rest : {head, data})
    while (!rest.empty()) {
      const std::size_t count = std::min(rest.size(), z - used);
      std::memcpy(blob.data() + r * row + c * z + used, rest.data(), count);
      rest = rest.subspan(count);
      used += count;
      if (used < z) continue;
      used = 0;
      if (++r == params.p()) {
        r = 0;
        ++c;
      }
    }
}

}  // namespace

std::uint64_t column_bytes(const Params& params, std::uint32_t symbol_size) {
  return std::uint64_t{params.p()} * symbol_size;
}

Result<Plan> plan(const Params& params, std::span<const Entry> entries) {
  TRY(check(params, entries));
  Plan out;
  for (std::size_t i = 0; i < entries.size(); ++i) out.source.push_back(i);
  std::sort(out.source.begin(), out.source.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(std::string_view(entries[a].identifier), a) <
           std::pair(std::string_view(entries[b].identifier), b);
  });
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[out.source[i]];
    if (i != 0 && entry.identifier == out.patches.back().identifier)
      return fail(Kind::kDuplicate, out.source[i]);
    out.patches.push_back(Patch{entry.identifier, entry.tags, 0, 0});
  }
  // The length of the index does not depend on the columns in it.
  std::vector<std::uint64_t> sizes = {index_bytes(out.patches).size()};
  for (const std::size_t i : out.source)
    sizes.push_back(header_bytes(entries[i]) + entries[i].length);
  const std::uint64_t z = least_symbol(params, sizes);
  out.length = z * params.p() * params.s();
  if (z > shape::kMaxSymbolSize)
    return shape::fail(CodecCode::kBlobTooLarge, out.length, params.max_len());
  out.symbol_size = static_cast<std::uint32_t>(z);
  const std::uint64_t column = column_bytes(params, out.symbol_size);
  std::uint64_t at = ceil_div(sizes[0], column);
  out.index_columns = static_cast<std::uint32_t>(at);
  WALD_CHECK(at <= kIndexColumns);
  for (std::size_t i = 0; i < out.patches.size(); ++i) {
    out.patches[i].start = base::narrow<std::uint16_t>(at);
    at += ceil_div(sizes[i + 1], column);
    out.patches[i].end = base::narrow<std::uint16_t>(at);
  }
  WALD_CHECK(at <= params.s());
  return out;
}

Bytes write(const Params& params, const Plan& plan, std::span<const ByteView> data) {
  WALD_CHECK(data.size() == plan.patches.size() && data.size() == plan.source.size());
  Bytes blob(static_cast<std::size_t>(plan.length));
  const Bytes index = index_bytes(plan.patches);
  const std::uint64_t column = column_bytes(params, plan.symbol_size);
  WALD_CHECK(index.size() <= plan.index_columns * column);
  put_columns(params, plan.symbol_size, blob, 0, index, {});
  for (std::size_t i = 0; i < plan.patches.size(); ++i) {
    const Patch& patch = plan.patches[i];
    const ByteView body = data[plan.source[i]];
    const Bytes head = header(patch.identifier, patch.tags, body.size());
    const std::uint64_t used = head.size() + body.size();
    WALD_CHECK(ceil_div(used, column) == std::uint64_t{patch.end} - patch.start);
    put_columns(params, plan.symbol_size, blob, patch.start, head, body);
  }
  return blob;
}

}  // namespace wald::codec::quilt
