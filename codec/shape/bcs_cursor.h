// SPDX-License-Identifier: Apache-2.0
// The grammar of BCS below its types (K-19): a cursor over foreign bytes that knows its offset, and
// the writer of lengths. For shape and codec; everybody else uses bcs.h. Errors: Bcs {kind,
// offset}.
#pragma once

#include "codec/shape/error.h"
#include "codec/shape/layout.h"

namespace wald::shape::bcs {

// ULEB128 of a length or count; at most 2^31 - 1 (WALD_CHECK), BCS knows no longer sequence.
inline void put_uleb(base::Writer& out, std::uint64_t value) {
  WALD_CHECK(value >> 31 == 0);
  while (value >= 0x80) {
    out.u8(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.u8(static_cast<std::uint8_t>(value));
}

class Cursor {
 public:
  explicit Cursor(ByteView bytes) : total_(bytes.size()), in_(bytes) {}

  std::uint64_t offset() const { return total_ - in_.remaining(); }
  std::uint64_t remaining() const { return in_.remaining(); }

  base::Err<CodecError> bad(BcsKind kind, std::uint64_t at) const {
    return fail(CodecCode::kBcs, static_cast<std::uint64_t>(kind), at);
  }
  Result<ByteView> raw(std::uint64_t count) {
    if (count > in_.remaining()) return bad(BcsKind::kTruncated, offset());
    return *in_.raw(static_cast<std::size_t>(count));
  }
  template <std::unsigned_integral T>
  Result<T> le() {
    const std::uint64_t at = offset();
    const auto value = in_.le<T>();
    if (!value) return bad(BcsKind::kTruncated, at);
    return *value;
  }
  // A length or count: at most 2^31 - 1, in its shortest form.
  Result<std::uint64_t> uleb() {
    const std::uint64_t at = offset();
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      TRY_ASSIGN(const std::uint8_t byte, le<std::uint8_t>());
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) != 0) continue;
      if (byte == 0 && shift != 0) return bad(BcsKind::kUlebNotMinimal, at);
      if (value >> 31 != 0) return bad(BcsKind::kUlebTooLarge, at);
      return value;
    }
    return bad(BcsKind::kUlebTooLarge, at);
  }
  // A byte that must be below `limit`.
  Result<std::uint8_t> tag(std::uint8_t limit) {
    const std::uint64_t at = offset();
    TRY_ASSIGN(const std::uint8_t value, le<std::uint8_t>());
    if (value >= limit) return bad(BcsKind::kBadTag, at);
    return value;
  }
  Result<void> expect(std::uint8_t want) {
    const std::uint64_t at = offset();
    TRY_ASSIGN(const std::uint8_t value, le<std::uint8_t>());
    if (value != want) return bad(BcsKind::kBadTag, at);
    return {};
  }

 private:
  std::uint64_t total_;
  base::Reader in_;
};

}  // namespace wald::shape::bcs
