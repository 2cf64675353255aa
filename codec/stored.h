// SPDX-License-Identifier: Apache-2.0
// The file in which a node keeps a sliver (K-28): a header of 128 bytes that says what it is, then
// the body in chunks of 65,536 bytes, each followed by its CRC-32C. A reader of a part checks the
// chunks it touches; a scrub checks the CRC-64 of the whole body, and the hash by verify_sliver.
// Integers are little-endian. Errors: Stored {kind, offset in the file}. In memory; node/ owns the
// files.
#pragma once

#include "codec/codec.h"

namespace wald::codec {

constexpr std::size_t kStoredHeader = 128;
constexpr std::uint32_t kStoredChunk = 65'536;

enum class StoredFault : std::uint8_t {
  kTruncated,  // shorter than header or announced body
  kTrailing,   // longer
  kMagic,      // not such a file, or another version
  kHeaderCrc,
  kHeaderField,  // a field that contradicts the others
  kChunkCrc,
  kBodyCrc,
};

struct StoredHeader {
  Axis axis = Axis::kPrimary;
  std::uint32_t shards = 0;
  std::uint32_t index = 0;
  std::uint32_t symbol_size = 0;
  std::uint64_t len = 0;  // of the blob
  std::uint64_t body_bytes = 0;
  base::BlobId blob_id;
  std::uint64_t body_crc = 0;
  friend bool operator==(const StoredHeader&, const StoredHeader&) = default;
};

// File length for a body, and where byte `at` of the body lies in the file.
std::uint64_t stored_bytes(std::uint64_t body_bytes);
constexpr std::uint64_t stored_offset(std::uint64_t at) {
  return kStoredHeader + at + at / kStoredChunk * 4;
}

// The form of the sliver is checked against params and metadata (as check_form): its error.
Result<Bytes> to_stored(const Params& params, const base::BlobId& id, std::uint64_t len,
                        const SliverView& sliver);
// The first 128 bytes of a file.
Result<StoredHeader> parse_stored_header(ByteView bytes);
// Body bytes [at, at + count) out of the file's chunks that hold them: `chunks` starts at the file
// offset stored_offset(at / kStoredChunk * kStoredChunk) and holds them whole with their CRCs. The
// range lies in the body (WALD_CHECK).
Result<Bytes> read_stored(const StoredHeader& header, std::uint64_t at, std::uint64_t count,
                          ByteView chunks);
// A whole file, everything checked but the hash.
struct StoredSliver {
  StoredHeader header;
  Bytes body;
  SliverView view() const {
    return SliverView{header.axis, header.index, header.symbol_size, body};
  }
};
Result<StoredSliver> parse_stored(ByteView file);

}  // namespace wald::codec
