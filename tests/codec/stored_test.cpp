// SPDX-License-Identifier: Apache-2.0
#include "codec/stored.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/crc.h"
#include "codec/encoder.h"
#include "codec/files.h"

using namespace wald::codec;
using wald::base::as_bytes;
using wald::base::as_text;
using wald::base::Prng;

namespace {

using Numbers = std::vector<std::uint64_t>;

struct Case {
  Codec codec;
  Encoded encoded;
  explicit Case(std::size_t len)
      : codec(Codec::make(4).value()), encoded(encode(codec, Prng(28).bytes(len)).value()) {}
  const Metadata& metadata() const { return encoded.metadata(); }
  Bytes stored(Axis axis, std::uint32_t index) const {
    return to_stored(codec.params(), metadata().blob_id, metadata().len,
                     encoded.sliver(axis, index))
        .value();
  }
};

Numbers fault(StoredFault kind, std::uint64_t offset) {
  return {static_cast<std::uint64_t>(kind), offset};
}
Numbers refusal(const Bytes& file) {
  const auto read = parse_stored(file);
  REQUIRE_FALSE(read.ok());
  REQUIRE(read.error().code == CodecCode::kStored);
  return read.error().numbers;
}
// Writes a header's checksum anew, as another writer would.
void seal(Bytes& file) {
  const std::uint32_t crc = crc32c(ByteView(file).first(124));
  for (std::size_t i = 0; i < 4; ++i) file[124 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
}

}  // namespace

TEST_CASE("crc: the check values", "[codec][rule:K-28]") {
  CHECK(crc32c(as_bytes("123456789")) == 0xE3069283);
  CHECK(crc64(as_bytes("123456789")) == 0x995DC9BBDF1939FA);
  CHECK(crc64(as_bytes("6789"), crc64(as_bytes("12345"))) == 0x995DC9BBDF1939FA);
  CHECK(crc32c({}) == 0);
  CHECK(crc64({}) == 0);
}

TEST_CASE("crc: the library does what the bit loop does", "[codec][rule:K-28]") {
  Prng prng(64);
  for (std::size_t length = 0; length < 300; length += 7) {
    const Bytes bytes = prng.bytes(length);
    std::uint32_t a = 0xFFFFFFFF;
    std::uint64_t b = ~std::uint64_t{0};
    for (const std::uint8_t byte : bytes) {
      a ^= byte;
      b ^= byte;
      for (int i = 0; i < 8; ++i) {
        a = a >> 1 ^ ((a & 1) != 0 ? 0x82F63B78U : 0U);
        b = b >> 1 ^ ((b & 1) != 0 ? 0xC96C5795D7870F42U : 0U);
      }
    }
    REQUIRE(crc32c(bytes) == ~a);
    REQUIRE(crc64(bytes) == ~b);
  }
}

TEST_CASE("stored: a file says what it is and gives the body back", "[codec][rule:K-28]") {
  for (const std::size_t len : {0u, 13u, 200'000u, 393'204u}) {
    const Case c(len);
    for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
      const SliverView sliver = c.encoded.sliver(axis, 3);
      const Bytes file = c.stored(axis, 3);
      CHECK(file.size() == stored_bytes(sliver.body.size()));
      CHECK(as_text(ByteView(file).first(4)) == "WSLV");
      const auto read = parse_stored(file);
      REQUIRE(read.ok());
      CHECK(read->header.axis == axis);
      CHECK(read->header.shards == 4);
      CHECK(read->header.index == 3);
      CHECK(read->header.symbol_size == c.encoded.symbol_size());
      CHECK(read->header.len == len);
      CHECK(read->header.blob_id == c.metadata().blob_id);
      CHECK(wald::base::equal(read->body, sliver.body));
      CHECK(verify_sliver(c.codec, c.metadata(), read->view()).ok());
    }
  }
}

TEST_CASE("stored: the bytes of the header are these", "[codec][rule:K-28]") {
  const Case c(13);
  const Bytes file = c.stored(Axis::kSecondary, 2);
  wald::base::Writer want;
  want.text("WSLV").le(std::uint16_t{1}).u8(1).u8(0).le(std::uint16_t{4}).le(std::uint16_t{2});
  want.le(std::uint32_t{4}).le(std::uint64_t{13}).le(std::uint64_t{8});
  want.raw(c.metadata().blob_id.view()).le(std::uint32_t{65'536});
  want.le(crc64(c.encoded.sliver(Axis::kSecondary, 2).body)).raw(Bytes(48, 0));
  CHECK(want.size() == 124);
  want.le(crc32c(want.bytes())).raw(c.encoded.sliver(Axis::kSecondary, 2).body);
  want.le(crc32c(c.encoded.sliver(Axis::kSecondary, 2).body));
  CHECK(file == want.bytes());
}

TEST_CASE("stored: every changed bit and every cut is found", "[codec][rule:K-28]") {
  const Case c(40);
  const Bytes file = c.stored(Axis::kPrimary, 1);
  for (std::size_t i = 0; i < file.size(); ++i) {
    Bytes bad = file;
    bad[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
    const Numbers numbers = refusal(bad);
    if (i >= 128) REQUIRE(numbers == fault(StoredFault::kChunkCrc, 128));
    bad = file;
    bad.resize(i);
    REQUIRE(refusal(bad) == fault(StoredFault::kTruncated, i));
  }
  Bytes longer = file;
  longer.push_back(0);
  CHECK(refusal(longer) == fault(StoredFault::kTrailing, file.size()));
  Bytes swapped = file;
  swapped[0] = 'X';
  CHECK(refusal(swapped) == fault(StoredFault::kMagic, 0));
  swapped = file;
  swapped[4] = 2;
  CHECK(refusal(swapped) == fault(StoredFault::kMagic, 4));
  swapped = file;
  swapped[50] ^= 1;
  CHECK(refusal(swapped) == fault(StoredFault::kHeaderCrc, 124));
}

TEST_CASE("stored: a sealed header that contradicts itself is refused", "[codec][rule:K-28]") {
  const Case c(40);
  const Bytes file = c.stored(Axis::kPrimary, 1);
  // Axis, flags, shards, index, symbol size, blob length, body length, chunk size, a byte of the
  // rest.
  for (const std::size_t at : {6u, 7u, 9u, 11u, 12u, 17u, 24u, 65u, 100u}) {
    Bytes bad = file;
    bad[at] = static_cast<std::uint8_t>(bad[at] + 2);
    seal(bad);
    REQUIRE(refusal(bad)[0] == static_cast<std::uint64_t>(StoredFault::kHeaderField));
  }
  // The body's own checksum is looked at when the whole body is.
  Bytes bad = file;
  bad[68] ^= 1;
  seal(bad);
  CHECK(refusal(bad) == fault(StoredFault::kBodyCrc, 128));
}

TEST_CASE("stored: a part is read from the chunks it touches, and only those",
          "[codec][rule:K-28]") {
  const Case c(300'000);
  const SliverView sliver = c.encoded.sliver(Axis::kPrimary, 0);
  REQUIRE(sliver.body.size() > 2 * kStoredChunk);
  Bytes file = c.stored(Axis::kPrimary, 0);
  file[kStoredHeader + 5] ^= 1;  // rot in the first chunk
  const StoredHeader header = parse_stored_header(file).value();
  const auto part = [&](std::uint64_t at, std::uint64_t count) {
    const std::uint64_t from = stored_offset(at / kStoredChunk * kStoredChunk);
    return read_stored(header, at, count, ByteView(file).subspan(from));
  };
  Prng prng(5);
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t at = prng.below(sliver.body.size());
    const std::uint64_t count = 1 + prng.below(sliver.body.size() - at);
    const auto got = part(at, count);
    if (at < kStoredChunk) {
      REQUIRE(got.error().numbers == fault(StoredFault::kChunkCrc, kStoredHeader));
    } else {
      REQUIRE(got.ok());
      REQUIRE(wald::base::equal(*got, sliver.body.subspan(at, count)));
    }
  }
  const auto cut = read_stored(header, kStoredChunk, 10, ByteView(file).subspan(70'000, 100));
  REQUIRE_FALSE(cut.ok());
  CHECK(cut.error().numbers[0] == static_cast<std::uint64_t>(StoredFault::kTruncated));
}

TEST_CASE("stored: a sliver of the wrong form is not written", "[codec][rule:K-28]") {
  const Case c(40);
  SliverView sliver = c.encoded.sliver(Axis::kPrimary, 1);
  sliver.index = 4;
  const auto refused = to_stored(c.codec.params(), c.metadata().blob_id, 40, sliver);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == CodecCode::kSliverIndex);
}

TEST_CASE("files: names of slivers are read as they are written", "[codec][rule:K-28]") {
  CHECK(to_text(SliverName{Axis::kPrimary, 17}) == "primary-00017");
  CHECK(to_text(SliverName{Axis::kSecondary, 49'154}) == "secondary-49154");
  const auto name = parse_sliver_name("secondary-00009");
  REQUIRE(name.has_value());
  CHECK(name->axis == Axis::kSecondary);
  CHECK(name->index == 9);
  for (const char* bad : {"", "primary-", "primary-1", "primary-0000a", "primary-000001",
                          "tertiary-00001", "primary-99999", "primary-00001.tmp"})
    CHECK_FALSE(parse_sliver_name(bad).has_value());
  CHECK(parse_format("raw") == SliverFormat::kRaw);
  CHECK(parse_format("bcs") == SliverFormat::kBcs);
  CHECK(parse_format("stored") == SliverFormat::kStored);
  CHECK_FALSE(parse_format("tar").has_value());
}

TEST_CASE("files: a sliver is found in each of the three formats", "[codec][rule:K-28]") {
  const Case c(40);
  const Params& params = c.codec.params();
  for (const Axis axis : {Axis::kPrimary, Axis::kSecondary}) {
    for (const SliverFormat format :
         {SliverFormat::kRaw, SliverFormat::kBcs, SliverFormat::kStored}) {
      const SliverView sliver = c.encoded.sliver(axis, 2);
      const SliverName name{axis, 2};
      const Bytes file = write_sliver(params, c.metadata(), format, sliver).value();
      const auto read = read_sliver(params, c.metadata(), name, file);
      REQUIRE(read.ok());
      CHECK(read->axis == axis);
      CHECK(read->data == to_data(sliver));
      CHECK(read_sliver(params, c.metadata().len, name, file).ok());
      CHECK(read_sliver(params, c.metadata(), {axis, 4}, file).error().code ==
            CodecCode::kSliverIndex);
      Bytes cut = file;
      cut.pop_back();
      const auto refused = read_sliver(params, c.metadata(), name, cut);
      REQUIRE_FALSE(refused.ok());
      CHECK(refused.error().code ==
            (format == SliverFormat::kStored ? CodecCode::kStored : CodecCode::kSliverLength));
    }
  }
  const Bytes file = c.stored(Axis::kPrimary, 2);
  CHECK(read_sliver(params, c.metadata(), {Axis::kPrimary, 3}, file).error().code ==
        CodecCode::kSliverIndex);
  Metadata other = c.metadata();
  other.blob_id = wald::base::BlobId();
  CHECK(read_sliver(params, other, {Axis::kPrimary, 2}, file).error().code ==
        CodecCode::kSliverHash);
  SliverView bad = c.encoded.sliver(Axis::kPrimary, 2);
  bad.symbol_size = 2;
  CHECK(write_sliver(params, c.metadata(), SliverFormat::kBcs, bad).error().code ==
        CodecCode::kSymbolSize);
}
