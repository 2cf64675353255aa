// SPDX-License-Identifier: Apache-2.0
#include "node/store/log_format.h"

#include <algorithm>
#include <charconv>

#include "codec/base/hash.h"
#include "node/store/block_log.h"

namespace wald::store::log_format {
namespace {

constexpr std::string_view kSuffix = ".log";
constexpr std::size_t kDigits = 20;
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kSaltOffset = 56;
constexpr std::array<std::uint8_t, 4> kMagic{'W', 'R', 'E', 'C'};

std::array<std::uint8_t, 16> check_of(const Seal& seal, base::Height height,
                                      base::ByteView payload) {
  base::Writer head;
  head.raw(seal.salt).le(height.value()).le(base::narrow<std::uint32_t>(payload.size()));
  const base::Hash hash =
      base::Hasher("wald.logrec", seal.chain.view()).update(head.bytes()).update(payload).finish();
  std::array<std::uint8_t, 16> out{};
  std::copy_n(hash.bytes().begin(), out.size(), out.begin());
  return out;
}

}  // namespace

std::string segment_name(base::Height first) {
  const std::string digits = std::to_string(first.value());
  return std::string(kDigits - digits.size(), '0') + digits + std::string(kSuffix);
}

std::optional<base::Height> parse_segment_name(const std::string& name) {
  if (name.size() != kDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  std::uint64_t first = 0;
  const char* end = name.data() + kDigits;
  const auto [stop, code] = std::from_chars(name.data(), end, first);
  if (code != std::errc() || stop != end) return std::nullopt;
  return base::Height(first);
}

base::Bytes segment_header(const Seal& seal, base::Height first) {
  base::Writer out;
  out.text("WALDLOG1").le(kVersion).le(std::uint32_t{0}).raw(seal.chain.view()).le(first.value());
  out.raw(seal.salt);
  const base::Hash check = base::tagged_hash("wald.logseg", {}, out.bytes());
  out.raw(check.view().first(8));
  WALD_CHECK(out.size() == kSegmentHeader);
  return std::move(out).bytes();
}

std::optional<Seal> parse_segment_header(base::ByteView header, const base::ChainId& chain,
                                         base::Height first) {
  WALD_CHECK(header.size() == kSegmentHeader);
  Seal seal{chain, {}};
  std::copy_n(header.begin() + kSaltOffset, seal.salt.size(), seal.salt.begin());
  // The header has one form, so writing it again checks every byte.
  if (!base::equal(header, segment_header(seal, first))) return std::nullopt;
  return seal;
}

std::size_t record_size(std::size_t payload_bytes) {
  return (kRecordHeader + payload_bytes + kAlign - 1) / kAlign * kAlign;
}

base::Bytes record(const Seal& seal, base::Height height, base::ByteView payload) {
  base::Writer out;
  out.raw(kMagic).le(base::narrow<std::uint32_t>(payload.size())).le(height.value());
  out.raw(check_of(seal, height, payload)).raw(payload);
  base::Bytes bytes = std::move(out).bytes();
  bytes.resize(record_size(payload.size()), 0);
  return bytes;
}

os::IoResult<std::optional<Found>> read_record(const os::File& file, std::uint64_t file_size,
                                               const Seal& seal, std::uint64_t offset) {
  if (offset > file_size || file_size - offset < kRecordHeader) return std::optional<Found>{};
  TRY_ASSIGN(const base::Bytes header, file.read_exact(offset, kRecordHeader));
  base::Reader reader(header);
  const base::ByteView magic = *reader.raw(kMagic.size());
  const std::uint32_t length = *reader.le<std::uint32_t>();
  const base::Height height(*reader.le<std::uint64_t>());
  if (!base::equal(magic, kMagic) || length == 0 || length > BlockLog::kMaxPayload ||
      record_size(length) > file_size - offset)
    return std::optional<Found>{};
  TRY_ASSIGN(base::Bytes body,
             file.read_exact(offset + kRecordHeader, record_size(length) - kRecordHeader));
  const bool padded =
      std::all_of(body.begin() + length, body.end(), [](std::uint8_t byte) { return byte == 0; });
  body.resize(length);
  if (!padded || !base::equal(*reader.raw(16), check_of(seal, height, body)))
    return std::optional<Found>{};
  return std::optional<Found>(Found{height, std::move(body)});
}

os::IoResult<Tail> inspect_tail(const os::File& file, std::uint64_t file_size, const Seal& seal,
                                std::uint64_t from) {
  WALD_CHECK(from % kAlign == 0);
  constexpr std::size_t kStep = 1u << 20;
  Tail tail;
  base::Bytes block(kStep);
  for (std::uint64_t at = from; at < file_size; at += kStep) {
    TRY_ASSIGN(const std::size_t got, file.read_at(at, block));
    for (std::size_t i = 0; i < got; ++i) {
      if (block[i] == 0) continue;
      tail.nonzero_end = at + i + 1;
      if (i % kAlign != 0 || got - i < kMagic.size() ||
          !std::equal(kMagic.begin(), kMagic.end(), block.begin() + static_cast<long>(i)))
        continue;
      TRY_ASSIGN(const auto found, read_record(file, file_size, seal, at + i));
      if (found) {
        tail.valid_record_at = at + i;
        return tail;
      }
    }
  }
  return tail;
}

}  // namespace wald::store::log_format
