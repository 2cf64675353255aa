// SPDX-License-Identifier: Apache-2.0
#include "codec/shape/bcs.h"

#include <catch2/catch.hpp>

#include "codec/base/prng.h"
#include "codec/base/text.h"
#include "codec/shape/accounting.h"

using namespace wald::shape;
using wald::base::from_hex;
using wald::base::Prng;
using wald::base::to_hex;

namespace {

Hash some_hash(std::uint8_t fill) { return Hash::from(Bytes(32, fill)); }
std::string hex32(const char* byte) {
  std::string out;
  for (int i = 0; i < 32; ++i) out += byte;
  return out;
}

SliverData sliver_data() { return SliverData{{1, 2, 3, 4}, 2, SliverIndex(0x0102)}; }
RecoverySymbol recovery() {
  return RecoverySymbol{{SliverIndex(3), {0x40, 0x76}},
                        {Node{true, Hash()}, Node{false, some_hash(9)}}};
}
Metadata metadata() {
  return make_metadata(0x0102, std::vector<PairEntry>(4, PairEntry{some_hash(1), some_hash(2)}));
}

// Written and read back; every proper prefix and every extension is refused.
template <class T>
void check_form(const T& value, const std::string& want) {
  const Bytes bytes = bcs::to_bytes(value);
  CHECK(to_hex(bytes) == want);
  const auto back = bcs::from_bytes<T>(bytes);
  REQUIRE(back.ok());
  CHECK(back.value() == value);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    const auto part = bcs::from_bytes<T>(ByteView(bytes).first(cut));
    REQUIRE_FALSE(part.ok());
    REQUIRE(part.error().code == CodecCode::kBcs);
    REQUIRE(part.error().numbers[0] == static_cast<std::uint64_t>(BcsKind::kTruncated));
  }
  Bytes longer = bytes;
  longer.push_back(0);
  const auto trailing = bcs::from_bytes<T>(longer);
  REQUIRE_FALSE(trailing.ok());
  CHECK(trailing.error().numbers ==
        std::vector<std::uint64_t>{static_cast<std::uint64_t>(BcsKind::kTrailing), bytes.size()});
}

template <class T>
void refuse(const std::string& hex, BcsKind kind, std::uint64_t offset) {
  const auto read = bcs::from_bytes<T>(*from_hex(hex));
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == CodecCode::kBcs);
  CHECK(read.error().numbers ==
        std::vector<std::uint64_t>{static_cast<std::uint64_t>(kind), offset});
}

}  // namespace

TEST_CASE("bcs: every row of the table has its bytes", "[shape][rule:K-19]") {
  check_form(Node{true, Hash()}, "00");
  check_form(Node{false, some_hash(7)}, "01" + hex32("07"));
  check_form(MerkleProof{Node{true, Hash()}, Node{false, some_hash(7)}}, "020001" + hex32("07"));
  check_form(sliver_data(), "040102030402000201");
  check_form(Sliver{Axis::kSecondary, sliver_data()}, "01040102030402000201");
  check_form(SliverPair{sliver_data(), sliver_data()}, "040102030402000201040102030402000201");
  check_form(EncodingType{}, "01");
  check_form(PairEntry{some_hash(1), some_hash(2)}, "01" + hex32("01") + "01" + hex32("02"));
  const std::string entry = "01" + hex32("01") + "01" + hex32("02");
  const std::string body =
      "0001"
      "0201000000000000"
      "04" +
      entry + entry + entry + entry;
  check_form(BlobMetadata{metadata().len, metadata().pairs}, body);
  check_form(metadata(), to_hex(metadata().blob_id.view()) + body);
  CHECK(to_hex(bcs::without_id(metadata())) == body);
  CHECK(body.size() / 2 == metadata_bcs_length(Params::make(4).value()));
  check_form(DecodingSymbol{SliverIndex(3), {0x40, 0x76}}, "0300024076");
  const std::string symbol = "0300024076";
  const std::string path = "020001" + hex32("09");
  check_form(recovery(), symbol + path);
  check_form(
      GeneralRecoverySymbol{Axis::kSecondary, recovery().symbol, SliverIndex(5), recovery().proof},
      "01" + symbol + "0500" + path);
  check_form(RecoverySymbolPair{recovery(), recovery()}, symbol + path + symbol + path);
  check_form(InconsistencyProof{Axis::kSecondary, SliverIndex(5), {recovery(), recovery()}},
             "01050002" + symbol + path + symbol + path);
  check_form(SymbolId{SliverIndex(1), SliverIndex(0x0203)}, "01000302");
}

TEST_CASE("bcs: tags, lengths and sizes that nobody writes are refused", "[shape][rule:K-19]") {
  refuse<Node>("02" + hex32("00"), BcsKind::kBadTag, 0);
  refuse<Sliver>("02040102030402000201", BcsKind::kBadTag, 0);
  refuse<EncodingType>("00", BcsKind::kBadTag, 0);
  refuse<EncodingType>("02", BcsKind::kBadTag, 0);
}

TEST_CASE("bcs: metadata of the retired encoding or another version is refused",
          "[shape][rule:K-19]") {
  refuse<BlobMetadata>("0000000000000000000000", BcsKind::kBadTag, 1);
  refuse<BlobMetadata>("0101000000000000000000", BcsKind::kBadTag, 0);
  CHECK(bcs::from_bytes<BlobMetadata>(*from_hex("0001000000000000000000")).ok());
}

TEST_CASE("bcs: lengths must be minimal and below 2^31", "[shape][rule:K-19]") {
  refuse<DecodingSymbol>("0300820040760000", BcsKind::kUlebNotMinimal, 2);
  refuse<DecodingSymbol>("0300ffffffff0f", BcsKind::kUlebTooLarge, 2);
  refuse<DecodingSymbol>("03008080808008", BcsKind::kUlebTooLarge, 2);
  refuse<DecodingSymbol>("0300808080808001", BcsKind::kUlebTooLarge, 2);
  refuse<DecodingSymbol>("0300ffffffff07", BcsKind::kTruncated, 7);
  refuse<MerkleProof>("ffffffff07", BcsKind::kTruncated, 5);
}

TEST_CASE("bcs: a symbol size of zero is refused", "[shape][rule:K-19]") {
  refuse<SliverData>("040102030400000100", BcsKind::kSymbolSizeZero, 5);
}

TEST_CASE("bcs: an empty hash in metadata has its own code", "[shape][rule:K-19]") {
  const std::string entry = "01" + hex32("01") + "01" + hex32("02");
  const auto read = bcs::from_bytes<BlobMetadata>(
      *from_hex("0001000000000000000002" + entry + "01" + hex32("01") + "00"));
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == CodecCode::kEmptyHash);
  CHECK(read.error().numbers == std::vector<std::uint64_t>{1});
  CHECK(bcs::from_bytes<PairEntry>(*from_hex("00")).error().code == CodecCode::kEmptyHash);
}

TEST_CASE("bcs: random bytes are read as they are written, or refused", "[shape][rule:K-19]") {
  Prng prng(19);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = bcs::to_bytes(
        GeneralRecoverySymbol{Axis::kPrimary, recovery().symbol, SliverIndex(5), recovery().proof});
    for (std::uint64_t k = prng.below(3) + 1; k > 0; --k)
      bytes[prng.below(bytes.size())] = static_cast<std::uint8_t>(prng.next());
    bytes.resize(prng.below(bytes.size() + 2));
    const auto read = bcs::from_bytes<GeneralRecoverySymbol>(bytes);
    if (read.ok()) REQUIRE(bcs::to_bytes(read.value()) == bytes);
  }
}

TEST_CASE("paths: appended nodes are written Empty, and both forms walk alike",
          "[shape][rule:K-19][rule:K-24]") {
  std::vector<Hash> leaves;
  for (std::uint8_t i = 0; i < 7; ++i) leaves.push_back(some_hash(i));
  const wald::base::MerkleTree tree(leaves);
  for (std::size_t i = 0; i < 7; ++i) {
    const auto path = tree.path(i);
    const MerkleProof proof = to_proof(7, i, path);
    REQUIRE(proof.size() == 3);
    CHECK(proof[0].empty == (i == 6));
    CHECK_FALSE(proof[1].empty);
    CHECK_FALSE(proof[2].empty);
    CHECK(to_path(proof) == path);
  }
  // A leaf that happens to be zeros is a digest, not Empty.
  CHECK_FALSE(to_proof(7, 1, tree.path(1))[0].empty);
}

TEST_CASE("symbol ids: one text per id", "[shape][rule:K-19]") {
  const SymbolId id{SliverIndex(17), SliverIndex(65'535)};
  CHECK(to_text(id) == "17-65535");
  CHECK(parse_symbol_id("17-65535") == id);
  CHECK(parse_symbol_id("0-0") == SymbolId{});
  for (const char* bad : {"", "-", "1", "1-", "-1", "01-2", "1-02", "1-65536", "1-2-3", "+1-2",
                          "1- 2", "100000-1", "a-1"})
    CHECK_FALSE(parse_symbol_id(bad).has_value());
}
