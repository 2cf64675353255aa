// SPDX-License-Identifier: Apache-2.0
// Quilts: many small files in one blob (K-27). A quilt is an ordinary blob of exactly p*s*z bytes,
// laid out by columns, so that a patch is read from the few secondary slivers that hold it: column
// c is secondary sliver c. First comes the index, then the patches by identifier, each from a
// column of its own on. Lengths are bytes, columns are numbered from 0.
//
// All that reads takes foreign bytes. Errors: Quilt {kind, patch} with the position of the patch
// (in the caller's list when writing, in the index when reading), Bcs {kind, offset}, BlobTooLarge,
// and Io of what was handed in. Data never lie in memory as a whole (K-29). Any thread.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "codec/io.h"

namespace wald::codec::quilt {

enum class Kind : std::uint8_t {
  kTooManyPatches,  // index and patches need a column each
  kIdentifier,      // empty, too long, not UTF-8, a control character, white space at the end
  kDuplicate,       // the identifier of another patch
  kTags,            // not UTF-8, or longer than 65,535 bytes in BCS
  kTooLong,         // a patch whose length does not fit 32 bits
  kVersion,         // of index or patch: another first byte
  kIndexLength,     // beyond 10 columns, or beyond the bytes at hand
  kRange,           // columns of a patch: empty, before the last one's end, or beyond s
  kHeader,          // of a patch: beyond its bytes, unknown mask, another identifier or tags
};

// The most columns that an index may take.
constexpr std::uint32_t kIndexColumns = 10;
// What begins the stored index: version and length.
constexpr std::uint32_t kIndexPrefix = 5;

using Tags = std::map<std::string, std::string>;

// What is to be stored.
struct Entry {
  std::string identifier;
  Tags tags;
  std::uint64_t length = 0;
};
// A row of the index: columns [start, end).
struct Patch {
  std::string identifier;
  Tags tags;
  std::uint16_t start = 0;
  std::uint16_t end = 0;
  friend bool operator==(const Patch&, const Patch&) = default;
};
struct Plan {
  std::uint32_t symbol_size = 0;
  std::uint32_t index_columns = 0;
  std::uint64_t length = 0;         // of the quilt
  std::vector<Patch> patches;       // as stored: by identifier
  std::vector<std::size_t> source;  // position of each in the caller's list
};

// Where everything goes, and how large the quilt gets, before any data are at hand. Errors:
// kTooManyPatches (patch = how many there are), kIdentifier, kDuplicate, kTags, kTooLong.
Result<Plan> plan(const Params& params, std::span<const Entry> entries);
// All plan.length bytes of the quilt, each written once. data[i] belongs to the caller's entry i,
// has the length planned (WALD_CHECK) and is read once, from front to back. `buffer`: bytes of
// columns that become parts of rows at once.
Result<void> write(const Params& params, const Plan& plan, std::span<Source* const> data,
                   Storage& out, std::size_t buffer = 4 << 20);

// Bytes of one column, which is one secondary sliver.
std::uint64_t column_bytes(const Params& params, std::uint32_t symbol_size);
// Columns [start, end) one after the other, out of a blob of p*s*z bytes that outlives this; start
// <= end <= s (WALD_CHECK). What is read below is read from columns.
class Columns : public Source {
 public:
  Columns(const Params& params, std::uint32_t symbol_size, Source& blob, std::uint32_t start,
          std::uint32_t end);
  std::uint64_t size() const override;
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> out) override;

 private:
  Params params_;
  std::uint32_t z_;
  Source& blob_;
  std::uint32_t start_, end_;
};

// Bytes of the stored index, by the first of them (kIndexPrefix are enough): kVersion,
// kIndexLength.
Result<std::uint64_t> index_length(const Params& params, std::uint32_t symbol_size, ByteView head);
// How many columns hold so many bytes, of the index or of a patch.
std::uint32_t columns_of(const Params& params, std::uint32_t symbol_size, std::uint64_t bytes);
// The index, from at least that many bytes. Identifiers come in the order stored, without
// duplicates, their columns ascending.
Result<std::vector<Patch>> read_index(const Params& params, std::uint32_t symbol_size,
                                      ByteView columns);

// No patch has more bytes before its data.
constexpr std::size_t kPatchHead = 6 + 2 * (2 + 0xFFFF);

struct Content {
  std::string identifier;
  Tags tags;
  std::uint64_t offset = 0;  // of the data, inside the patch's columns
  std::uint64_t length = 0;
};
// A patch by the first bytes of its columns, kPatchHead of the `held` or all: kVersion, kHeader,
// kIdentifier, kTags. `patch` numbers the error.
Result<Content> read_patch(ByteView head, std::uint64_t held, std::uint64_t patch = 0);
// The same, and it is what the index says it is: kHeader.
Result<Content> read_patch(ByteView head, std::uint64_t held, const Patch& row,
                           std::uint64_t patch = 0);

// Names a patch for the world: 50 characters of base64url.
struct PatchId {
  base::BlobId quilt;
  std::uint16_t start = 0;
  std::uint16_t end = 0;
  friend bool operator==(const PatchId&, const PatchId&) = default;
};
std::string to_text(const PatchId& id);
std::optional<PatchId> parse_patch_id(std::string_view text);  // start < end, one text per id

}  // namespace wald::codec::quilt
