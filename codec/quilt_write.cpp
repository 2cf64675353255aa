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

// All columns one after the other: the index, the patches, then zeros; each part begins with a
// column and is filled up to whole ones.
class ColumnStream {
 public:
  ColumnStream(const Params& params, const Plan& plan, std::span<Source* const> data)
      : params_(params), plan_(plan), data_(data), head_(index_bytes(plan.patches)) {
    room_ = plan.index_columns * column_bytes(params, plan.symbol_size);
    WALD_CHECK(head_.size() <= room_);
  }

  // The next bytes.
  Result<void> read(std::span<std::uint8_t> out) {
    while (!out.empty()) {
      if (used_ == room_) next_part();
      const std::uint64_t body = source_ == nullptr ? 0 : source_->size();
      std::uint64_t end = room_;  // of what comes from one place
      if (used_ < head_.size()) {
        end = head_.size();
      } else if (used_ < head_.size() + body) {
        end = head_.size() + body;
      }
      const auto now =
          out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), end - used_)));
      if (used_ < head_.size())
        std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(used_), now.size(), now.begin());
      else if (used_ < head_.size() + body)
        TRY(source_->read_at(used_ - head_.size(), now));
      else
        std::fill(now.begin(), now.end(), std::uint8_t{0});
      used_ += now.size();
      out = out.subspan(now.size());
    }
    return {};
  }

 private:
  void next_part() {
    const std::uint64_t column = column_bytes(params_, plan_.symbol_size);
    used_ = 0;
    head_.clear();
    source_ = nullptr;
    if (next_ == plan_.patches.size()) {
      const std::uint64_t end =
          plan_.patches.empty() ? plan_.index_columns : plan_.patches.back().end;
      room_ = (params_.s() - end) * column;
      WALD_CHECK(room_ != 0);
      return;
    }
    const Patch& patch = plan_.patches[next_];
    source_ = data_[plan_.source[next_++]];
    head_ = header(patch.identifier, patch.tags, source_->size());
    WALD_CHECK(columns_of(params_, plan_.symbol_size, head_.size() + source_->size()) ==
               std::uint32_t{patch.end} - patch.start);
    room_ = std::uint64_t(patch.end - patch.start) * column;
  }

  const Params& params_;
  const Plan& plan_;
  std::span<Source* const> data_;
  Bytes head_;  // what comes before the data of this part
  Source* source_ = nullptr;
  std::size_t next_ = 0;    // patch
  std::uint64_t room_ = 0;  // bytes of this part
  std::uint64_t used_ = 0;
};

}  // namespace

std::uint64_t column_bytes(const Params& params, std::uint32_t symbol_size) {
  return std::uint64_t{params.p()} * symbol_size;
}

std::uint32_t columns_of(const Params& params, std::uint32_t symbol_size, std::uint64_t bytes) {
  return base::narrow<std::uint32_t>(ceil_div(bytes, column_bytes(params, symbol_size)));
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

Result<void> write(const Params& params, const Plan& plan, std::span<Source* const> data,
                   Storage& out, std::size_t buffer) {
  WALD_CHECK(data.size() == plan.patches.size() && data.size() == plan.source.size());
  const std::size_t z = plan.symbol_size, p = params.p(), s = params.s();
  // As many columns as fit the buffer, or of one column as many rows.
  const std::size_t rows = std::min(p, std::max<std::size_t>(buffer / z, 1));
  const std::size_t together = rows < p ? 1 : std::clamp<std::size_t>(buffer / (p * z), 1, s);
  ColumnStream stream(params, plan, data);
  Bytes columns(together * rows * z), turned(columns.size());
  for (std::size_t c = 0; c < s; c += together)
    for (std::size_t r = 0; r < p; r += rows) {
      const std::size_t wide = std::min(together, s - c), high = std::min(rows, p - r);
      TRY(stream.read(std::span(columns).first(wide * high * z)));
      for (std::size_t i = 0; i < high; ++i)
        for (std::size_t g = 0; g < wide; ++g)
          std::memcpy(turned.data() + (i * wide + g) * z, columns.data() + (g * high + i) * z, z);
      // Whole rows follow one another.
      const std::size_t lines = wide == s ? high : 1;
      for (std::size_t i = 0; i < high; i += lines)
        TRY(out.write_at(((r + i) * s + c) * z,
                         ByteView(turned).subspan(i * wide * z, lines * wide * z)));
    }
  return {};
}

}  // namespace wald::codec::quilt
