// SPDX-License-Identifier: Apache-2.0
// The reading half of bcs.h: one take() per type.
#include "codec/shape/bcs.h"
#include "codec/shape/bcs_cursor.h"

namespace wald::shape {
namespace {

// A number as to_text writes it: no sign, no leading zero, 16 bits.
std::optional<std::uint16_t> decimal16(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (value > 0xFFFF) return std::nullopt;
  return static_cast<std::uint16_t>(value);
}

}  // namespace

std::optional<SymbolId> parse_symbol_id(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto primary = decimal16(text.substr(0, dash));
  const auto secondary = decimal16(text.substr(dash + 1));
  if (!primary || !secondary) return std::nullopt;
  return SymbolId{SliverIndex(*primary), SliverIndex(*secondary)};
}

namespace bcs {
namespace {

Result<void> take(Cursor& in, SliverIndex& out) {
  TRY_ASSIGN(const std::uint16_t value, in.le<std::uint16_t>());
  out = SliverIndex(value);
  return {};
}

Result<void> take(Cursor& in, Axis& out) {
  TRY_ASSIGN(const std::uint8_t value, in.tag(2));
  out = static_cast<Axis>(value);
  return {};
}

Result<void> take(Cursor& in, Bytes& out) {
  TRY_ASSIGN(const std::uint64_t length, in.uleb());
  TRY_ASSIGN(const ByteView content, in.raw(length));
  out.assign(content.begin(), content.end());
  return {};
}

Result<void> take(Cursor& in, Node& out) {
  TRY_ASSIGN(const std::uint8_t variant, in.tag(2));
  out = Node{variant == 0, Hash()};
  if (out.empty) return {};
  TRY_ASSIGN(const ByteView digest, in.raw(Hash::kSize));
  out.digest = Hash::from(digest);
  return {};
}

Result<void> take(Cursor& in, RecoverySymbol& out);

template <class T>
Result<void> take(Cursor& in, std::vector<T>& out) {
  TRY_ASSIGN(const std::uint64_t count, in.uleb());
  // Every element takes at least one byte, so a count beyond the input ends at its end.
  if (count > in.remaining()) return in.bad(BcsKind::kTruncated, in.offset());
  out.clear();
  for (std::uint64_t i = 0; i < count; ++i) TRY(take(in, out.emplace_back()));
  return {};
}

Result<void> take(Cursor& in, SliverData& out) {
  TRY(take(in, out.body));
  const std::uint64_t at = in.offset();
  TRY_ASSIGN(out.symbol_size, in.le<std::uint16_t>());
  if (out.symbol_size == 0) return in.bad(BcsKind::kSymbolSizeZero, at);
  return take(in, out.index);
}

Result<void> take(Cursor& in, Sliver& out) {
  TRY(take(in, out.axis));
  return take(in, out.data);
}

Result<void> take(Cursor& in, SliverPair& out) {
  TRY(take(in, out.primary));
  return take(in, out.secondary);
}

Result<void> take(Cursor& in, EncodingType&) { return in.expect(kEncodingRs2); }

Result<void> take_entry(Cursor& in, PairEntry& out, std::uint64_t pair) {
  for (Hash* hash : {&out.primary, &out.secondary}) {
    Node node;
    TRY(take(in, node));
    if (node.empty) return fail(CodecCode::kEmptyHash, pair);
    *hash = node.digest;
  }
  return {};
}

Result<void> take(Cursor& in, PairEntry& out) { return take_entry(in, out, 0); }

Result<void> take(Cursor& in, BlobMetadata& out) {
  TRY(in.expect(0));  // version 1
  TRY(in.expect(kEncodingRs2));
  TRY_ASSIGN(out.len, in.le<std::uint64_t>());
  TRY_ASSIGN(const std::uint64_t count, in.uleb());
  if (count > in.remaining()) return in.bad(BcsKind::kTruncated, in.offset());
  for (std::uint64_t i = 0; i < count; ++i) TRY(take_entry(in, out.pairs.emplace_back(), i));
  return {};
}

Result<void> take(Cursor& in, Metadata& out) {
  TRY_ASSIGN(const ByteView id, in.raw(BlobId::kSize));
  BlobMetadata rest;
  TRY(take(in, rest));
  out = Metadata{BlobId::from(id), rest.len, std::move(rest.pairs)};
  return {};
}

Result<void> take(Cursor& in, DecodingSymbol& out) {
  TRY(take(in, out.source));
  return take(in, out.symbol);
}

Result<void> take(Cursor& in, RecoverySymbol& out) {
  TRY(take(in, out.symbol));
  return take(in, out.proof);
}

Result<void> take(Cursor& in, GeneralRecoverySymbol& out) {
  TRY(take(in, out.target_axis));
  TRY(take(in, out.symbol));
  TRY(take(in, out.target));
  return take(in, out.proof);
}

Result<void> take(Cursor& in, RecoverySymbolPair& out) {
  TRY(take(in, out.primary));
  return take(in, out.secondary);
}

Result<void> take(Cursor& in, InconsistencyProof& out) {
  TRY(take(in, out.target_axis));
  TRY(take(in, out.target));
  return take(in, out.symbols);
}

Result<void> take(Cursor& in, SymbolId& out) {
  TRY(take(in, out.primary));
  return take(in, out.secondary);
}

}  // namespace

template <class T>
Result<T> from_bytes(ByteView bytes) {
  Cursor in(bytes);
  T out;
  TRY(take(in, out));
  if (in.remaining() != 0) return in.bad(BcsKind::kTrailing, in.offset());
  WALD_CHECK(in.offset() == bytes.size());
  return out;
}

template Result<Node> from_bytes(ByteView bytes);
template Result<MerkleProof> from_bytes(ByteView bytes);
template Result<SliverData> from_bytes(ByteView bytes);
template Result<Sliver> from_bytes(ByteView bytes);
template Result<SliverPair> from_bytes(ByteView bytes);
template Result<EncodingType> from_bytes(ByteView bytes);
template Result<PairEntry> from_bytes(ByteView bytes);
template Result<BlobMetadata> from_bytes(ByteView bytes);
template Result<Metadata> from_bytes(ByteView bytes);
template Result<DecodingSymbol> from_bytes(ByteView bytes);
template Result<RecoverySymbol> from_bytes(ByteView bytes);
template Result<GeneralRecoverySymbol> from_bytes(ByteView bytes);
template Result<RecoverySymbolPair> from_bytes(ByteView bytes);
template Result<InconsistencyProof> from_bytes(ByteView bytes);
template Result<SymbolId> from_bytes(ByteView bytes);

}  // namespace bcs
}  // namespace wald::shape
