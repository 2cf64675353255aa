// SPDX-License-Identifier: Apache-2.0
#include "codec/stored.h"

#include "codec/crc.h"

namespace wald::codec {
namespace {

constexpr std::string_view kMagic = "WSLV";
constexpr std::uint16_t kVersion = 1;
constexpr std::size_t kHeaderCrcAt = 124;

base::Err<CodecError> damaged(StoredFault kind, std::uint64_t offset) {
  return shape::fail(CodecCode::kStored, static_cast<std::uint8_t>(kind), offset);
}

Bytes header_bytes(const StoredHeader& h) {
  base::Writer out;
  out.text(kMagic).le(kVersion).u8(static_cast<std::uint8_t>(h.axis)).u8(0);
  out.le(static_cast<std::uint16_t>(h.shards)).le(static_cast<std::uint16_t>(h.index));
  out.le(h.symbol_size).le(h.len).le(h.body_bytes).raw(h.blob_id.view());
  out.le(kStoredChunk).le(h.body_crc);
  out.raw(Bytes(kHeaderCrcAt - out.size(), 0));
  out.le(crc32c(out.bytes()));
  WALD_CHECK(out.size() == kStoredHeader);
  return std::move(out).bytes();
}

std::uint64_t chunks_of(std::uint64_t body_bytes) {
  return body_bytes / kStoredChunk + (body_bytes % kStoredChunk != 0 ? 1 : 0);
}

}  // namespace

std::uint64_t stored_bytes(std::uint64_t body_bytes) {
  return kStoredHeader + body_bytes + 4 * chunks_of(body_bytes);
}

Result<Bytes> to_stored(const Params& params, const base::BlobId& id, std::uint64_t len,
                        const SliverView& sliver) {
  TRY(check_form(params, len, sliver));
  Bytes out = header_bytes(StoredHeader{sliver.axis, params.n(), sliver.index, sliver.symbol_size,
                                        len, sliver.body.size(), id, crc64(sliver.body)});
  out.reserve(static_cast<std::size_t>(stored_bytes(sliver.body.size())));
  for (ByteView rest = sliver.body; !rest.empty();) {
    const ByteView chunk = rest.first(std::min<std::size_t>(rest.size(), kStoredChunk));
    base::Writer crc;
    crc.le(crc32c(chunk));
    out.insert(out.end(), chunk.begin(), chunk.end());
    out.insert(out.end(), crc.bytes().begin(), crc.bytes().end());
    rest = rest.subspan(chunk.size());
  }
  WALD_CHECK(out.size() == stored_bytes(sliver.body.size()));
  return out;
}

Result<StoredHeader> parse_stored_header(ByteView bytes) {
  if (bytes.size() < kStoredHeader) return damaged(StoredFault::kTruncated, bytes.size());
  bytes = bytes.first(kStoredHeader);
  base::Reader in(bytes);
  if (base::as_text(*in.raw(4)) != kMagic) return damaged(StoredFault::kMagic, 0);
  if (*in.le<std::uint16_t>() != kVersion) return damaged(StoredFault::kMagic, 4);
  base::Reader crc(bytes.subspan(kHeaderCrcAt));
  if (*crc.le<std::uint32_t>() != crc32c(bytes.first(kHeaderCrcAt)))
    return damaged(StoredFault::kHeaderCrc, kHeaderCrcAt);
  StoredHeader out;
  const std::uint8_t axis = *in.u8();
  const std::uint8_t flags = *in.u8();
  out.axis = static_cast<Axis>(axis & 1);
  out.shards = *in.le<std::uint16_t>();
  out.index = *in.le<std::uint16_t>();
  out.symbol_size = *in.le<std::uint32_t>();
  out.len = *in.le<std::uint64_t>();
  out.body_bytes = *in.le<std::uint64_t>();
  out.blob_id = *in.id<base::BlobId>();
  const std::uint32_t chunk = *in.le<std::uint32_t>();
  out.body_crc = *in.le<std::uint64_t>();
  // A right checksum over wrong fields: another writer, not rot; the file is refused all the same.
  if (axis > 1 || flags != 0 || chunk != kStoredChunk || !base::equal(bytes, header_bytes(out)))
    return damaged(StoredFault::kHeaderField, 6);
  const auto params = Params::make(out.shards);
  if (!params.ok()) return damaged(StoredFault::kHeaderField, 8);
  const auto want = params->sliver_bytes(out.axis, out.len);
  if (!want.ok() || out.index >= out.shards || out.body_bytes != want.value() ||
      out.symbol_size != params->symbol_size(out.len).value())
    return damaged(StoredFault::kHeaderField, 10);
  return out;
}

Result<Bytes> read_stored(const StoredHeader& header, std::uint64_t at, std::uint64_t count,
                          ByteView chunks) {
  WALD_CHECK(count != 0 && at < header.body_bytes && count <= header.body_bytes - at);
  const std::uint64_t begin = at / kStoredChunk * kStoredChunk;
  Bytes out;
  for (std::uint64_t base = begin; base < at + count; base += kStoredChunk) {
    const std::uint64_t size = std::min<std::uint64_t>(kStoredChunk, header.body_bytes - base);
    if (chunks.size() < size + 4)
      return damaged(StoredFault::kTruncated, stored_offset(base) + chunks.size());
    const ByteView body = chunks.first(static_cast<std::size_t>(size));
    base::Reader crc(chunks.subspan(body.size(), 4));
    if (*crc.le<std::uint32_t>() != crc32c(body))
      return damaged(StoredFault::kChunkCrc, stored_offset(base));
    const std::uint64_t from = std::max(at, base) - base;
    const std::uint64_t to = std::min(at + count, base + size) - base;
    out.insert(out.end(), body.data() + from, body.data() + to);
    chunks = chunks.subspan(body.size() + 4);
  }
  WALD_CHECK(out.size() == count);
  return out;
}

Result<StoredSliver> parse_stored(ByteView file) {
  TRY_ASSIGN(const StoredHeader header, parse_stored_header(file));
  const std::uint64_t want = stored_bytes(header.body_bytes);
  if (file.size() < want) return damaged(StoredFault::kTruncated, file.size());
  if (file.size() > want) return damaged(StoredFault::kTrailing, want);
  TRY_ASSIGN(Bytes body, read_stored(header, 0, header.body_bytes, file.subspan(kStoredHeader)));
  if (crc64(body) != header.body_crc) return damaged(StoredFault::kBodyCrc, kStoredHeader);
  return StoredSliver{header, std::move(body)};
}

}  // namespace wald::codec
