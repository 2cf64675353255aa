// SPDX-License-Identifier: Apache-2.0
#include "node/storage/symbol_list.h"

namespace wald::storage {
namespace {

void put_uleb(base::Writer& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.u8(static_cast<std::uint8_t>(value | 0x80));
  out.u8(static_cast<std::uint8_t>(value));
}

// Only finds where an element ends: from_bytes() then judges its form to the bit.
std::optional<std::uint64_t> take_uleb(base::Reader& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const auto byte = in.u8();
    if (!byte) return std::nullopt;
    value |= std::uint64_t{*byte & 0x7Fu} << shift;
    if ((*byte & 0x80u) == 0) {
      if (*byte == 0 && shift != 0) return std::nullopt;
      return value;
    }
  }
  return std::nullopt;
}

bool skip_node(base::Reader& in) {
  const auto tag = in.u8();
  return tag && (*tag == 0 || in.raw(32).has_value());
}

// tag, source index, symbol, target index, path.
bool skip_symbol(base::Reader& in) {
  if (!in.raw(3)) return false;
  const auto length = take_uleb(in);
  if (!length || !in.raw(static_cast<std::size_t>(*length)) || !in.raw(2)) return false;
  const auto nodes = take_uleb(in);
  if (!nodes) return false;
  for (std::uint64_t i = 0; i < *nodes; ++i)
    if (!skip_node(in)) return false;
  return true;
}

}  // namespace

base::Bytes to_bytes(const std::vector<shape::GeneralRecoverySymbol>& symbols) {
  base::Writer out;
  put_uleb(out, symbols.size());
  for (const auto& symbol : symbols) out.raw(shape::bcs::to_bytes(symbol));
  return std::move(out).bytes();
}

base::Bytes to_bytes(codec::Axis target_axis, const DecodingSymbols& symbols) {
  std::map<base::Bytes, const std::vector<shape::DecodingSymbol>*> by_bytes;
  for (const auto& [target, list] : symbols) by_bytes[base::Writer().le(target).bytes()] = &list;
  base::Writer out;
  put_uleb(out, by_bytes.size());
  for (const auto& [key, list] : by_bytes) {
    out.raw(key);
    put_uleb(out, list->size());
    for (const auto& symbol : *list)
      out.u8(target_axis == codec::Axis::kPrimary ? 0 : 1).raw(shape::bcs::to_bytes(symbol));
  }
  return std::move(out).bytes();
}

shape::Result<std::vector<shape::GeneralRecoverySymbol>> symbols_from_bytes(base::ByteView bytes) {
  const auto broken = [&](shape::BcsKind kind, const base::Reader& in) {
    return shape::fail(shape::CodecCode::kBcs, static_cast<std::uint64_t>(kind),
                       bytes.size() - in.remaining());
  };
  base::Reader in(bytes);
  const auto count = take_uleb(in);
  if (!count) return broken(shape::BcsKind::kTruncated, in);
  std::vector<shape::GeneralRecoverySymbol> out;
  for (std::uint64_t i = 0; i < *count; ++i) {
    const std::size_t begin = bytes.size() - in.remaining();
    if (!skip_symbol(in)) return broken(shape::BcsKind::kTruncated, in);
    const std::size_t end = bytes.size() - in.remaining();
    TRY_ASSIGN(auto symbol, shape::bcs::from_bytes<shape::GeneralRecoverySymbol>(
                                bytes.subspan(begin, end - begin)));
    out.push_back(std::move(symbol));
  }
  if (in.remaining() != 0) return broken(shape::BcsKind::kTrailing, in);
  return out;
}

}  // namespace wald::storage
