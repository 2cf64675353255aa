// SPDX-License-Identifier: Apache-2.0
// The bytes of a log segment, shared by the one writer and the one reader. Format: block_log.h.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "codec/base/ids.h"
#include "node/os/files.h"

namespace wald::store::log_format {

inline constexpr std::size_t kSegmentHeader = 80;
inline constexpr std::size_t kRecordHeader = 32;
inline constexpr std::size_t kAlign = 8;

std::string segment_name(base::Height first);
std::optional<base::Height> parse_segment_name(const std::string& name);

// What the check of a record covers besides the record itself.
struct Seal {
  base::ChainId chain;
  std::array<std::uint8_t, 16> salt{};
};

base::Bytes segment_header(const Seal& seal, base::Height first);
// The seal of a well-formed header that belongs to this chain and this first height.
std::optional<Seal> parse_segment_header(base::ByteView header, const base::ChainId& chain,
                                         base::Height first);
base::Bytes record(const Seal& seal, base::Height height, base::ByteView payload);
std::size_t record_size(std::size_t payload_bytes);

struct Found {
  base::Height height;
  base::Bytes payload;
};
// The record at `offset` of a file of `file_size` bytes, if there is a whole one that verifies.
// An error is one of the disk, not of the content.
os::IoResult<std::optional<Found>> read_record(const os::File& file, std::uint64_t file_size,
                                               const Seal& seal, std::uint64_t offset);

struct Tail {
  std::optional<std::uint64_t> valid_record_at;  // a record that verifies lies behind
  std::uint64_t nonzero_end = 0;                 // one past the last byte that is not zero
};
// What lies between `from` (a multiple of 8) and the end of the file.
os::IoResult<Tail> inspect_tail(const os::File& file, std::uint64_t file_size, const Seal& seal,
                                std::uint64_t from);

}  // namespace wald::store::log_format
